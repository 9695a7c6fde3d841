package dev.pollux.model;

import dev.pollux.sys.Errno;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a TCP connection between two hosts: what a {@link Wire} loses is sent again,
 * what it turns round is put in order, what it doubles is dropped.
 *
 * <pre>{@code
 * sender  DATA 1..100  ──────────▶  receiver      retry: when the answer is late, at least 200 ms,
 *         DATA 101..150  ── lost                  then twice as long each time, up to 120 s
 *         ◀──────────  ACK 101
 *         DATA 101..150  ────────▶
 * }</pre>
 *
 * <p>A listener's end begins with its consent, as if it were a first byte: the acknowledgement, be
 * it alone or with bytes, is the client's word that makes it a connection. ETIMEDOUT, of which
 * nobody hears, after five more tries.
 *
 * <p>What is late is sent again alone, and the next when it is acknowledged; three acknowledgements
 * that say nothing new have it sent again at once. ETIMEDOUT after a quarter of an hour. There is
 * no congestion window: bandwidth is the wire's. The sender sees the receiver's window at once, and
 * learns that it has opened by a packet. Source: RFC 9293, RFC 6298, RFC 7323;
 * net.ipv4.tcp_retries2.
 */
final class TcpPath {

  private static final long FIRST_RETRY_NANOS = Kernel.NANOS_PER_SECOND; // TCP_TIMEOUT_INIT
  private static final long LEAST_RETRY_NANOS = 200_000_000; // TCP_RTO_MIN
  private static final long LAST_RETRY_NANOS = 120 * Kernel.NANOS_PER_SECOND; // TCP_RTO_MAX
  private static final long PATIENCE_NANOS = 924_600_000_000L; // 15 retries from TCP_RTO_MIN on
  private static final int MAX_DOUBLINGS = 10;
  private static final int CONSENT_RETRIES = 5; // net.ipv4.tcp_synack_retries
  private static final int DUPLICATES = 3;

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
  private long recoverTo; // what was sent before the last retry
  private long smoothNanos; // the round trip; 0 is not known
  private long variationNanos;
  private long waitsSinceNanos; // without any progress
  private int retries;
  private int duplicates;
  private @Nullable Timer retry;
  private final Runnable again = this::again;

  /** At a listener's end: tells who asked, and where this waits for that one's word. */
  private Runnable consented = () -> {};

  private @Nullable TcpListener halfOpenAt;

  /** At the receiver: what comes next, and what came before its turn. */
  private long expected = 1;

  private long heardNanos; // when that was sent, by the sender's clock
  private boolean ended; // its end was taken

  private final Map<Long, Sent> early = new HashMap<>();

  private static final class Sent {
    final long sequence;
    final Segment segment;
    final byte[] bytes;

    Sent(long sequence, Segment segment) {
      this.sequence = sequence;
      this.segment = segment;
      this.bytes = Arrays.copyOfRange(segment.bytes, segment.start, segment.bytes.length);
    }

    long end() {
      return sequence + Math.max(1, bytes.length);
    }
  }

  /** What has arrived of a path, on its way to the sender. */
  private record Word(TcpPath path, long next, long leftNanos, boolean isGap) {

    void come() {
      if (path.kernel.happens()) {
        path.acknowledged(next, leftNanos, isGap);
      }
    }
  }

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

  /**
   * The first word of a listener's end; that of the client makes it a connection.
   *
   * @param arrival it has come to the client
   */
  void consent(Runnable arrival, TcpListener listener) {
    consented = to.kernel.here(arrival);
    halfOpenAt = listener;
    nextSequence = 0;
    expected = 0;
    send(Segment.consent());
  }

  /** The same client has asked again. */
  void consentAgain() {
    if (halfOpenAt != null) {
      carryAgain();
    }
  }

  /** Word of the client has come; whether this is a connection now, if it was none. */
  private boolean isOpened() {
    if (halfOpenAt != null && halfOpenAt.admit(owner)) {
      halfOpenAt = null;
      owner.shutAgain();
    }
    return halfOpenAt == null;
  }

  void send(Segment segment) {
    if (segment.kind == Segment.Kind.RESET) {
      forget();
      Runnable arrival = to.kernel.here(this::reset);
      kernel.carry(Packet.Kind.RESET, here, there, nextSequence, Packet.NOTHING, arrival);
      return;
    }
    if (unacknowledged.isEmpty()) {
      begin();
    }
    Sent sent = new Sent(nextSequence, segment);
    nextSequence = sent.end();
    flight.bytes += sent.bytes.length;
    unacknowledged.add(sent);
    arm();
    carry(sent);
  }

  private void carry(Sent sent) {
    Packet.Kind kind =
        switch (sent.segment.kind) {
          case CONSENT -> Packet.Kind.SYN_ACK;
          case FIN -> Packet.Kind.FIN;
          case DATA, URGENT, RESET -> Packet.Kind.DATA;
        };
    long leftNanos = kernel.clock.now();
    TcpPath back = to.sender.path();
    Word told = back == null || !back.to.equals(owner) ? null : back.word(false);
    kernel.carry(
        kind, here, there, sent.sequence, sent.bytes, () -> arrived(sent, leftNanos, told));
  }

  private void carryAgain() {
    Sent first = unacknowledged.peek();
    if (first != null) {
      carry(first);
    }
  }

  /**
   * There is something that the receiver has no room for: whoever makes some says so, or is asked,
   * twice as late each time.
   */
  void arm() {
    boolean waits = !unacknowledged.isEmpty() || sender.isWaiting();
    if (waits && retry == null) {
      long wait =
          smoothNanos == 0
              ? FIRST_RETRY_NANOS
              : Math.max(LEAST_RETRY_NANOS, smoothNanos + 4 * variationNanos);
      if (retries == 0) {
        waitsSinceNanos = kernel.clock.now();
      }
      wait = Math.min(wait, LAST_RETRY_NANOS) << Math.min(retries, MAX_DOUBLINGS);
      retry = kernel.after(Math.min(wait, LAST_RETRY_NANOS), again);
    }
  }

  /** There is progress: what is waited for next has its whole time. */
  private void begin() {
    retries = 0;
    duplicates = 0;
    disarm();
  }

  private void disarm() {
    if (retry != null) {
      retry.cancel();
      retry = null;
    }
  }

  private void again() {
    retry = null;
    if (halfOpenAt == null
        ? kernel.clock.now() - waitsSinceNanos >= PATIENCE_NANOS
        : retries == CONSENT_RETRIES) {
      forget();
      owner.fail(Errno.ETIMEDOUT);
      return;
    }
    retries++;
    recoverTo = nextSequence;
    arm();
    if (unacknowledged.isEmpty()) {
      kernel.carry(Packet.Kind.ACK, here, there, nextSequence, Packet.NOTHING, this::probed);
    } else {
      carryAgain();
    }
  }

  /**
   * The receiver tells.
   *
   * @param next what it expects
   * @param leftNanos when what it took last was sent, for the last time: a time stamp of TCP
   * @param isGap whether it has something that comes after that
   */
  private void acknowledged(long next, long leftNanos, boolean isGap) {
    if (!isOpened()) {
      return; // as if it were lost
    }
    boolean ended = false;
    boolean isNews = false;
    while (!unacknowledged.isEmpty() && unacknowledged.element().end() <= next) {
      Sent sent = unacknowledged.remove();
      isNews = true;
      flight.bytes -= sent.bytes.length;
      ended |= sent.segment.kind == Segment.Kind.FIN;
    }
    if (isNews) {
      measured(leftNanos);
      begin();
    } else if (unacknowledged.isEmpty()) {
      waitsSinceNanos = kernel.clock.now(); // a probe was answered, and the next one may be later
    }
    if (isNews && next < recoverTo) {
      carryAgain();
    } else if (!isNews && isGap && isFirst(next) && ++duplicates == DUPLICATES) {
      recoverTo = nextSequence;
      carryAgain();
    }
    if (sender.flight() == flight) {
      sender.acknowledged(ended);
      if (ended) {
        owner.ownFinArrived();
      }
    }
    arm();
  }

  private boolean isFirst(long sequence) {
    Sent first = unacknowledged.peek();
    return first != null && first.sequence == sequence;
  }

  /** A round trip that began then is done. Source: RFC 6298, 2. */
  void measured(long leftNanos) {
    long nanos = Math.max(1, kernel.clock.now() - leftNanos);
    if (smoothNanos == 0) {
      smoothNanos = nanos;
      variationNanos = nanos / 2;
    } else {
      variationNanos += (Math.abs(smoothNanos - nanos) - variationNanos) / 4;
      smoothNanos += (nanos - smoothNanos) / 8;
    }
  }

  /** Nothing is sent again. */
  void forget() {
    unacknowledged.clear();
    disarm();
    if (halfOpenAt != null) {
      halfOpenAt.forget(owner);
      halfOpenAt = null;
    }
  }

  /** The receiver has told that it knows nothing of this. */
  private void refused() {
    forget();
    if (sender.flight() == flight) {
      owner.resetArrived();
    }
  }

  // ---- at the receiver

  /** With every segment comes word of what has arrived of the other direction. */
  private void arrived(Sent sent, long leftNanos, @Nullable Word told) {
    if (sent.segment.kind == Segment.Kind.CONSENT) {
      consented.run();
    }
    if (isHeard()) {
      if (told != null) {
        told.come();
      }
      if (to.kernel.happens()) {
        take(sent, leftNanos);
      }
    }
  }

  private void probed() {
    if (isHeard()) {
      acknowledge();
    }
  }

  /** Whether the receiver has this connection; if it is on, and has not, it says so each time. */
  private boolean isHeard() {
    if (to.kernel.isDown()) {
      refuse(kernel.worldAt(there));
      return false;
    }
    boolean isHeard = to.hears(flight) && !isBroken();
    if (!isHeard) {
      refuse(to.kernel);
    }
    return isHeard;
  }

  private void take(Sent sent, long leftNanos) {
    TcpPath back = to.sender.path();
    if (back != null && back.halfOpenAt != null) {
      return; // there was no room for the connection: as if this were lost, too
    }
    if (sent.sequence <= expected) {
      heardNanos = Math.max(heardNanos, leftNanos);
    }
    if (sent.sequence < expected) {
      acknowledge(); // a second time
      return;
    }
    if (sent.sequence > expected) {
      Sent _ = early.put(sent.sequence, sent);
    }
    Sent next = sent.sequence == expected ? sent : null;
    while (next != null) {
      expected = next.end();
      ended |= next.segment.kind == Segment.Kind.FIN && !isOver();
      if (next.segment.kind != Segment.Kind.CONSENT) {
        to.arrived(next.segment);
      }
      next = early.isEmpty() ? null : early.remove(expected);
    }
    if (!isBroken()) { // else that was said
      acknowledge();
    }
  }

  private boolean isOver() {
    return to.peerAddress() == null;
  }

  /** Whether it is over there, and not because both sides had ended and knew it. */
  private boolean isBroken() {
    return isOver() && !(ended && to.hasOwnFinArrived());
  }

  /** Tells the sender what has arrived, and that there may be room. */
  void acknowledge() {
    Word word = word(!early.isEmpty());
    to.kernel.carry(
        Packet.Kind.ACK, there, here, expected, Packet.NOTHING, () -> wordArrived(word));
  }

  private void wordArrived(Word word) {
    TcpPath back = to.sender.path();
    if (back == null || !back.to.equals(owner) || back.isHeard()) { // or who said it has left
      word.come();
    }
  }

  /** What has arrived so far, for the sender. */
  private Word word(boolean isGap) {
    return new Word(this, expected, heardNanos, isGap);
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
