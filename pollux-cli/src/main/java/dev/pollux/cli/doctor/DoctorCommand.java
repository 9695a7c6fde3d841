package dev.pollux.cli.doctor;

import dev.pollux.cli.terminal.Exits;
import dev.pollux.cli.terminal.Look;
import dev.pollux.cli.terminal.StandardStreams;
import dev.pollux.cli.terminal.Version;
import dev.pollux.poll.Backend;
import dev.pollux.poll.Capability;
import dev.pollux.poll.Poller;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Abi;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code pollux doctor}: what this machine offers, and whether it works. */
@Command(
    name = "doctor",
    header = "Shows what this machine offers, and tests every backend.",
    description = {
      "",
      "Takes about a second, or as long as the machine needs: a wait is taken for one in vain after"
          + " 10 seconds. Exit code 1 if a check fails.",
      ""
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class DoctorCommand implements Callable<Integer> {

  private static final String MAX_USER_WATCHES = "/proc/sys/fs/epoll/max_user_watches";
  private static final int FACT_COLUMN = 15;

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final PrintStream out = System.out;
  private final int columns = Look.columns(Look.DEFAULT_COLUMNS);
  private final boolean coloured = Look.isColoured(StandardStreams.STDOUT);
  private int failureCount;

  @Override
  public Integer call() {
    fact(
        "JDK",
        System.getProperty("java.runtime.version")
            + ", "
            + System.getProperty("java.vendor")
            + ", "
            + System.getProperty("java.home"));
    fact("kernel", line("/proc/sys/kernel/ostype") + " " + line("/proc/sys/kernel/osrelease"));
    fact(
        "architecture",
        System.getProperty("os.arch")
            + ", struct epoll_event of "
            + Abi.CURRENT.epollEventSize
            + " bytes");
    NativeSys sys;
    try {
      sys = NativeSys.open();
    } catch (IllegalStateException e) {
      fact("native access", "missing: " + e.getMessage());
      return Exits.FAILURE;
    }
    fact("native access", "enabled");
    fact("open files", limits(sys));
    fact("epoll watches", line(MAX_USER_WATCHES) + " for each user");
    for (Backend backend : Backend.values()) {
      examine(sys, backend);
    }
    // Looked up as they are used: so only now is it known which are missing.
    Set<String> missing = sys.missingFunctions();
    out.println();
    fact("C library", missing.isEmpty() ? "has every function used" : "lacks " + missing);
    out.println(
        failureCount == 0
            ? Look.good("Everything works.", coloured)
            : Look.bad("FAILED checks: " + failureCount, coloured) + ", see above.");
    out.flush();
    return failureCount == 0 ? 0 : Exits.FAILURE;
  }

  private void examine(NativeSys sys, Backend backend) {
    out.println();
    try (Poller poller = Poller.open(sys, backend)) {
      capabilities(backend, poller.capabilities());
    } catch (SysException e) {
      out.println(pad(backend.label(), 8) + "missing: " + e.getMessage());
      failureCount++;
      return;
    }
    SelfTest test = new SelfTest(sys, backend);
    check(sys, "echo, level-triggered", () -> test.traffic(Trigger.LEVEL));
    check(sys, "echo, edge-triggered", () -> test.traffic(Trigger.EDGE));
    check(sys, "wake-up from another thread", test::wakeup);
    check(sys, "timeout of 20 ms", test::timeout);
    check(sys, "close ends a wait", test::close);
  }

  private interface Experiment {
    @Nullable String run() throws SysException;
  }

  private void check(Sys sys, String name, Experiment experiment) {
    String problem;
    long startNanos = sys.nanoTime();
    try {
      problem = experiment.run();
    } catch (SysException | RuntimeException e) {
      problem = e.toString();
    }
    if (problem == null) {
      long millis = (sys.nanoTime() - startNanos) / NANOS_PER_MILLI;
      out.println("  " + Look.good("pass", coloured) + "  " + pad(name, 30) + millis + " ms");
    } else {
      failureCount++;
      out.println("  " + Look.bad("FAIL", coloured) + "  " + pad(name, 30) + problem);
    }
  }

  private void capabilities(Backend backend, Set<Capability> capabilities) {
    String names =
        Arrays.stream(Capability.values())
            .filter(capabilities::contains)
            .map(each -> each.name().toLowerCase(Locale.ROOT).replace('_', ' '))
            .collect(Collectors.joining(", "));
    out.println(Look.wrapped(pad(backend.label(), 8) + names, 8, columns));
  }

  private void fact(String name, String value) {
    out.println(Look.wrapped(pad(name, FACT_COLUMN) + value, FACT_COLUMN, columns));
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(1, width - text.length()));
  }

  private static String limits(NativeSys sys) {
    IoBuffer rlimit = IoBuffer.allocate(Linux.SIZEOF_RLIMIT);
    int result = sys.getrlimit(Linux.RLIMIT_NOFILE, rlimit.address());
    if (result < 0) {
      return "unknown: " + SysException.of("getrlimit", result).getMessage();
    }
    rlimit.buffer().order(ByteOrder.nativeOrder());
    return limit(rlimit.buffer().getLong(Offsets.RLIMIT__RLIM_CUR))
        + " soft, "
        + limit(rlimit.buffer().getLong(Offsets.RLIMIT__RLIM_MAX))
        + " hard (ulimit -n)";
  }

  private static String limit(long value) {
    return value < 0 ? "unlimited" : Long.toString(value); // RLIM_INFINITY is all ones
  }

  /** The first line of a file of /proc. */
  private static String line(String file) {
    // Not Files.readString: it begins with one byte, and a file of /proc/sys answers only once.
    try (BufferedReader reader = Files.newBufferedReader(Path.of(file))) {
      String first = reader.readLine();
      return first == null ? "unknown (empty)" : first.strip();
    } catch (IOException e) {
      return "unknown (" + e.getMessage() + ")";
    }
  }
}
