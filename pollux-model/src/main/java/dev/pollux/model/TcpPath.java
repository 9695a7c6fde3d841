package dev.pollux.model;

import dev.pollux.sys.Errno;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a TCP connection between two hosts: what a {@link Wire} loses is sent again,
 * what it turns round is put in order, what it doubles is dropped.
 *
 * <pre>{@code
 * sender  DATA 1..100  ──────────▶  receiver      retry: 200 ms, then twice as long each time,
 *         DATA 101..150  ── lost                  up to 120 s; after 15 of them ETIMEDOUT
 *         ◀──────────  ACK 101
 *         DATA 101..150  ────────▶
 * }</pre>
 *
 * <p>All that was not acknowledged is sent again together. There is no congestion window: bandwidth
 * is the wire's. The sender sees the receiver's window at once, and learns that it has opened by a
 * packet. Source: RFC 9293, RFC 6298; net.ipv4.tcp_retries2.
 */
final class TcpPath {

  private static final long FIRST_RETRY_NANOS = 200_000_000; // TCP_RTO_MIN
  private static final long LAST_RETRY_NANOS = 120 * Kernel.NANOS_PER_SECOND; // TCP_RTO_MAX
  private static final int RETRIES = 15;

  private final Kernel kernel;
  private final TcpSocket owner;
  private final TcpSocket to;
  private final TcpSender sender;
  private final TcpSender.Flight flight;
  private final InetSocketAddress here;
  private final InetSocketAddress there;

  /** At the sender: what was sent and not acknowledged. */
  private final ArrayDeque<Sent> unacknowledged = new ArrayDeque<>();

  private long nextSequence = 1;
  private int retries;
  private @Nullable Timer retry;

  /** At the receiver: what comes next, and what came before its turn. */
  private long expected = 1;

  private final Map<Long, Sent> early = new HashMap<>();

  private record Sent(long sequence, long end, Segment segment) {}

  TcpPath(Kernel kernel, TcpSocket owner, TcpSocket to, TcpSender sender) {
    this.kernel = kernel;
    this.owner = owner;
    this.to = to;
    this.sender = sender;
    this.flight = sender.flight();
    this.here = (InetSocketAddress) owner.localAddress();
    this.there = Objects.requireNonNull((InetSocketAddress) owner.callerAddress());
  }

  // ---- at the sender

  void send(Segment segment) {
    if (segment.kind == Segment.Kind.RESET) {
      forget();
      kernel.carry(
          Packet.Kind.RESET,
          here,
          there,
          nextSequence,
          Packet.NOTHING,
          to.kernel.here(this::reset));
      return;
    }
    int bytes = segment.remaining();
    Sent sent = new Sent(nextSequence, nextSequence + Math.max(1, bytes), segment);
    nextSequence = sent.end;
    flight.bytes += bytes;
    unacknowledged.add(sent);
    carry(sent);
    arm();
  }

  private void carry(Sent sent) {
    Packet.Kind kind = sent.segment.kind == Segment.Kind.FIN ? Packet.Kind.FIN : Packet.Kind.DATA;
    kernel.carry(kind, here, there, sent.sequence, sent.segment.bytes, () -> arrived(sent));
  }

  /**
   * There is something that the receiver has no room for: whoever makes some says so, or is asked.
   */
  void arm() {
    boolean waits = !unacknowledged.isEmpty() || sender.isWaiting();
    if (waits && retry == null) {
      long wait = FIRST_RETRY_NANOS << Math.min(retries, Long.SIZE / 4);
      retry = kernel.after(Math.min(wait, LAST_RETRY_NANOS), this::again);
    }
  }

  private void disarm() {
    if (retry != null) {
      retry.cancel();
      retry = null;
    }
  }

  private void again() {
    retry = null;
    if (retries == RETRIES) {
      forget();
      owner.fail(Errno.ETIMEDOUT);
      return;
    }
    retries++;
    if (unacknowledged.isEmpty()) {
      kernel.carry(Packet.Kind.ACK, here, there, nextSequence, Packet.NOTHING, this::probed);
    } else {
      unacknowledged.forEach(this::carry);
    }
    arm();
  }

  private void acknowledged(long next) {
    retries = 0;
    boolean ended = false;
    while (!unacknowledged.isEmpty() && unacknowledged.element().end <= next) {
      Sent sent = unacknowledged.remove();
      flight.bytes -= sent.segment.bytes.length;
      ended |= sent.segment.kind == Segment.Kind.FIN;
    }
    disarm();
    if (sender.flight() == flight) {
      sender.acknowledged(ended);
      if (ended) {
        owner.ownFinArrived();
      }
    }
    arm();
  }

  /** Nothing is sent again. */
  void forget() {
    unacknowledged.clear();
    disarm();
  }

  /** The receiver has told that it knows nothing of this. */
  private void refused() {
    forget();
    if (sender.flight() == flight) {
      owner.resetArrived();
    }
  }

  // ---- at the receiver

  private void arrived(Sent sent) {
    if (to.kernel.isDown()) {
      refuse(kernel.worldAt(there));
    } else if (to.hears(flight)) {
      to.kernel.here(() -> take(sent)).run();
    } else if (!to.isConnecting()) { // else its consent is still on the way
      refuse(to.kernel);
    }
  }

  private void take(Sent sent) {
    if (sent.sequence > expected) {
      early.put(sent.sequence, sent);
    }
    Sent next = sent.sequence == expected ? sent : null;
    while (next != null) {
      expected = next.end;
      to.arrived(next.segment);
      next = early.remove(expected);
    }
    acknowledge();
  }

  private void probed() {
    if (!to.kernel.isDown() && to.hears(flight)) {
      acknowledge();
    }
  }

  /** Tells the sender what has arrived, and that there may be room. */
  void acknowledge() {
    long next = expected;
    Runnable arrival = kernel.here(() -> acknowledged(next));
    to.kernel.carry(Packet.Kind.ACK, there, here, next, Packet.NOTHING, arrival);
  }

  private void reset() {
    if (to.hears(flight)) {
      to.resetArrived();
    }
  }

  /** Another kernel runs at that address by now, or the socket has another connection. */
  private void refuse(@Nullable Kernel host) {
    if (host != null) {
      Runnable arrival = kernel.here(this::refused);
      host.carry(Packet.Kind.RESET, there, here, 0, Packet.NOTHING, arrival);
    }
  }
}
