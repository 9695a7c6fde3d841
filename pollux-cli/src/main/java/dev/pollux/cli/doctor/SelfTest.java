package dev.pollux.cli.doctor;

import dev.pollux.cli.echo.CloseReason;
import dev.pollux.cli.echo.EchoLog;
import dev.pollux.cli.echo.EchoOptions;
import dev.pollux.cli.echo.EchoServer;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.poll.Backend;
import dev.pollux.poll.ClosedPollerException;
import dev.pollux.poll.Events;
import dev.pollux.poll.Poller;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Small experiments that show whether a backend keeps the poller's contract on this machine.
 *
 * <p>Each opens what it needs, closes everything, and returns null or what went wrong, in words.
 * How fast the machine is decides nothing: a wait in vain is given up after {@link #LIMIT_NANOS},
 * and what goes on, however slowly, may take as long as it likes.
 */
public final class SelfTest {

  /**
   * What takes longer is taken for a wait in vain: of an idle machine, more than a thousand times
   * what it needs.
   */
  public static final long LIMIT_NANOS = 10_000_000_000L; // 10 s

  /** The outcome of a check whose waiter did not get as far as the kernel. */
  static final String NOT_BLOCKED = "no wait was in progress";

  private static final long TIMEOUT_NANOS = 20_000_000; // 20 ms
  private static final int MESSAGE_BYTES = 1 << 16; // 64 KiB: many reads, and more than one send
  private static final long TURN_NANOS = 1_000_000; // 1 ms

  private final Sys sys;
  private final Backend backend;
  private final long limitNanos;

  SelfTest(Sys sys, Backend backend) {
    this(sys, backend, LIMIT_NANOS);
  }

  /** With another limit, for tests in which a wait is in vain. */
  SelfTest(Sys sys, Backend backend, long limitNanos) {
    this.sys = sys;
    this.backend = backend;
    this.limitNanos = limitNanos;
  }

  /** 64 KiB to an echo server and back, over a loopback socket, then a half-close. */
  @Nullable String traffic(Trigger trigger) throws SysException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    EchoOptions options = EchoOptions.echo(any, trigger);
    try (EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT.withBackend(backend));
        EchoServer server = EchoServer.open(loop, options, SILENT)) {
      int fd = Sockets.connecting(sys, server.address());
      try {
        return exchange(loop, fd);
      } finally {
        int _ = sys.close(fd);
      }
    }
  }

  /** A wake-up ends the next wait, and one in progress. */
  @Nullable String wakeup() throws SysException {
    try (Poller poller = Poller.open(sys, backend)) {
      Events events = new Events(4);
      poller.wakeup();
      if (sleepsOn(poller, events)) {
        return "a wake-up was forgotten: the wait after it slept for " + millis(limitNanos);
      }
      Sleeper waiter = Sleeper.current();
      Thread waker =
          Thread.ofPlatform().start(() -> waiter.thenRun(sys, limitNanos / 2, poller::wakeup));
      boolean sleptOn = sleepsOn(poller, events);
      join(waker);
      if (!waiter.slept()) {
        return NOT_BLOCKED;
      }
      return sleptOn ? "a wait slept on for " + millis(limitNanos) : null;
    }
  }

  /** A wait for 20 ms ends after 20 ms, and not before. */
  @Nullable String timeout() throws SysException {
    try (Poller poller = Poller.open(sys, backend)) {
      long start = sys.nanoTime();
      int count = poller.await(new Events(4), TIMEOUT_NANOS);
      long took = sys.nanoTime() - start;
      if (count != 0) {
        return "an event out of nothing";
      }
      if (took < TIMEOUT_NANOS) {
        return "a wait for " + millis(TIMEOUT_NANOS) + " ended after " + took + " ns";
      }
      return took < limitNanos ? null : "a wait of 20 ms took " + millis(took);
    }
  }

  /** Closing a poller ends a wait in progress on it. */
  @Nullable String close() throws SysException {
    try (Poller poller = Poller.open(sys, backend)) {
      Sleeper waiter = Sleeper.current();
      Thread closer =
          Thread.ofPlatform().start(() -> waiter.thenRun(sys, limitNanos / 2, poller::close));
      @Nullable String outcome = null;
      try {
        poller.await(new Events(4), limitNanos);
        outcome = "a wait outlived its poller";
      } catch (ClosedPollerException _) {
        // as it should be
      } finally {
        join(closer);
      }
      return waiter.slept() ? outcome : NOT_BLOCKED;
    }
  }

  private @Nullable String exchange(EventLoop loop, int fd) throws SysException {
    IoBuffer buffer = IoBuffer.allocate(MESSAGE_BYTES);
    IoBuffer message = IoBuffer.allocate(MESSAGE_BYTES);
    for (int i = 0; i < MESSAGE_BYTES; i++) {
      message.buffer().put(i, (byte) (i * 31 + (i >> 8)));
    }
    int moved = 0;
    long movedNanos = sys.nanoTime();
    boolean ended = false;
    while (!ended && sys.nanoTime() - movedNanos < limitNanos) {
      int _ = loop.runOnce(TURN_NANOS);
      if (message.buffer().hasRemaining()) {
        int n = message.write(sys, fd);
        if (n < 0 && n != -Errno.EAGAIN && n != -Errno.ENOTCONN) {
          return "send failed: " + Errno.name(-n);
        }
        if (!message.buffer().hasRemaining()) {
          SysException.check("shutdown(fd=" + fd + ")", sys.shutdown(fd, Linux.SHUT_WR));
        }
      }
      // With no room left a read would answer 0, so the end is looked for with a byte of its own.
      boolean full = !buffer.buffer().hasRemaining();
      int n = full ? sys.recv(fd, buffer.address(), 1, Linux.MSG_PEEK) : buffer.read(sys, fd);
      if (n < 0 && n != -Errno.EAGAIN && n != -Errno.ENOTCONN) {
        return "recv failed: " + Errno.name(-n);
      }
      ended = n == 0;
      int now = message.buffer().position() + buffer.buffer().position();
      if (now != moved) {
        moved = now;
        movedNanos = sys.nanoTime();
      }
    }
    if (!ended) {
      return "only "
          + buffer.buffer().position()
          + " bytes came back, and then nothing for "
          + millis(limitNanos);
    }
    return buffer.buffer().flip().equals(message.buffer().rewind())
        ? null
        : "not what was sent came back";
  }

  /** Waits; whether that took all of the time it may take. */
  private boolean sleepsOn(Poller poller, Events events) throws SysException {
    long start = sys.nanoTime();
    poller.await(events, limitNanos);
    return sys.nanoTime() - start >= limitNanos;
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static String millis(long nanos) {
    return nanos / 1_000_000 + " ms";
  }

  /** A log that nobody reads. */
  public static final EchoLog SILENT =
      new EchoLog() {
        @Override
        public void connected(int fd, @Nullable SocketAddress peer) {}

        @Override
        public void secured(int fd, String outcome) {}

        @Override
        public void read(int fd, int sizeBytes) {}

        @Override
        public void wrote(int fd, int sizeBytes) {}

        @Override
        public void closed(int fd, CloseReason reason, int errno, int unsentBytes, String detail) {}

        @Override
        public void exhausted(int errno) {}

        @Override
        public void recovered(long refusedCount) {}

        @Override
        public void shed() {}

        @Override
        public boolean isGathering() {
          return false;
        }

        @Override
        public boolean flush() {
          return true;
        }
      };
}
