package dev.pollux.model;

import dev.pollux.sys.Errno;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A connection request on its way, and sent again while the listener's backlog is full: after 1 s,
 * 3 s, 7 s and so on, given up after 127 s, as Linux does with its default of six retries.
 */
final class TcpConnect {

  private static final int RETRIES = 6; // net.ipv4.tcp_syn_retries

  private final Kernel kernel;
  private final TcpSocket client;
  private final InetSocketAddress target;
  private final int clientPort;
  private @Nullable Timer timer;
  private int tries;

  TcpConnect(Kernel kernel, TcpSocket client, InetSocketAddress target, int clientPort) {
    this.kernel = kernel;
    this.client = client;
    this.target = target;
    this.clientPort = clientPort;
  }

  void send() {
    long delay = kernel.delay();
    if (delay == 0) {
      arrive();
    } else {
      timer = kernel.after(delay, this::arrive);
    }
  }

  void cancel() {
    if (timer != null) {
      timer.cancel();
    }
  }

  private void arrive() {
    Socket found = kernel.network.find(client, target, clientPort);
    if (!(found instanceof TcpSocket listener) || kernel.hits(Fault.REFUSED)) {
      client.fail(Errno.ECONNREFUSED);
      return;
    }
    TcpSocket child = listener.request(client);
    if (child != null) {
      client.connected(child);
      listener.queue().wake(Socket.NEWS_READABLE);
    } else if (tries == RETRIES) {
      // The last wait, too, is as long as the next retry would have been away.
      timer = kernel.after(Kernel.NANOS_PER_SECOND << RETRIES, () -> client.fail(Errno.ETIMEDOUT));
    } else {
      timer = kernel.after(Kernel.NANOS_PER_SECOND << tries, this::send);
      tries++;
    }
  }
}
