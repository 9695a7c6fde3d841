package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;

/** What a test opens and allocates on the running kernel; closing it closes all of that. */
final class Workspace implements AutoCloseable {

  private static final int HIGH_FD = 500; // above what the tests and the virtual machine open

  final Sys sys;

  /** On the running kernel. */
  Workspace() {
    this(NativeSys.open());
  }

  Workspace(Sys sys) {
    this.sys = sys;
  }

  final Arena arena = Arena.ofConfined();
  private final Deque<Integer> fds = new ArrayDeque<>();

  /** Takes over a descriptor, which must be one. */
  int own(int fd) {
    assertTrue(fd >= 0, () -> "not a descriptor: " + Errno.name(-fd));
    fds.push(fd);
    return fd;
  }

  /** Takes over both descriptors. */
  int[] own(int[] pair) {
    own(pair[0]);
    own(pair[1]);
    return pair;
  }

  /**
   * The same file under a number that stays free once it is closed, whatever the virtual machine
   * opens meanwhile: it gets the lowest free one.
   */
  int high(int fd) {
    int high = own(sys.fcntl(fd, Linux.F_DUPFD_CLOEXEC, HIGH_FD));
    close(fd);
    return high;
  }

  /** Closes one descriptor now. */
  void close(int fd) {
    assertTrue(fds.removeFirstOccurrence(fd), () -> fd + " is not owned");
    assertTrue(sys.close(fd) == 0);
  }

  /** A non-blocking pipe. */
  int[] pipe() throws SysException {
    return own(Sockets.pipe(sys, Linux.O_NONBLOCK | Linux.O_CLOEXEC));
  }

  /** A pair of Unix stream sockets. */
  int[] pair() throws SysException {
    return own(Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM));
  }

  /** A counter of this kernel, that is readable when it is not 0. */
  int eventfd(int value) {
    return own(NativeSys.open().eventfd(value, Linux.EFD_NONBLOCK | Linux.EFD_CLOEXEC));
  }

  MemorySegment memory(long sizeBytes) {
    return arena.allocate(sizeBytes, 8);
  }

  MemorySegment ints(int... values) {
    return arena.allocateFrom(JAVA_INT, values);
  }

  /** The address of a NUL-terminated string. */
  long string(Object text) {
    return arena.allocateFrom(text.toString()).address();
  }

  /** Opens an existing file or directory. */
  int open(Object path, int flags) {
    return own(sys.open(string(path), flags | Linux.O_CLOEXEC, 0));
  }

  void write(int fd, String text) {
    MemorySegment bytes = arena.allocateFrom(text);
    assertTrue(sys.write(fd, bytes.address(), text.length()) == text.length());
  }

  /** One read, which must give something. */
  String read(int fd) {
    MemorySegment bytes = memory(1 << 10);
    int n = sys.read(fd, bytes.address(), (1 << 10) - 1);
    assertTrue(n >= 0, () -> Errno.name(-n));
    bytes.set(JAVA_BYTE, n, (byte) 0);
    return bytes.getString(0);
  }

  @Override
  public void close() {
    fds.forEach(sys::close);
    fds.clear();
    arena.close();
  }
}
