package dev.pollux.cli.sim;

import dev.pollux.loop.LoopTimer;
import dev.pollux.net.CloseCause;
import dev.pollux.net.CloseReason;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.WriteResult;
import dev.pollux.sim.Env;
import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection to the program of a {@link SimRun}: it sends its bytes in pieces, reads
 * or does not, and leaves in a way of its own. What it should hear is its {@link Part}'s to know.
 */
final class SimPeer implements ConnectionHandler {

  /** What a peer does, and how it leaves. */
  enum Behaviour {
    /** Half-closes when all is sent, and reads to the end. */
    ORDERLY(true),
    /** Does not read until all is sent, or it cannot send; then as the orderly one. */
    LATE_READER(true),
    /** Closes when it has as much back as it sent, without saying so before. */
    COLLECTOR(true),
    /** Half-closes only after the other end has. */
    LAST(true),
    /** Closes somewhere on the way. */
    QUITTER(false),
    /** Half-closes somewhere on the way, and then resets the connection. */
    HASTY(false),
    /** Resets the connection somewhere on the way. */
    RESETTER(false);

    /** Whether it stays to the end. */
    final boolean isFaithful;

    Behaviour(boolean isFaithful) {
      this.isFaithful = isFaithful;
    }
  }

  /** What a peer is there for. */
  interface Part {

    /** It has received something: all of it is taken. */
    void heard(SimPeer peer, ByteBuffer data);

    /** Whether it may end when it has said everything. */
    default boolean mayEnd() {
      return true;
    }

    /** Whether the other side's end is its own, though it has not said everything. */
    default boolean isOverAtEnd() {
      return true;
    }

    /** It is over. */
    default void over(SimPeer peer) {}
  }

  private static final int MAX_OPENS = 20;
  private static final int PIECES = 64;
  private static final int STALLS_UNTIL_READING = 6;
  private static final int MAX_PACE_NANOS = 1 << 24; // 16 ms
  private static final long WAITING_NANOS = 250_000_000; // a quarter of a second
  private static final int HIGH_WATER_BYTES = 1 << 14; // 16 KiB
  private static final long CONNECT_NANOS = Duration.ofMinutes(1).toNanos();

  /** Patience, where the other side's end was lost. */
  private static final Duration IDLE = Duration.ofMinutes(2);

  /** What its connection is like. */
  static final ConnectionOptions OPTIONS =
      ConnectionOptions.DEFAULT
          .withAllIdle(IDLE)
          .withLowWaterBytes(HIGH_WATER_BYTES / 4)
          .withHighWaterBytes(HIGH_WATER_BYTES)
          .withMaxQueuedBytes(1 << 20);

  private final SimRun run;
  private final Env env;
  private final SimChance chance;
  private final String name;
  private final Behaviour behaviour;
  private final byte[] output;
  private final Part part;
  private final int pieceBytes;
  private final int leaveAtBytes;
  private final int paceNanos;
  private final LoopTimer timer = new LoopTimer(this::step);
  private @Nullable Connection connection;
  private @Nullable SocketAddress local;
  private int openCount;
  private int stalls;
  private int sentBytes;
  private int receivedBytes;
  private boolean isEnded;
  private boolean isPeerEnded;
  private boolean hasGivenUp;
  private boolean isOver;
  private @Nullable CloseReason reason;
  private int errno;

  SimPeer(SimRun run, Env env, String name, Behaviour behaviour, byte[] output, Part part) {
    this.run = run;
    this.env = env;
    this.chance = new SimChance(env.random());
    this.name = name;
    this.behaviour = behaviour;
    this.output = output;
    this.part = part;
    this.pieceBytes = Math.max(chance.upTo(output.length + 1), output.length / PIECES + 1);
    this.leaveAtBytes = chance.below(output.length + 1);
    this.paceNanos = chance.upTo(MAX_PACE_NANOS);
  }

  /** It will connect in a moment. */
  SimPeer to(InetSocketAddress address) {
    env.loop().schedule(new LoopTimer(() -> connect(address)), chance.upTo(MAX_PACE_NANOS));
    return this;
  }

  private void connect(InetSocketAddress address) {
    try {
      Connection _ = Connection.connect(env.loop(), address, CONNECT_NANOS, OPTIONS, this);
    } catch (SysException e) {
      if (++openCount < MAX_OPENS && run.causes().mayBeExhausted()) {
        env.loop().schedule(new LoopTimer(() -> connect(address)), chance.upTo(MAX_PACE_NANOS));
      } else {
        hasGivenUp = true;
        over(CloseReason.CONNECT_FAILED, e.errno());
      }
    }
  }

  // ---- what became of it

  boolean isOver() {
    return isOver;
  }

  /** Whether there was no descriptor for it, however often it tried. */
  boolean hasGivenUp() {
    return hasGivenUp;
  }

  /** Whether nothing has moved for so long that it has lost patience. */
  boolean isForgotten() {
    return reason == CloseReason.IDLE;
  }

  /** Whether it is over, and has sent and received everything it was to. */
  boolean isComplete() {
    if (behaviour == Behaviour.COLLECTOR && reason == CloseReason.CLOSED) {
      return receivedBytes == output.length;
    }
    return isEnded && isSaid() && reason == CloseReason.END_OF_STREAM;
  }

  /** Whether it stays to the end. */
  boolean isFaithful() {
    return behaviour.isFaithful;
  }

  /** Whether the other side's end came before anything broke. */
  boolean isEndedInOrder() {
    return isPeerEnded && reason == CloseReason.END_OF_STREAM;
  }

  /** Whether it has ended its side. */
  boolean hasEnded() {
    return isEnded;
  }

  /** Whether it has sent everything. */
  boolean isSaid() {
    return sentBytes == output.length;
  }

  int sentBytes() {
    return sentBytes;
  }

  int receivedBytes() {
    return receivedBytes;
  }

  /** With what error it ended; 0 without. */
  int errno() {
    return errno;
  }

  /** Whether a call of its own has failed, for a fault. */
  boolean hasFailed() {
    return reason == CloseReason.ERROR;
  }

  /** Where it is, once it is connected. */
  @Nullable SocketAddress local() {
    return local;
  }

  // ---- the connection

  @Override
  public void opened(Connection made) {
    begin(made);
  }

  @Override
  public void attached(Connection made) {
    begin(made);
  }

  private void begin(Connection made) {
    connection = made;
    try {
      local = made.localAddress();
    } catch (SysException _) {
      local = null; // it is gone already
    }
    run.sim().note(this + " is connected");
    if (behaviour == Behaviour.LATE_READER) {
      made.pauseReading();
    }
    step();
  }

  @Override
  public void received(Connection made, ByteBuffer data) {
    receivedBytes += data.remaining();
    part.heard(this, data);
    leave(made);
  }

  @Override
  public void readClosed(Connection made) {
    isPeerEnded = true;
    if (isEnded || part.isOverAtEnd()) {
      made.close();
    } else {
      step();
    }
  }

  @Override
  public void closed(Connection made, CloseCause cause) {
    over(cause.reason(), cause.errno());
  }

  private void over(CloseReason why, int number) {
    if (!isOver) {
      isOver = true;
      reason = why;
      errno = number;
      run.sim().note(text());
      part.over(this);
      run.over();
    }
  }

  // ---- what it does of itself

  private void step() {
    Connection made = connection;
    if (made == null || isOver || !made.isOpen()) {
      return;
    }
    boolean canSay = !isEnded && !isSaid();
    if (canSay) {
      say(made);
    }
    listen(made);
    leave(made);
    if (made.isOpen() && (!isEnded || !behaviour.isFaithful || made.isReadingPaused())) {
      env.loop().schedule(timer, canSay ? chance.upTo(paceNanos) : WAITING_NANOS);
    }
  }

  private void say(Connection made) {
    if (!made.isWritable()) {
      stalls++;
      return;
    }
    stalls = 0;
    int count = Math.min(1 + chance.below(pieceBytes), output.length - sentBytes);
    WriteResult result = made.write(ByteBuffer.wrap(output, sentBytes, count));
    if (result != WriteResult.REFUSED) { // of what was CLOSED, a part may have been sent
      sentBytes += count;
    }
  }

  private void listen(Connection made) {
    boolean isDeaf =
        behaviour == Behaviour.LATE_READER && !isSaid() && stalls < STALLS_UNTIL_READING;
    if (isDeaf || (!made.isReadingPaused() && !isSaid() && chance.oneIn(8))) {
      made.pauseReading();
    } else {
      made.resumeReading();
    }
  }

  private void leave(Connection made) {
    boolean isTime = sentBytes >= leaveAtBytes && chance.oneIn(4);
    switch (behaviour) {
      case ORDERLY, LATE_READER -> {
        if (isSaid() && part.mayEnd()) {
          end(made);
        }
      }
      case LAST -> {
        if (isSaid() && isPeerEnded) {
          end(made);
        }
      }
      case COLLECTOR -> {
        if (isSaid() && receivedBytes == output.length) {
          close(made);
        }
      }
      case QUITTER -> {
        if (isTime) {
          close(made);
        }
      }
      case HASTY -> {
        if (isEnded && isTime) {
          made.reset();
        } else if (sentBytes >= leaveAtBytes) {
          end(made);
        }
      }
      case RESETTER -> {
        if (isTime) {
          made.reset();
        }
      }
    }
  }

  private void close(Connection made) {
    isEnded = true;
    made.close();
  }

  private void end(Connection made) {
    if (isPeerEnded) {
      close(made);
    } else if (!isEnded) {
      made.end();
    }
    isEnded = true;
  }

  @Override
  public String toString() {
    return name;
  }

  /** Everything about it in one line. */
  String text() {
    return name
        + (" (" + behaviour.name().toLowerCase(Locale.ROOT) + "): ")
        + (reason == null ? "at work" : reason.name().toLowerCase(Locale.ROOT))
        + (errno == 0 ? "" : " " + Errno.name(errno))
        + (hasGivenUp ? ", gave up" : "")
        + (", sent " + sentBytes + " of " + output.length + ", received " + receivedBytes);
  }
}
