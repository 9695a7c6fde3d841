package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.model.ModelSys;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Poll;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** A queue over a kernel, and descriptors to watch. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
abstract class QueueCase {

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
  static final int LOWAT = Kevent.NOTE_LOWAT;
  static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
  static final long FOR_EVER = -1;
  static final long LONG = 20_000_000_000L; // 20 s
  static final long SOON = 20_000_000; // 20 ms

  /** Of all tests, each of which has a folder in it, if it needs one. */
  @TempDir static Path folders;

  private static final IoBuffer BUFFER = IoBuffer.allocate(1 << 16);

  @Parameter String kernel = "native"; // where the class does not say

  Sys sys;

  /** The kernel that has epoll, whatever the queue is. */
  Sys beneath;

  Kqueue queue;
  final Kevents events = Kevents.allocate(16);
  private final Arena arena = Arena.ofAuto();
  private final List<Integer> open = new ArrayList<>();
  private final List<Kqueue> others = new ArrayList<>();
  private @Nullable Path folder;

  @BeforeEach
  void openQueue() throws SysException {
    beneath = kernel.equals("model") ? ModelSys.threads(System::nanoTime) : NativeSys.open();
    sys = kernel.equals("seam") ? KqueueSys.over(beneath) : beneath;
    queue = Kqueue.open(sys);
  }

  @AfterEach
  void closeAll() {
    queue.close();
    others.forEach(Kqueue::close);
    for (int fd : open) {
      int _ = sys.close(fd);
    }
    if (sys instanceof ModelSys model) {
      assertEquals(Set.of(0, 1, 2), model.openDescriptors().keySet());
    }
  }

  /** Another queue over the same kernel. */
  Kqueue another() throws SysException {
    Kqueue other = Kqueue.open(sys);
    others.add(other);
    return other;
  }

  /** Has a descriptor be closed at the end. */
  int mine(int fd) {
    assertTrue(fd >= 0, () -> "errno " + -fd);
    open.add(fd);
    return fd;
  }

  int dup(int fd) {
    return mine(sys.fcntl(fd, Linux.F_DUPFD_CLOEXEC, 0));
  }

  /** A pair of connected sockets. */
  int[] pair() throws SysException {
    return pair(Linux.SOCK_STREAM);
  }

  int[] pair(int type) throws SysException {
    int[] ends = Sockets.pair(sys, Linux.AF_UNIX, type);
    return new int[] {mine(ends[0]), mine(ends[1])};
  }

  int listener() throws SysException {
    return mine(Sockets.tcpListener(sys, ANY, 8));
  }

  /** A connection over loopback: who asked for it, who accepted. */
  int[] tcp() throws SysException {
    int listener = listener();
    int one = mine(Sockets.connecting(sys, Sockets.localAddress(sys, listener)));
    Poll poll = Poll.allocate(sys, 1);
    poll.set(0, listener, Linux.POLLIN);
    assertEquals(1, poll.poll((int) (LONG / 1_000_000)));
    int[] ends = {one, mine(Sockets.accept(sys, listener))};
    close(listener);
    return ends;
  }

  /** A pipe: where it is read, where it is written. */
  int[] pipe() throws SysException {
    int[] ends = Sockets.pipe(sys, Linux.O_NONBLOCK | Linux.O_CLOEXEC);
    return new int[] {mine(ends[0]), mine(ends[1])};
  }

  /** A file of the kernel's own, open for reading and writing. */
  int file(String name) {
    return file(name, Linux.O_RDWR | Linux.O_CREAT);
  }

  int file(String name, int flags) {
    int fd = sys.open(path(name), flags | Linux.O_CLOEXEC, 0644);
    assertTrue(fd >= 0, () -> name + ": " + fd);
    return mine(fd);
  }

  /** The address of the path of a name in a folder that is there for this test. */
  long path(String name) {
    return arena.allocateFrom(folder() + "/" + name).address();
  }

  /** Of this test, in the kernel that it is for. */
  Path folder() {
    Path made = folder;
    if (made == null && !kernel.equals("model")) {
      try {
        made = Files.createTempDirectory(folders, "");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    } else if (made == null) {
      made = Path.of("/work");
      assertEquals(0, sys.mkdir(arena.allocateFrom("/work").address(), 0755));
    }
    folder = made;
    return made;
  }

  void close(int fd) {
    open.remove(Integer.valueOf(fd));
    assertEquals(0, sys.close(fd));
  }

  void write(int fd, int count) {
    var _ = BUFFER.buffer().clear().limit(count);
    assertEquals(count, BUFFER.write(sys, fd));
  }

  int read(int fd, int count) {
    var _ = BUFFER.buffer().clear().limit(count);
    return BUFFER.read(sys, fd);
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
    var _ = BUFFER.buffer().clear();
    for (int n = BUFFER.write(sys, fd); n > 0; n = BUFFER.write(sys, fd)) {
      all += n;
      var _ = BUFFER.buffer().clear();
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

  /** What a thread of its own gets from a wait for ever: a count, or {@code -errno}. */
  static CompletableFuture<Integer> waiting(Kqueue queue, Kevents events) {
    CompletableFuture<Integer> said = new CompletableFuture<>();
    CompletableFuture<Boolean> isIn = new CompletableFuture<>();
    Thread _ =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              isIn.complete(true);
              try {
                said.complete(queue.kevent(null, events, FOR_EVER));
              } catch (SysException e) {
                said.complete(-e.errno());
              } catch (IllegalStateException e) {
                said.complete(-dev.pollux.sys.Errno.EBADF); // it had not begun
              }
            });
    assertTrue(isIn.join());
    return said;
  }

  static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(LONG, TimeUnit.NANOSECONDS);
  }

  static String readable(long fd, long data) {
    return "READ " + fd + " " + data;
  }

  static String writable(long fd, long data) {
    return "WRITE " + fd + " " + data;
  }

  /** The errno of a change that fails. */
  static int errno(org.junit.jupiter.api.function.Executable call) {
    return assertThrows(SysException.class, call).errno();
  }

  static void assertContains(String part, String all) {
    assertTrue(all.contains(part), all);
  }

  int descriptors() throws IOException {
    if (beneath instanceof ModelSys model) {
      return model.openDescriptors().size();
    }
    int count = 0;
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      for (Path each : all.toList()) {
        boolean isThere = Files.isSymbolicLink(each); // the list's own is gone
        count += isThere && Files.readSymbolicLink(each).toString().startsWith("anon_") ? 1 : 0;
      }
    }
    return count;
  }
}
