package dev.pollux.cli;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.pollux.poll.Interest;
import dev.pollux.poll.Poller;
import dev.pollux.poll.Registration;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SockAddr;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The listener of an {@link EchoServer}, and its manners when the system is out of something.
 *
 * <p>It is level-triggered whatever the connections are, so a turn may leave connections waiting
 * and none is forgotten.
 *
 * <p>Out of descriptors (EMFILE, ENFILE), a listener left alone would be ready for ever and its
 * peers would wait for ever. So one descriptor is held in reserve: it is closed, the connection is
 * accepted and closed, which tells the peer, and the reserve is taken again. Where that fails, or
 * the system is out of memory (ENOBUFS, ENOMEM), the listener is muted for {@link #MUTE_NANOS}.
 *
 * <p>Ownership: the listening descriptor and the reserve are this object's. Threads: the server's.
 */
final class Acceptor {

  /** Connections accepted or refused in one turn. */
  static final int ACCEPTS_PER_TURN = 64;

  /** How long the listener is left alone when nothing else helps. */
  static final long MUTE_NANOS = 100_000_000; // 100 ms

  /** Refusals less than this apart are one burst, and reported once. */
  static final long BURST_NANOS = 1_000_000_000; // 1 s

  private static final int FLAGS = Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC;
  private static final int NO_FD = -1;

  private final Sys sys;
  private final Poller poller;
  private final EchoLog log;
  private final int fd;
  private InetSocketAddress address;
  private final MemorySegment peer = Arena.ofAuto().allocate(SockAddr.MAX_BYTES, Long.BYTES);
  private final MemorySegment peerLength = Arena.ofAuto().allocate(JAVA_INT);
  private @Nullable Registration registration;
  private int reserve = NO_FD;
  private boolean ready;
  private boolean muted;
  private long mutedUntilNanos;
  private boolean inBurst;
  private long lastRefusalNanos;
  private long refusedCount;
  private boolean closed;

  private Acceptor(Sys sys, Poller poller, EchoLog log, int fd, InetSocketAddress address) {
    this.sys = sys;
    this.poller = poller;
    this.log = log;
    this.fd = fd;
    this.address = address;
  }

  /** Listens, with SO_REUSEADDR. After an exception nothing is left open. */
  static Acceptor open(Sys sys, Poller poller, EchoOptions options, EchoLog log)
      throws SysException {
    int fd = Sockets.tcpListener(sys, options.address(), options.backlog());
    Acceptor acceptor = new Acceptor(sys, poller, log, fd, options.address());
    try {
      acceptor.address = (InetSocketAddress) Sockets.localAddress(sys, fd);
      acceptor.reserve = SysException.check("eventfd(reserve)", acceptor.openReserve());
      acceptor.registration = poller.add(fd, Interest.READABLE, Trigger.LEVEL, acceptor);
      return acceptor;
    } catch (SysException e) {
      acceptor.close();
      throw e;
    }
  }

  /** Where it listens, with the port that the kernel chose. */
  InetSocketAddress address() {
    return address;
  }

  /** Notes an event. */
  void mark() {
    ready = true;
  }

  /** How long a wait may take: until the listener is to be heard again, -1 for ever. */
  long nanosUntilDue() {
    return muted ? Math.max(0, mutedUntilNanos - sys.nanoTime()) : -1;
  }

  /** One turn of accepting, if there was an event. */
  void process(EchoServer server) throws SysException {
    unmute();
    if (!ready) {
      return;
    }
    ready = false;
    for (int i = 0; i < ACCEPTS_PER_TURN && !muted; i++) {
      int result = accept();
      if (result >= 0) {
        endBurst();
        server.adopt(result, peerAddress());
        continue;
      }
      switch (-result) {
        case Errno.EAGAIN -> {
          return;
        }
        case Errno.EMFILE, Errno.ENFILE -> {
          // Linux takes the number before it looks at the queue, so only this accept can tell that
          // the queue is empty.
          if (refuse(-result) == -Errno.EAGAIN) {
            return;
          }
        }
        // The peer was gone before it was accepted, or its network failed: accept(2) has the list.
        case Errno.EINTR,
            Errno.ECONNABORTED,
            Errno.EPROTO,
            Errno.EPERM,
            Errno.ENETDOWN,
            Errno.ENETUNREACH,
            Errno.EHOSTUNREACH,
            Errno.ENOPROTOOPT,
            Errno.ETIMEDOUT -> {}
        default -> mute(-result);
      }
    }
  }

  /** Counts a connection that could not be kept. */
  void refused(int errno) {
    refusedCount++;
    lastRefusalNanos = sys.nanoTime();
    if (!inBurst) {
      inBurst = true;
      log.exhausted(errno);
    }
  }

  /** Stops listening. Does nothing the second time. */
  void close() {
    if (closed) {
      return;
    }
    closed = true;
    muted = false;
    if (registration != null) {
      poller.remove(registration);
    }
    int _ = sys.close(fd);
    closeReserve();
  }

  private int accept() {
    peerLength.set(JAVA_INT, 0, SockAddr.MAX_BYTES);
    return sys.accept4(fd, peer.address(), peerLength.address(), FLAGS);
  }

  private SocketAddress peerAddress() {
    return SockAddr.decode(peer, peerLength.get(JAVA_INT, 0));
  }

  /**
   * Spends the reserve on one connection, to close it.
   *
   * @return what its accept returned, -errno without a reserve; no descriptor is left to close
   */
  private int refuse(int errno) throws SysException {
    if (reserve == NO_FD) {
      reserve = Math.max(NO_FD, openReserve());
    }
    if (reserve == NO_FD) {
      mute(errno);
      return -errno;
    }
    closeReserve();
    int result = accept();
    if (result >= 0) {
      int _ = sys.close(result);
      refused(errno);
    }
    reserve = Math.max(NO_FD, openReserve());
    if (result == -Errno.EMFILE || result == -Errno.ENFILE) {
      mute(errno); // somebody else took the descriptor in between
    }
    return result;
  }

  private void mute(int errno) throws SysException {
    if (!inBurst) {
      inBurst = true;
      log.exhausted(errno);
    }
    lastRefusalNanos = sys.nanoTime();
    mutedUntilNanos = lastRefusalNanos + MUTE_NANOS;
    muted = true;
    watch(Interest.NONE);
  }

  private void unmute() throws SysException {
    if (!muted || sys.nanoTime() - mutedUntilNanos < 0) {
      return;
    }
    try {
      watch(Interest.READABLE);
      muted = false;
    } catch (SysException e) {
      // Taken up again is registered anew, and what muted the listener may be in the way of that.
      if (e.errno() != Errno.ENOMEM && e.errno() != Errno.ENOSPC) {
        throw e;
      }
      mute(e.errno());
    }
  }

  private void watch(Interest interest) throws SysException {
    if (registration != null) {
      poller.modify(registration, interest);
    }
  }

  private void endBurst() {
    if (inBurst && sys.nanoTime() - lastRefusalNanos >= BURST_NANOS) {
      inBurst = false;
      log.recovered(refusedCount);
      refusedCount = 0;
    }
  }

  /** Any descriptor will do; this one needs neither a path nor memory to speak of. */
  private int openReserve() {
    return sys.eventfd(0, Linux.EFD_CLOEXEC | Linux.EFD_NONBLOCK);
  }

  private void closeReserve() {
    if (reserve != NO_FD) {
      int _ = sys.close(reserve);
      reserve = NO_FD;
    }
  }
}
