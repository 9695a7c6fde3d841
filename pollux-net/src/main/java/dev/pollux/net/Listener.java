package dev.pollux.net;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.pollux.loop.ClosedLoopException;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopHandler;
import dev.pollux.loop.LoopTimer;
import dev.pollux.poll.Event;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Registration;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SockAddr;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A listening descriptor on a loop, and its manners when the system is out of something.
 *
 * <p>It is level-triggered whatever the connections are, so a turn may leave connections waiting
 * and none is forgotten. A turn accepts until EAGAIN, or as many as the options say.
 *
 * <p>Out of descriptors (EMFILE, ENFILE), a listener left alone would be ready for ever and its
 * peers would wait for ever. So one descriptor is held in reserve: it is closed, the connection is
 * accepted and closed, which tells the peer, and the reserve is taken again. Where {@linkplain
 * ServerOptions#keepsLast the last is kept}, the connection is kept, one more is held for who comes
 * meanwhile, and the reserve is taken again as soon as a connection has ended. Where that fails, or
 * the system is out of memory (ENOBUFS, ENOMEM), the listener is muted for {@link #MUTE_NANOS}.
 *
 * <p>Ownership: the descriptor and the reserve are this object's, and end with it, or with its
 * loop: peers of a listener that nobody accepts from would wait for ever. Threads: the loop's.
 */
final class Listener implements LoopHandler {

  /**
   * What is done with an accepted descriptor, whose owner that becomes, also if it throws.
   *
   * <p>Without an address if there is none, or it could not be understood.
   */
  interface Sink {
    void accepted(int fd, @Nullable SocketAddress peer);
  }

  /** How long the listener is left alone when nothing else helps. */
  static final long MUTE_NANOS = 100_000_000; // 100 ms

  /** Refusals less than this apart are one burst, and reported once. */
  static final long BURST_NANOS = 1_000_000_000; // 1 s

  /**
   * How many are accepted at the end, however many more come meanwhile: more than a backlog may
   * hold, where the administrator does not say otherwise (net.core.somaxconn is 4,096).
   */
  static final int MAX_DRAINED = 1 << 17;

  /** Where the last is kept: one for who is there, one for who takes that one's place. */
  private static final int KEPT = 2;

  private static final int FLAGS = Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC;

  private final EventLoop loop;
  private final Sys sys;
  private final LoopNet local;
  private final int fd;
  private final int acceptsPerTurn;
  private final boolean keepsLast;
  private final ServerLoop server;
  private final ServerListener observer;
  private final Sink sink;
  private final Reserve reserve;
  private final LoopTimer unmute = new LoopTimer(this::unmute);
  private @Nullable Registration registration;
  private boolean muted;
  private boolean inBurst;
  private long lastRefusalNanos;
  private long refusedCount;

  private Listener(
      ServerLoop server, int fd, ServerOptions options, ServerListener observer, Sink sink) {
    this.server = server;
    this.loop = server.loop();
    this.sys = loop.sys();
    this.local = LoopNet.of(loop);
    this.fd = fd;
    this.acceptsPerTurn = options.acceptsPerTurn();
    this.keepsLast = options.keepsLast();
    this.observer = observer;
    this.sink = sink;
    this.reserve = new Reserve(sys, fd, keepsLast ? KEPT : 1);
  }

  /** Starts to accept. After an exception nothing is left of it, and the descriptor is open. */
  static Listener open(
      ServerLoop server,
      int fd,
      boolean exclusive,
      ServerOptions options,
      ServerListener observer,
      Sink sink)
      throws SysException {
    Listener listener = new Listener(server, fd, options, observer, sink);
    EventLoop loop = server.loop();
    try {
      boolean _ = listener.reserve.take();
      listener.registration =
          exclusive
              ? loop.addExclusive(fd, Interest.READABLE, Trigger.LEVEL, listener)
              : loop.add(fd, Interest.READABLE, Trigger.LEVEL, listener);
      server.listenerBegins();
      return listener;
    } catch (Throwable t) {
      listener.reserve.close();
      throw t;
    }
  }

  @Override
  public void ready(Event event) {
    boolean more = true;
    for (int i = 0; more && i < acceptsPerTurn && !muted && registration != null; i++) {
      more = acceptOne();
    }
  }

  /** Whether there may be another one. */
  private boolean acceptOne() {
    int result = accept();
    if (result < 0) {
      return goesOn(-result);
    }
    SocketAddress peer = null;
    try {
      loop.progressed();
      peer = peerAddress();
      endBurst();
    } finally { // whatever an address or the observer throws, the descriptor has somebody
      sink.accepted(result, peer);
    }
    return true;
  }

  /** An observer that throws does not make the server deaf. */
  @Override
  public void failed(Throwable cause) {
    if (cause instanceof ClosedLoopException) {
      close();
    } else {
      loop.report("what was told by a listener", cause);
    }
  }

  /**
   * Accepts what waits in the backlog, for the last time, and closes. How long that is the kernel
   * knows: an inherited listener has one of its own, and any has room for one more than was said.
   */
  void drain() {
    try {
      boolean more = true;
      muted = false; // it has this one try
      for (int i = 0; more && !muted && i < MAX_DRAINED; i++) {
        more = registration != null && acceptOne(); // whom that tells may close it
      }
    } finally {
      close();
    }
  }

  /**
   * Asks the kernel anew who waits: one of several that share a socket exclusively is told of a
   * connection, and may have gone without accepting it.
   */
  void lookAgain() {
    if (!muted) {
      int _ = watch(Interest.NONE);
      unmute();
    }
  }

  /** Counts a connection that could not be kept. */
  void refused(int errno) {
    refusedCount++;
    server.refused(errno);
    beginBurst(errno);
  }

  /** A connection has given back its descriptor: nobody else is to have that first. */
  void connectionEnded() {
    boolean _ = keepsLast && registration != null && reserve.take();
  }

  /** Another descriptor of the same socket, which is the caller's, or -errno. */
  int duplicate() {
    return registration == null ? -Errno.EBADF : sys.fcntl(fd, Linux.F_DUPFD_CLOEXEC, 0);
  }

  /** Stops accepting, and gives the descriptor back. Does nothing the second time. */
  void close() {
    Registration watched = registration;
    if (watched == null) {
      return;
    }
    registration = null;
    try {
      loop.cancel(unmute);
      server.listenerEnds(); // while it keeps the inode of its file from being another's
      watched.remove();
    } finally {
      reserve.close();
      int _ = sys.close(fd);
    }
  }

  /** Acts on a failed accept; whether another one is of use. */
  private boolean goesOn(int errno) {
    return switch (errno) {
      case Errno.EAGAIN -> false;
      // Linux takes the number before it looks at the queue, so only the accept that refuses can
      // tell that the queue is empty.
      case Errno.EMFILE, Errno.ENFILE -> refuse(errno) != -Errno.EAGAIN;
      // The peer was gone before it was accepted, or its network failed: accept(2) has the list.
      case Errno.EINTR,
          Errno.ECONNABORTED,
          Errno.EPROTO,
          Errno.EPERM,
          Errno.ENETDOWN,
          Errno.ENETUNREACH,
          Errno.EHOSTDOWN,
          Errno.EHOSTUNREACH,
          Errno.ENONET,
          Errno.ENOPROTOOPT,
          Errno.EOPNOTSUPP,
          Errno.ETIMEDOUT ->
          true;
      default -> {
        mute(errno);
        yield false;
      }
    };
  }

  private int accept() {
    local.scratch().set(JAVA_INT, 0, SockAddr.MAX_BYTES);
    return sys.accept4(fd, local.peer().address(), local.scratch().address(), FLAGS);
  }

  private @Nullable SocketAddress peerAddress() {
    return SockAddr.decode(local.peer(), local.scratch().get(JAVA_INT, 0));
  }

  /**
   * Spends the reserve on one connection, to close it.
   *
   * @return what its accept returned, -errno without a reserve; no descriptor is left to close
   */
  private int refuse(int errno) {
    if (!reserve.take()) {
      mute(errno);
      return -errno;
    }
    boolean _ = reserve.give();
    int result = accept();
    if (result >= 0 && keepsLast) {
      sink.accepted(result, peerAddress());
      return result; // the reserve is taken again when a connection ends
    }
    if (result >= 0) {
      int _ = sys.close(result);
      refused(errno);
    }
    boolean _ = registration != null && reserve.take(); // who was told may have closed it
    if (result == -Errno.EMFILE || result == -Errno.ENFILE) {
      mute(errno); // somebody else took the descriptor in between
    }
    return result;
  }

  private void mute(int errno) {
    beginBurst(errno);
    muted = true;
    server.paused();
    loop.schedule(unmute, MUTE_NANOS);
    int _ = watch(Interest.NONE);
  }

  private void unmute() {
    muted = false;
    int errno = watch(Interest.READABLE);
    if (errno != 0) {
      mute(errno); // what muted the listener may be in the way of hearing it again
    }
  }

  /** Changes the interest; the errno if that failed. */
  private int watch(Interest interest) {
    Registration watched = registration;
    if (watched == null) {
      return 0;
    }
    try {
      watched.modify(interest);
      return 0;
    } catch (SysException e) {
      return e.errno();
    }
  }

  private void beginBurst(int errno) {
    lastRefusalNanos = loop.nowNanos();
    if (!inBurst) {
      inBurst = true;
      observer.exhausted(errno);
    }
  }

  private void endBurst() {
    if (inBurst && loop.nowNanos() - lastRefusalNanos >= BURST_NANOS) {
      inBurst = false;
      observer.recovered(refusedCount);
      refusedCount = 0;
    }
  }
}
