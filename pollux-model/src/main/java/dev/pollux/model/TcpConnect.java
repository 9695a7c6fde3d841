package dev.pollux.model;

import dev.pollux.sys.Errno;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connection request on its way, sent again while nobody answers: because the listener's backlog
 * is full, or because the address is one where everything is lost. A socket that requests itself
 * has a connection with itself.
 *
 * <p>The first tries are a second apart, the others twice as far as before: after 1, 2, 3, 4, 5, 7,
 * 11, 19, 35 and 67 s. It is given up after 131 s. Measured on Linux 6.18; before 6.5 there were
 * six retries, each twice as far as the one before, and the end came after 127 s.
 */
final class TcpConnect {

  /**
   * Seconds to each retry, and from the last one to the end: net.ipv4.tcp_syn_linear_timeouts and
   * tcp_syn_retries as they are by default.
   */
  private static final int[] WAITS = {1, 1, 1, 1, 1, 2, 4, 8, 16, 32, 64};

  private final Kernel kernel;
  private final TcpSocket client;
  private final InetSocketAddress target;
  private final InetSocketAddress source; // the client's name, which it may lose before the answer
  private @Nullable Timer timer;
  private int waits;

  /** The other end, on another host, which consents, or has consented. */
  private @Nullable TcpSocket child;

  private boolean isOver; // answered, or given up

  TcpConnect(Kernel kernel, TcpSocket client, InetSocketAddress target) {
    this.kernel = kernel;
    this.client = client;
    this.target = target;
    this.source = (InetSocketAddress) client.localAddress();
  }

  void send() {
    if (kernel.network.isRemote(target.getAddress())) {
      sendOut();
      return;
    }
    long delay = kernel.delay();
    if (delay == 0) {
      arrive();
    } else {
      timer = kernel.after(delay, this::arrive);
    }
  }

  void cancel() {
    isOver = true;
    if (timer != null) {
      timer.cancel();
    }
  }

  private void arrive() {
    if (Network.isLost(target.getAddress())) {
      awaitAnswer();
      return;
    }
    if (target.equals(source)) {
      client.connected(client);
      return;
    }
    Socket found = kernel.network.find(client, target, source.getPort());
    if (!(found instanceof TcpSocket listener) || kernel.hits(Fault.REFUSED)) {
      client.fail(Errno.ECONNREFUSED);
      return;
    }
    TcpSocket child = listener.listener().request(client, source);
    if (child == null) {
      awaitAnswer();
    } else {
      client.connected(child);
      listener.tellReadable();
    }
  }

  // ---- to another host

  private void sendOut() {
    awaitAnswer();
    long leftNanos = kernel.clock.now();
    Runnable arrival = () -> arriveThere(leftNanos);
    kernel.carry(Packet.Kind.SYN, source, target, 0, Packet.NOTHING, arrival);
  }

  private void arriveThere(long leftNanos) {
    Kernel there = kernel.worldAt(target);
    if (there != null) {
      there.here(() -> request(there, leftNanos)).run();
    }
  }

  private void request(Kernel there, long leftNanos) {
    if (child != null && child.kernel == there && child.peerAddress() != null) {
      Objects.requireNonNull(child.sender.path()).consentAgain();
      return;
    }
    Socket found = there.network.find(client, target, source.getPort());
    if (!(found instanceof TcpSocket socket) || there.hits(Fault.REFUSED)) {
      Runnable arrival = kernel.here(this::refused);
      there.carry(Packet.Kind.RESET, target, source, 0, Packet.NOTHING, arrival);
      return;
    }
    TcpListener listener = socket.listener();
    TcpSocket made = listener.request(client, source);
    if (made != null) { // else it is asked again
      child = made;
      TcpPath path = Objects.requireNonNull(made.sender.path());
      path.consent(() -> consented(made, leftNanos), listener);
    }
  }

  private void refused() {
    if (!isOver) {
      cancel();
      client.fail(Errno.ECONNREFUSED);
    }
  }

  /**
   * Somebody there has consented: to this request, or to one that came late, or twice.
   *
   * @param askedNanos when the request left
   */
  private void consented(TcpSocket made, long askedNanos) {
    if (!isOver) {
      cancel();
      client.connected(made);
      Objects.requireNonNull(client.sender.path()).measured(askedNanos);
    }
  }

  private void awaitAnswer() {
    long wait = WAITS[waits++] * Kernel.NANOS_PER_SECOND;
    timer =
        waits < WAITS.length ? kernel.after(wait, this::send) : kernel.after(wait, this::timedOut);
  }

  private void timedOut() {
    isOver = true;
    client.fail(Errno.ETIMEDOUT);
  }
}
