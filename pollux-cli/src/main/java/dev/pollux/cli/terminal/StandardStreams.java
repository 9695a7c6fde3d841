package dev.pollux.cli.terminal;

import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tells the standard streams from what else may stand at their numbers.
 *
 * <p>Where the parent process closed 0, 1 or 2, the files that the JVM opens first take these
 * numbers: the JDK's own, for reading. Taken for standard input, they would be sent to the server.
 */
public final class StandardStreams {

  public static final int STDIN = 0;
  public static final int STDOUT = 1;
  public static final int STDERR = 2;

  private static final int ACCESS_MODE = Linux.O_WRONLY | Linux.O_RDWR;

  private static final int TIOCGWINSZ = 0x5413; // <asm-generic/ioctls.h>
  private static final int SIZEOF_WINSIZE = 8; // <asm-generic/termios.h>: four unsigned short
  private static final int WS_COL = 2; // the second of them

  private StandardStreams() {}

  /** Whether a descriptor, usually {@link #STDIN}, is an input. */
  public static boolean isInput(Sys sys, int fd) {
    if (sys.fcntl(fd, Linux.F_GETFL, 0) < 0) {
      return false;
    }
    try {
      Path file = Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd));
      return !file.startsWith(System.getProperty("java.home", "/"));
    } catch (IOException _) {
      return true; // no /proc: then it cannot be told
    }
  }

  /** Whether a descriptor, usually {@link #STDOUT}, is an output. */
  public static boolean isOutput(Sys sys, int fd) {
    int flags = sys.fcntl(fd, Linux.F_GETFL, 0);
    return flags >= 0 && (flags & ACCESS_MODE) != Linux.O_RDONLY;
  }

  /** Whether a descriptor is a terminal. */
  public static boolean isTerminal(Sys sys, int fd) {
    // The kernel's struct termios has 36 bytes, less than the C library's.
    IoBuffer termios = IoBuffer.allocate(Linux.SIZEOF_TERMIOS);
    return sys.ioctl(fd, Linux.TCGETS, termios.address()) >= 0;
  }

  /** How many columns a terminal has; 0 for what is none, and where it does not say. */
  static int columns(Sys sys, int fd) {
    IoBuffer size = IoBuffer.allocate(SIZEOF_WINSIZE);
    if (sys.ioctl(fd, TIOCGWINSZ, size.address()) < 0) {
      return 0;
    }
    return size.buffer().order(ByteOrder.nativeOrder()).getShort(WS_COL) & 0xffff;
  }
}
