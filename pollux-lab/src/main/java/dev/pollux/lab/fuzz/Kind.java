package dev.pollux.lab.fuzz;

import java.util.List;

/** The kinds of operations that programs consist of, each with its arguments in order. */
enum Kind {
  /** pipe2: read end, write end. */
  PIPE(Arg.NEW, Arg.NEW),
  /** socketpair of Unix streams. */
  PAIR(Arg.NEW, Arg.NEW),
  /** socketpair of Unix datagram sockets. */
  DGRAMS(Arg.NEW, Arg.NEW),
  /** Two UDP sockets on loopback, connected to each other. */
  UDP(Arg.NEW, Arg.NEW),
  /** A TCP socket, neither bound nor connected. */
  SOCKET(Arg.NEW),
  /** Binds to an ephemeral port of loopback and listens. */
  LISTEN(Arg.HANDLE),
  /** Connects the first to the port that the second is bound to. */
  CONNECT(Arg.HANDLE, Arg.HANDLE),
  /** Connects to a port on which nobody listens. */
  REFUSED(Arg.HANDLE),
  /** Connects to AF_UNSPEC, which ends a connection. */
  DISCONNECT(Arg.HANDLE),
  /** accept4 from the second. */
  ACCEPT(Arg.NEW, Arg.HANDLE),
  /** eventfd: initial value, 1 for a semaphore. */
  EVENTFD(Arg.NEW, Arg.NUMBER, Arg.NUMBER),
  /** timerfd_create. */
  TIMERFD(Arg.NEW),
  /** timerfd_settime to a {@link Deadline}, by its number. */
  SETTIME(Arg.HANDLE, Arg.NUMBER),
  /** epoll_create of a size. */
  EPOLL(Arg.NEW, Arg.NUMBER),
  /** open of /dev/null, which cannot be watched. */
  NULL(Arg.NEW),
  /** A Unix socket: 0 is a stream, 1 is for datagrams. */
  UNIX(Arg.NEW, Arg.NUMBER),
  /** A UDP socket, neither bound nor connected. */
  DATAGRAM(Arg.NEW),
  /** bind to a name. */
  BIND(Arg.HANDLE, Arg.NUMBER),
  /** listen with a backlog. */
  BACKLOG(Arg.HANDLE, Arg.NUMBER),
  /** connect to a name. */
  TO(Arg.HANDLE, Arg.NUMBER),
  /** unlink of a name's path. */
  UNLINK(Arg.NUMBER),
  /** SO_REUSEADDR (0) or SO_REUSEPORT (1), off or on. */
  REUSE(Arg.HANDLE, Arg.NUMBER, Arg.NUMBER),
  /** getsockname: which name. */
  SELF(Arg.HANDLE),
  /** getpeername: which name. */
  PEER(Arg.HANDLE),
  /** setsockopt of one of {@link Options}, by its index, to a value. */
  SETOPT(Arg.HANDLE, Arg.NUMBER, Arg.NUMBER),
  /** getsockopt of one of {@link Options}. */
  GETOPT(Arg.HANDLE, Arg.NUMBER),
  /** sendmsg: bytes, flags, pieces. */
  SENDMSG(Arg.HANDLE, Arg.SIZE, Arg.FLAGS, Arg.NUMBER),
  /** recvmsg: bytes, flags, pieces. */
  RECVMSG(Arg.HANDLE, Arg.SIZE, Arg.FLAGS, Arg.NUMBER),
  /** sendto: bytes, flags, name. */
  SENDTO(Arg.HANDLE, Arg.SIZE, Arg.FLAGS, Arg.NUMBER),
  /** From here on segments of the model take their time; part of what a program is. */
  DELAY(Arg.NUMBER),
  /** So many ticks pass. */
  PASS(Arg.NUMBER),
  /** A TCP connection with small buffers: client, accepted end. */
  SMALL(Arg.NEW, Arg.NEW),
  /** Writes to such a connection until it is full. */
  FLOOD(Arg.HANDLE),
  /** Writes to such a connection until it is not writable, but takes more. */
  LOAD(Arg.HANDLE),
  /** Reads from the first until nothing is left, and nothing on its way from the second. */
  EMPTY(Arg.HANDLE, Arg.HANDLE),
  /** dup3 of the second over the first. */
  DUP(Arg.NEW, Arg.HANDLE),
  /** close. */
  CLOSE(Arg.HANDLE),
  /** shutdown: 0 reading, 1 writing, 2 both; 3 is invalid. */
  SHUTDOWN(Arg.HANDLE, Arg.NUMBER),
  /** SO_LINGER on, 0 seconds: the next close resets. */
  LINGER(Arg.HANDLE),
  /** SO_RCVLOWAT. */
  LOWAT(Arg.HANDLE, Arg.NUMBER),
  /** SO_OOBINLINE. */
  INLINE(Arg.HANDLE, Arg.NUMBER),
  /** read. */
  READ(Arg.HANDLE, Arg.SIZE),
  /** write. */
  WRITE(Arg.HANDLE, Arg.SIZE),
  /** recv with flags. */
  RECV(Arg.HANDLE, Arg.SIZE, Arg.FLAGS),
  /** send with flags. */
  SEND(Arg.HANDLE, Arg.SIZE, Arg.FLAGS),
  /** Writes a number of 8 bytes, by its index in {@link Executor#COUNTS}. */
  COUNT(Arg.HANDLE, Arg.NUMBER),
  /** Writes until the kernel refuses. */
  FILL(Arg.HANDLE),
  /** Reads until the kernel refuses or the stream ends. */
  DRAIN(Arg.HANDLE),
  /** FIONREAD. */
  AVAILABLE(Arg.HANDLE),
  /** SO_ERROR, which clears it. */
  ERROR(Arg.HANDLE),
  /** F_GETFL. */
  GETFL(Arg.HANDLE),
  /** F_SETFL to O_NONBLOCK and other flags. */
  SETFL(Arg.HANDLE, Arg.NUMBER),
  /** epoll_ctl: epoll, op, target, events, data. */
  CTL(Arg.HANDLE, Arg.NUMBER, Arg.HANDLE, Arg.EVENTS, Arg.NUMBER),
  /** epoll_ctl with a null pointer: epoll, op, target. */
  CTLNULL(Arg.HANDLE, Arg.NUMBER, Arg.HANDLE),
  /** epoll_wait with timeout 0: epoll, maxevents. */
  WAIT(Arg.HANDLE, Arg.NUMBER),
  /** epoll_pwait with timeout 0: epoll, maxevents. */
  PWAIT(Arg.HANDLE, Arg.NUMBER),
  /** epoll_pwait2 with timeout 0: epoll, maxevents. */
  PWAIT2(Arg.HANDLE, Arg.NUMBER),
  /** poll with timeout 0 of any number of (descriptor, events). */
  POLL(Arg.HANDLE, Arg.EVENTS),
  /** ppoll, as above. */
  PPOLL(Arg.HANDLE, Arg.EVENTS),
  /** select with timeout 0 of any number of (descriptor, sets): 1 read, 2 write, 4 except. */
  SELECT(Arg.HANDLE, Arg.NUMBER),
  /** pselect, as above. */
  PSELECT(Arg.HANDLE, Arg.NUMBER);

  @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
  private final List<Arg> args;

  Kind(Arg... args) {
    this.args = List.of(args);
  }

  /** How many arguments there are, or for {@link #repeats} how many make a group. */
  int arity() {
    return args.size();
  }

  /** What the argument at an index is. */
  Arg arg(int index) {
    return args.get(index % args.size());
  }

  /** Whether another thread may make the call, and block in it. */
  boolean mayBlock() {
    return switch (this) {
      case READ, WRITE, RECV, SEND, COUNT, ACCEPT, CONNECT -> true;
      case TO, SENDMSG, RECVMSG, SENDTO -> true;
      default -> takesTimeout();
    };
  }

  /** Whether the call has a timeout of its own. */
  boolean takesTimeout() {
    return switch (this) {
      case WAIT, PWAIT, PWAIT2, POLL, PPOLL, SELECT, PSELECT -> true;
      default -> false;
    };
  }

  /** Whether the arguments may come any number of times. */
  boolean repeats() {
    return switch (this) {
      case POLL, PPOLL, SELECT, PSELECT -> true;
      default -> false;
    };
  }
}
