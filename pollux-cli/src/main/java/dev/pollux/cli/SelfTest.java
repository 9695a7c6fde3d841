package dev.pollux.cli;

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
 * <p>Each opens what it needs, gives a wait {@link #LIMIT_NANOS} at most, closes everything, and
 * returns null or what went wrong, in words.
 */
final class SelfTest {

  /**
   * No wait takes longer, so the five experiments of a backend take about two seconds at most; on a
   * machine in order each takes a few milliseconds.
   */
  static final long LIMIT_NANOS = 300_000_000; // 300 ms

  /** The outcome of a check whose waiter did not get as far as the kernel. */
  static final String NOT_BLOCKED = "no wait was in progress";

  /** How long a waiter may take until it sleeps; then the check goes on, and fails. */
  private static final long SETTLE_NANOS = 100_000_000; // 100 ms

  private static final long TIMEOUT_NANOS = 20_000_000; // 20 ms
  private static final int MESSAGE_BYTES = 1 << 16; // 64 KiB: many reads, and more than one send
  private static final long TURN_NANOS = 1_000_000; // 1 ms

  private final Sys sys;
  private final Backend backend;

  SelfTest(Sys sys, Backend backend) {
    this.sys = sys;
    this.backend = backend;
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
      long start = sys.nanoTime();
      poller.wakeup();
      poller.await(events, LIMIT_NANOS);
      Sleeper waiter = Sleeper.current();
      Thread waker =
          Thread.ofPlatform().start(() -> waiter.thenRun(sys, SETTLE_NANOS, poller::wakeup));
      poller.await(events, LIMIT_NANOS);
      join(waker);
      long took = sys.nanoTime() - start;
      if (!waiter.slept()) {
        return NOT_BLOCKED;
      }
      return took < LIMIT_NANOS ? null : "a wait slept on for " + millis(took);
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
      return took < LIMIT_NANOS ? null : "a wait of 20 ms took " + millis(took);
    }
  }

  /** Closing a poller ends a wait in progress on it. */
  @Nullable String close() throws SysException {
    try (Poller poller = Poller.open(sys, backend)) {
      Sleeper waiter = Sleeper.current();
      Thread closer =
          Thread.ofPlatform().start(() -> waiter.thenRun(sys, SETTLE_NANOS, poller::close));
      @Nullable String outcome = null;
      try {
        poller.await(new Events(4), LIMIT_NANOS);
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
    long deadline = sys.nanoTime() + LIMIT_NANOS;
    boolean ended = false;
    while (!ended && sys.nanoTime() - deadline < 0) {
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
    }
    if (!ended) {
      return "only "
          + buffer.buffer().position()
          + " bytes came back within "
          + millis(LIMIT_NANOS);
    }
    return buffer.buffer().flip().equals(message.buffer().rewind())
        ? null
        : "not what was sent came back";
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
  static final EchoLog SILENT =
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
