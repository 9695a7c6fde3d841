package dev.pollux.cli;

import dev.pollux.cli.doctor.SelfTest;
import dev.pollux.cli.echo.EchoOptions;
import dev.pollux.cli.echo.EchoServer;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Poll;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The traffic of the training run: an echo server on a loop of its own, and clients that make it
 * busy, so that all its classes are loaded.
 *
 * <p>The traffic is of the kind that a server gets: messages on connections that stay, and
 * connections that come and go.
 *
 * <p>Blocking: some milliseconds; {@link #PATIENCE_MILLIS} at most for each answer.
 */
final class WarmupTraffic {

  private static final int CONNECTIONS = 4;
  private static final int ROUNDS = 10;
  private static final int MESSAGE_BYTES = 64;
  private static final int PATIENCE_MILLIS = (int) (SelfTest.LIMIT_NANOS / 1_000_000);

  private final Sys sys;
  private final int[] fds = new int[CONNECTIONS];
  private final IoBuffer message = IoBuffer.allocate(MESSAGE_BYTES);
  private final IoBuffer answer = IoBuffer.allocate(MESSAGE_BYTES);
  private final Poll poll;
  private int openCount;

  WarmupTraffic(Sys sys) {
    this.sys = sys;
    this.poll = Poll.allocate(sys, 1);
  }

  /** Serves and is served; null, or what went wrong, in words. */
  @Nullable String run() throws SysException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    EchoOptions options = EchoOptions.echo(any, Trigger.LEVEL);
    try (LoopGroup loops = LoopGroup.start(sys, 1, LoopOptions.DEFAULT);
        EchoServer server = EchoServer.start(loops, options, null, () -> SelfTest.SILENT)) {
      while (openCount < CONNECTIONS) {
        fds[openCount] = Sockets.connecting(sys, server.address());
        openCount++;
      }
      for (int round = 0; round < ROUNDS; round++) {
        if (!exchange()) {
          return "an echo server did not echo";
        }
        reconnect(round % CONNECTIONS, server.address());
      }
      return null;
    } finally {
      while (openCount > 0) {
        openCount--;
        int _ = sys.close(fds[openCount]);
      }
    }
  }

  private void reconnect(int index, SocketAddress address) throws SysException {
    int fd = Sockets.connecting(sys, address);
    int _ = sys.close(fds[index]);
    fds[index] = fd;
  }

  /** A message on each connection, and its echo. */
  private boolean exchange() throws SysException {
    for (int fd : fds) {
      message.buffer().clear();
      if (message.write(sys, fd) != MESSAGE_BYTES) {
        return false;
      }
    }
    for (int fd : fds) {
      answer.buffer().clear();
      while (answer.buffer().hasRemaining()) {
        int count = answer.read(sys, fd);
        if (count == 0 || (count < 0 && count != -Errno.EAGAIN)) {
          return false;
        }
        if (count < 0 && !isReadable(fd)) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean isReadable(int fd) throws SysException {
    poll.set(0, fd, Linux.POLLIN);
    return poll.poll(PATIENCE_MILLIS) != 0;
  }
}
