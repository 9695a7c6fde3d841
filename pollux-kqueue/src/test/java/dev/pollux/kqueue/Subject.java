package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.model.ModelSys;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;
import java.util.concurrent.locks.LockSupport;

/** Something to watch, one for each filter and kind of descriptor, that can be made to happen. */
final class Subject {

  /** The kinds there are. */
  enum Kind {
    SOCKET,
    TCP,
    DATAGRAM,
    PIPE,
    LISTENER,
    UNIX_LISTENER,
    FILE,
    QUEUE,
    SOCKET_ROOM,
    PIPE_ROOM,
    VNODE,
    PROC,
    SIGNAL,
    TIMER,
    USER
  }

  private static final int NUMBER = 7;

  /** One that nobody minds when it is not blocked. */
  private static final int HARMLESS = Linux.SIGWINCH;

  /** What happens. */
  private interface Deed {
    void run() throws Exception;
  }

  final int filter;
  final long ident;
  final int fflags;
  final long data;
  private final Deed deed;
  private Deed end = () -> {};

  /** What the program says with each change, and so with a trigger. */
  long udata;

  private Subject(int filter, long ident, int fflags, long data, Deed deed) {
    this.filter = filter;
    this.ident = ident;
    this.fflags = fflags;
    this.data = data;
    this.deed = deed;
  }

  private Subject(int filter, long ident, Deed deed) {
    this(filter, ident, 0, 0, deed);
  }

  private Subject atEnd(Deed last) {
    end = last;
    return this;
  }

  static Subject of(Kind kind, QueueCase test) throws Exception {
    return switch (kind) {
      case SOCKET -> bytes(test, test.pair());
      case TCP -> bytes(test, test.tcp());
      case DATAGRAM -> bytes(test, test.pair(Linux.SOCK_DGRAM));
      case PIPE -> bytes(test, test.pipe());
      case LISTENER -> connections(test, test.listener());
      case UNIX_LISTENER -> connections(test, unixListener(test));
      case FILE -> file(test);
      case QUEUE -> queue(test);
      case SOCKET_ROOM -> room(test, test.pair());
      case PIPE_ROOM -> room(test, test.pipe());
      case VNODE -> vnode(test);
      case PROC -> process(test);
      case SIGNAL -> signal(test);
      case TIMER -> new Subject(QueueCase.TIMER, NUMBER, 0, 1, Subject::letTimePass);
      case USER -> user(test);
    };
  }

  private static Subject bytes(QueueCase test, int[] ends) {
    return new Subject(QueueCase.READ, ends[0], () -> test.write(ends[1], 1));
  }

  private static int unixListener(QueueCase test) throws SysException {
    UnixAddress name = UnixAddress.abstractName("kqueue-" + System.nanoTime());
    return test.mine(Sockets.unixListener(test.sys, name, 8));
  }

  private static Subject connections(QueueCase test, int listener) throws SysException {
    SocketAddress address = Sockets.localAddress(test.sys, listener);
    return new Subject(
        QueueCase.READ, listener, () -> test.mine(Sockets.connecting(test.sys, address)));
  }

  private static Subject file(QueueCase test) {
    int reader = test.file("subject");
    int writer = test.file("subject");
    return new Subject(QueueCase.READ, reader, () -> test.write(writer, 1));
  }

  /** Another queue, in which something happens that nobody has taken. */
  private static Subject queue(QueueCase test) throws SysException {
    Kqueue inner = test.another();
    Kevents taken = Kevents.allocate(1);
    inner.change(NUMBER, QueueCase.USER, QueueCase.ADD | QueueCase.CLEAR, 0, 0, 0);
    return new Subject(
        QueueCase.READ,
        inner.fd(),
        () -> {
          int _ = inner.kevent(null, taken, 0);
          inner.change(NUMBER, QueueCase.USER, 0, Kevent.NOTE_TRIGGER, 0, 0);
        });
  }

  /** What is full gets empty; a pipe is written at its second end, which a pair may be as well. */
  private static Subject room(QueueCase test, int[] ends) {
    int _ = test.fill(ends[1]);
    return new Subject(
        QueueCase.WRITE,
        ends[1],
        () -> {
          int _ = test.fill(ends[1]);
          test.drain(ends[0], Integer.MAX_VALUE);
        });
  }

  private static Subject vnode(QueueCase test) {
    int watched = test.file("subject");
    int writer = test.file("subject");
    return new Subject(QueueCase.VNODE, watched, Kevent.NOTE_WRITE, 0, () -> test.write(writer, 1));
  }

  private static Subject process(QueueCase test) throws IOException {
    if (test.sys instanceof ModelSys model) {
      int pid = model.startProcess();
      return new Subject(QueueCase.PROC, pid, Kevent.NOTE_EXIT, 0, () -> model.endProcess(pid));
    }
    Process child = new ProcessBuilder("cat").start();
    Deed close = () -> child.getOutputStream().close();
    return new Subject(QueueCase.PROC, child.pid(), Kevent.NOTE_EXIT, 0, close).atEnd(close);
  }

  private static Subject signal(QueueCase test) {
    MemorySegment mask = Arena.ofAuto().allocate(Linux.SIZEOF_SIGSET, 8);
    assertEquals(0, test.sys.pthreadSigmask(Linux.SIG_BLOCK, 0, mask.address()));
    return new Subject(QueueCase.SIGNAL, HARMLESS, () -> assertEquals(0, test.sys.raise(HARMLESS)))
        .atEnd(
            () -> assertEquals(0, test.sys.pthreadSigmask(Linux.SIG_SETMASK, mask.address(), 0)));
  }

  private static void letTimePass() {
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < 2_000_000) {
      LockSupport.parkNanos(500_000);
    }
  }

  private static Subject user(QueueCase test) {
    Subject[] made = new Subject[1];
    Deed trigger =
        () -> test.queue.change(NUMBER, QueueCase.USER, 0, Kevent.NOTE_TRIGGER, 0, made[0].udata);
    made[0] = new Subject(QueueCase.USER, NUMBER, trigger);
    return made[0];
  }

  /** Makes it happen. */
  void fire() throws Exception {
    deed.run();
  }

  void end() throws Exception {
    end.run();
  }
}
