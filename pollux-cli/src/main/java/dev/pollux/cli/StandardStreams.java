package dev.pollux.cli;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tells the standard streams from what else may stand at their numbers.
 *
 * <p>Where the parent process closed 0, 1 or 2, the files that the JVM opens first take these
 * numbers: the JDK's own, for reading. Taken for standard input, they would be sent to the server.
 */
final class StandardStreams {

  static final int STDIN = 0;
  static final int STDOUT = 1;

  private static final int ACCESS_MODE = Linux.O_WRONLY | Linux.O_RDWR;

  private StandardStreams() {}

  /** Whether standard input is one. */
  static boolean hasInput(Sys sys) {
    if (sys.fcntl(STDIN, Linux.F_GETFL, 0) < 0) {
      return false;
    }
    try {
      Path file = Files.readSymbolicLink(Path.of("/proc/self/fd/" + STDIN));
      return !file.startsWith(System.getProperty("java.home", "/"));
    } catch (IOException _) {
      return true; // no /proc: then it cannot be told
    }
  }

  /** Whether standard output is one. */
  static boolean hasOutput(Sys sys) {
    int flags = sys.fcntl(STDOUT, Linux.F_GETFL, 0);
    return flags >= 0 && (flags & ACCESS_MODE) != Linux.O_RDONLY;
  }
}
