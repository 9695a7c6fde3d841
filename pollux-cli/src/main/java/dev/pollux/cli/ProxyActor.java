package dev.pollux.cli;

import dev.pollux.sys.SysException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One end of a stream through a simulated proxy. It sends its pattern in pieces, and checks each
 * byte of its partner's.
 */
final class ProxyActor {

  /** How an end behaves, and leaves. */
  enum Behaviour {
    /** Half-closes when all is sent, and reads to the end. */
    ORDERLY,
    /** Does not read until all is sent, or it cannot send; half-closes, and reads to the end. */
    LATE_READER,
    /** Half-closes only after the other end has, and reads to the end. */
    LAST,
    /** Closes somewhere on the way. */
    QUITTER,
    /** Resets the connection somewhere on the way. */
    RESETTER
  }

  static final int HEADER_BYTES = 2;

  private static final Behaviour[] BEHAVIOURS = {
    Behaviour.ORDERLY,
    Behaviour.ORDERLY,
    Behaviour.LATE_READER,
    Behaviour.LAST,
    Behaviour.QUITTER,
    Behaviour.RESETTER
  };

  private static final int MAX_BYTES = 1 << 15; // 32 KiB
  private static final int FLOOD_BYTES = 600_000;
  private static final int STALLS_UNTIL_READING = 6;
  private static final int STRIDE = 7_919; // prime
  private static final int PERIOD = 251; // prime

  private final SimWorld world;
  private final String name;
  private final Behaviour behaviour;
  private final byte[] output;
  private final int leaveAtBytes;
  private final int pieceBytes;
  private final int stream;
  private final boolean isClient;
  private @Nullable SimSocket socket;
  private @Nullable ProxyActor partner;
  private int stalls;
  private int sentBytes;
  private int receivedBytes;
  private boolean over;

  /**
   * An end.
   *
   * @param index of the client; its first bytes tell it to the server
   * @param mayFlood whether it may send more than all buffers hold
   * @param mayWaitForEnd whether it may be one that half-closes last
   */
  ProxyActor(SimWorld world, int index, boolean isClient, boolean mayFlood, boolean mayWaitForEnd) {
    this.world = world;
    this.isClient = isClient;
    this.name = (isClient ? "client " : "server ") + index;
    this.stream = 2 * index + (isClient ? 0 : 1);
    SimDice dice = world.dice;
    Behaviour chosen = dice.pick(BEHAVIOURS);
    this.behaviour = chosen == Behaviour.LAST && !mayWaitForEnd ? Behaviour.ORDERLY : chosen;
    int size = dice.oneIn(8) && mayFlood ? FLOOD_BYTES : dice.below(dice.upTo(MAX_BYTES) + 1);
    this.output = new byte[size + HEADER_BYTES];
    for (int i = 0; i < output.length; i++) {
      output[i] = pattern(stream, i);
    }
    output[0] = (byte) index;
    output[1] = (byte) (index >> 8);
    this.leaveAtBytes = dice.below(output.length + 1);
    this.pieceBytes = Math.max(dice.upTo(output.length), output.length / 64 + 1);
  }

  private static byte pattern(int stream, int position) {
    return (byte) ((position + stream * STRIDE) % PERIOD);
  }

  void partner(ProxyActor other) {
    partner = other;
  }

  void socket(SimSocket newSocket) {
    socket = newSocket;
  }

  /** How much of this has been received before it was known whose it is. */
  void receivedHeader() {
    receivedBytes = HEADER_BYTES;
  }

  boolean isOver() {
    return over;
  }

  long receivedBytes() {
    return receivedBytes;
  }

  /** It will never come about. */
  void giveUp() {
    over = true;
  }

  boolean hasBegun() {
    return socket != null;
  }

  boolean isFaithful() {
    return behaviour != Behaviour.QUITTER && behaviour != Behaviour.RESETTER;
  }

  /** Whether it sent everything and received everything. */
  boolean isComplete() {
    SimSocket own = socket;
    return own != null && own.errno() == 0 && own.hasEnded() && sentBytes == output.length;
  }

  /** A call or two. */
  void step() throws SysException {
    SimSocket own = socket;
    if (over || own == null) {
      return;
    }
    if (!own.isConnected()) {
      own.connect();
      finishIfClosed(own);
      return;
    }
    boolean sends = sentBytes < output.length && own.errno() == 0;
    boolean late = behaviour == Behaviour.LATE_READER && sends && stalls < STALLS_UNTIL_READING;
    if (sends && (late || world.dice.oneIn(2))) {
      int count = Math.min(1 + world.dice.below(pieceBytes), output.length - sentBytes);
      int n = own.send(output, sentBytes, count);
      stalls = n == 0 ? stalls + 1 : 0;
      sentBytes += n;
    } else {
      receive(own);
    }
    if (!own.isClosed()) {
      leave(own);
    }
    finishIfClosed(own);
  }

  private void finishIfClosed(SimSocket own) {
    if (own.isClosed()) {
      over = true;
      checkEnd(own);
    }
  }

  private void receive(SimSocket own) {
    ProxyActor source = partner;
    int n = own.receive(1 + world.dice.below(SimWorld.BUFFER_BYTES));
    if (n > 0 && source == null) {
      throw new SimFailure(name + " received something from nobody");
    }
    for (int i = 0; i < n && source != null; i++) {
      int position = receivedBytes + i;
      if (position >= source.sentBytes || world.buffer.buffer().get(i) != source.output[position]) {
        throw new SimFailure(name + ": byte " + position + " is wrong: " + source.text());
      }
    }
    receivedBytes += n;
  }

  private void leave(SimSocket own) throws SysException {
    boolean allSent = sentBytes == output.length;
    switch (behaviour) {
      case ORDERLY, LATE_READER -> {
        if (allSent) {
          own.halfClose();
        }
      }
      case LAST -> {
        if (allSent && own.hasEnded()) {
          own.halfClose();
        }
      }
      case QUITTER -> {
        if (sentBytes >= leaveAtBytes && world.dice.oneIn(8)) {
          own.close();
        }
      }
      case RESETTER -> {
        if (sentBytes >= leaveAtBytes && world.dice.oneIn(8)) {
          own.reset();
        }
      }
    }
    if (own.hasEnded() && (own.isHalfClosed() || own.errno() != 0 || !isFaithful())) {
      own.close();
    }
  }

  private void checkEnd(SimSocket own) {
    if (own.errno() != 0) {
      requireReason();
    } else if (own.hasEnded()) {
      requireWholeStream();
    }
  }

  /** The end of the stream: its partner has sent it, after everything else. */
  private void requireWholeStream() {
    ProxyActor source = partner;
    SimSocket other = source == null ? null : source.socket;
    if (world.isEnding() || (receivedBytes == 0 && world.mayBeExhausted())) {
      return; // a proxy that is out of something closes at once what it accepts
    }
    boolean ended = other != null && (other.isHalfClosed() || other.isClosed());
    if (source == null || !ended || receivedBytes != source.sentBytes) {
      throw new SimFailure(
          text() + " received a clean end, but " + (source == null ? "nobody" : source.text()));
    }
  }

  private void requireReason() {
    ProxyActor source = partner;
    boolean crowded = world.plan.peerCount() > world.plan.backlog();
    boolean left = !isFaithful() || (source != null && !source.isFaithful());
    if (!left && !crowded && !world.isEnding() && !world.mayBeBroken()) {
      throw new SimFailure(text() + ", and nothing was to blame");
    }
  }

  String text() {
    return (socket == null ? name : socket)
        + " ("
        + behaviour.name().toLowerCase(Locale.ROOT)
        + "), sent "
        + sentBytes
        + " of "
        + output.length
        + ", received "
        + receivedBytes
        + (isClient ? " at the client" : " at the server");
  }
}
