package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.model.ModelSys;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** A queue over each kernel, and descriptors to watch. */
@ParameterizedClass(name = "[{0}]")
@ValueSource(strings = {"model", "native"})
@Timeout(value = 60, unit = TimeUnit.SECONDS)
abstract class KqueueCase {

  static final int READ = Kevent.EVFILT_READ;
  static final int WRITE = Kevent.EVFILT_WRITE;
  static final int VNODE = Kevent.EVFILT_VNODE;
  static final int PROC = Kevent.EVFILT_PROC;
  static final int SIGNAL = Kevent.EVFILT_SIGNAL;
  static final int TIMER = Kevent.EVFILT_TIMER;
  static final int USER = Kevent.EVFILT_USER;
  static final int ADD = Kevent.EV_ADD;
  static final int DELETE = Kevent.EV_DELETE;
  static final int ENABLE = Kevent.EV_ENABLE;
  static final int DISABLE = Kevent.EV_DISABLE;
  static final int ONESHOT = Kevent.EV_ONESHOT;
  static final int CLEAR = Kevent.EV_CLEAR;
  static final int DISPATCH = Kevent.EV_DISPATCH;
  static final int RECEIPT = Kevent.EV_RECEIPT;
  static final int EOF = Kevent.EV_EOF;
  static final int ERROR = Kevent.EV_ERROR;
  static final long FOR_EVER = -1;
  static final long LONG = 20_000_000_000L; // 20 s
  static final long SOON = 20_000_000; // 20 ms

  @Parameter String kernel;

  Sys sys;
  Kqueue queue;
  final Kevents events = Kevents.allocate(16);
  @TempDir Path folder;
  private final Arena arena = Arena.ofAuto();
  private final List<Integer> open = new ArrayList<>();
  private final IoBuffer buffer = IoBuffer.allocate(1 << 16);

  @BeforeEach
  void openQueue() throws SysException {
    sys = kernel.equals("model") ? ModelSys.threads(System::nanoTime) : NativeSys.open();
    queue = Kqueue.open(sys);
  }

  @AfterEach
  void closeAll() {
    queue.close();
    for (int fd : open) {
      int _ = sys.close(fd);
    }
  }

  /** A pair of connected sockets. */
  int[] pair() throws SysException {
    int[] ends = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    open.add(ends[0]);
    open.add(ends[1]);
    return ends;
  }

  /** A pipe: where it is read, where it is written. */
  int[] pipe() throws SysException {
    int[] ends = Sockets.pipe(sys, Linux.O_NONBLOCK | Linux.O_CLOEXEC);
    open.add(ends[0]);
    open.add(ends[1]);
    return ends;
  }

  /** A file of the kernel's own, open for reading and writing. */
  int file(String name) {
    return file(name, Linux.O_RDWR | Linux.O_CREAT);
  }

  int file(String name, int flags) {
    int fd = sys.open(path(name), flags | Linux.O_CLOEXEC, 0644);
    assertTrue(fd >= 0, () -> name + ": " + fd);
    open.add(fd);
    return fd;
  }

  /** The address of the path of a name in a folder that is there for this test. */
  long path(String name) {
    return arena.allocateFrom(folder() + "/" + name).address();
  }

  private String folder() {
    if (kernel.equals("native")) {
      return folder.toString();
    }
    int _ = sys.mkdir(arena.allocateFrom("/work").address(), 0755);
    return "/work";
  }

  void close(int fd) {
    open.remove(Integer.valueOf(fd));
    assertEquals(0, sys.close(fd));
  }

  void write(int fd, int count) {
    var _ = buffer.buffer().clear().limit(count);
    assertEquals(count, buffer.write(sys, fd));
  }

  int read(int fd, int count) {
    var _ = buffer.buffer().clear().limit(count);
    return buffer.read(sys, fd);
  }

  /** Reads at most so much, until there is nothing. */
  void drain(int fd, int most) {
    int all = 0;
    int n = 1;
    while (n > 0 && all < most) {
      n = read(fd, Math.min(1 << 16, most - all));
      all += Math.max(0, n);
    }
  }

  /** Writes until there is no room; how much went. */
  int fill(int fd) {
    int all = 0;
    var _ = buffer.buffer().clear();
    for (int n = buffer.write(sys, fd); n > 0; n = buffer.write(sys, fd)) {
      all += n;
      var _ = buffer.buffer().clear();
    }
    return all;
  }

  void change(long ident, int filter, int flags) throws SysException {
    queue.change(ident, filter, flags, 0, 0, 0);
  }

  void change(long ident, int filter, int flags, int fflags, long data) throws SysException {
    queue.change(ident, filter, flags, fflags, data, 0);
  }

  /** What there is now, in words: filter, identifier and data. */
  List<String> now() throws SysException {
    return within(0);
  }

  List<String> within(long nanos) throws SysException {
    int count = queue.kevent(null, events, nanos);
    assertEquals(count, events.size());
    List<String> said = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String end = (events.flags(i) & EOF) != 0 ? " EOF" : "";
      String name = Kevent.filterName(events.filter(i));
      said.add(name + " " + events.ident(i) + " " + events.data(i) + end);
    }
    return said;
  }

  /** The errno of a change that fails. */
  static int errno(org.junit.jupiter.api.function.Executable call) {
    return assertThrows(SysException.class, call).errno();
  }

  static void assertContains(String part, String all) {
    assertTrue(all.contains(part), all);
  }
}
