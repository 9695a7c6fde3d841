package dev.pollux.cli.terminal;

import dev.pollux.net.IpFamilies;
import dev.pollux.sys.UnixAddress;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Places, files and texts, as a user writes them. */
public final class Places {

  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
  private static final char UNKNOWN = '\ufffd'; // what Java has for bytes without a meaning

  private Places() {}

  /** A path, or {@code @name} for an abstract name. */
  public static UnixAddress unix(String option, String place) {
    Failure unreadable = unreadable(option, place);
    if (!isAsTyped(place)) {
      throw unreadable;
    }
    try {
      return place.startsWith("@")
          ? UnixAddress.abstractName(place.substring(1))
          : UnixAddress.path(Path.of(place));
    } catch (InvalidPathException e) {
      throw unreadable;
    } catch (IllegalArgumentException e) {
      throw new Failure("cannot use " + option + ": " + e.getMessage());
    }
  }

  /** A file that is to be read. */
  public static Path file(String option, String name) {
    if (!isAsTyped(name)) {
      throw unreadable(option, name);
    }
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw unreadable(option, name);
    }
  }

  /** Text that is to be said to others. */
  public static String text(String option, String text) {
    if (!isAsTyped(text)) {
      throw unreadable(option, text);
    }
    return text;
  }

  private static Failure unreadable(String option, String value) {
    return new Failure(
        "cannot use "
            + option
            + " "
            + value
            + ": it has characters that the locale lacks, whose encoding is "
            + System.getProperty("sun.jnu.encoding", "its own")
            + "; set another, such as LC_ALL=C.UTF-8");
  }

  /**
   * What a wildcard address that a user wrote stands for: whoever writes 0.0.0.0 means IPv4, and
   * whoever writes :: means everything.
   */
  public static IpFamilies families(SocketAddress address) {
    boolean six =
        address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet6Address;
    return six ? IpFamilies.BOTH : IpFamilies.IPV4;
  }

  /** Whether Java has understood an argument: it puts others in the place of what it has not. */
  private static boolean isAsTyped(String argument) {
    if (argument.indexOf('?') < 0 && argument.indexOf(UNKNOWN) < 0) {
      return true;
    }
    try {
      Charset names =
          Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"), StandardCharsets.UTF_8);
      String typed = Files.readString(COMMAND_LINE, StandardCharsets.ISO_8859_1);
      byte[] bytes = argument.getBytes(names);
      return typed.contains(new String(bytes, StandardCharsets.ISO_8859_1));
    } catch (IOException _) {
      return true; // nobody can tell
    }
  }
}
