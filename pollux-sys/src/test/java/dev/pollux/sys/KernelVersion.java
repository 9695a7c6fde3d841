package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which kernel runs, for what older ones do in another way; {@code ./dev kernels} tries those. */
final class KernelVersion {

  private static final Path RELEASE = Path.of("/proc/sys/kernel/osrelease");
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)");

  private KernelVersion() {}

  /** Whether epoll_pwait2 is there: since Linux 5.11. By the version, and not by asking for it. */
  static boolean hasEpollPwait2() {
    try {
      Matcher release = VERSION.matcher(Files.readString(RELEASE));
      assertTrue(release.lookingAt());
      int major = Integer.parseInt(release.group(1));
      return major > 5 || (major == 5 && Integer.parseInt(release.group(2)) >= 11);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
