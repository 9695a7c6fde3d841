package dev.pollux.net;

import dev.pollux.poll.Trigger;
import java.time.Duration;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The limits and habits of a connection, shared by as many as one likes; start from {@link
 * #DEFAULT}, and change one value after the other.
 *
 * <pre>{@code
 * ConnectionOptions patient =
 *     ConnectionOptions.DEFAULT
 *         .withReadIdle(Duration.ofMinutes(5)) // tell the handler of so long a silence
 *         .withMaxUnreadBytes(1 << 20); // and let it leave 1 MiB unread
 * ServerOptions options = ServerOptions.at(address).withConnection(patient);
 * }</pre>
 *
 * <p>Immutable. Threads: any.
 *
 * <p>Units: a time of zero means never, and one of more than 146 years counts as 146 years.
 *
 * <p>Errors: each {@code with} throws IllegalArgumentException for a value out of bounds. The three
 * bounds on what waits to be sent, {@link #lowWaterBytes} below {@link #highWaterBytes} up to
 * {@link #maxQueuedBytes}, move each other instead: the last that is said holds, and one that it
 * passes goes along. So they may be said in any order.
 */
public final class ConnectionOptions {

  /** The largest read. */
  public static final int MAX_READ_BYTES = 1 << 26; // 64 MiB

  /** The most that may be left unread. */
  public static final int MAX_UNREAD_BYTES = 1 << 30; // 1 GiB

  /** What a connection does unless told otherwise. */
  public static final ConnectionOptions DEFAULT = new ConnectionOptions(new Values());

  /** Final, and not written to any more: so the options may be passed on without precautions. */
  private final Values values;

  private ConnectionOptions(Values values) {
    this.values = values;
  }

  /** As this, with another trigger: level or edge. */
  public ConnectionOptions withTrigger(Trigger trigger) {
    Objects.requireNonNull(trigger, "trigger");
    if (trigger.isOneshot()) {
      throw new IllegalArgumentException(
          "trigger: "
              + trigger
              + " is for several threads at one poller, and a loop is one: use LEVEL or EDGE");
    }
    return with(v -> v.trigger = trigger);
  }

  /** Level by default; edge does the same by other system calls. */
  public Trigger trigger() {
    return values.trigger;
  }

  /** As this, reading so much at once: from 1 to {@link #MAX_READ_BYTES}. */
  public ConnectionOptions withReadBytes(int readBytes) {
    int bytes = OptionChecks.within("readBytes", readBytes, 1, MAX_READ_BYTES);
    return with(v -> v.readBytes = bytes);
  }

  /** How much one read takes at most, so that others have their turn. By default 64 KiB. */
  public int readBytes() {
    return values.readBytes;
  }

  /** As this, with so much left unread: from 1 to {@link #MAX_UNREAD_BYTES}. */
  public ConnectionOptions withMaxUnreadBytes(int maxUnreadBytes) {
    int bytes = OptionChecks.within("maxUnreadBytes", maxUnreadBytes, 1, MAX_UNREAD_BYTES);
    return with(v -> v.maxUnreadBytes = bytes);
  }

  /**
   * How much {@link ConnectionHandler#received} may leave unread; a peer that sends more is cut
   * off, with {@link CloseReason#LIMIT}. By default 64 KiB. A {@link Framing} has a limit of its
   * own, {@link Framing#maxFrameBytes}, which holds where it is larger. What a connection takes in
   * memory is at most about four times what its peer has sent of this.
   */
  public int maxUnreadBytes() {
    return values.maxUnreadBytes;
  }

  /** As this, reading so often a turn; at least once. */
  public ConnectionOptions withReadsPerTurn(int readsPerTurn) {
    int count = OptionChecks.atLeast("readsPerTurn", readsPerTurn, 1);
    return with(v -> v.readsPerTurn = count);
  }

  /**
   * How many reads one turn makes at most where the trigger is not level, so that one peer cannot
   * keep the loop to itself; level reads once. By default 16.
   */
  public int readsPerTurn() {
    return values.readsPerTurn;
  }

  /** As this, writable from so much on; a bound above it is raised. At least 0. */
  public ConnectionOptions withLowWaterBytes(int lowWaterBytes) {
    int low = OptionChecks.within("lowWaterBytes", lowWaterBytes, 0, Integer.MAX_VALUE - 1);
    return with(v -> {
      v.lowWaterBytes = low;
      v.highWaterBytes = Math.max(v.highWaterBytes, low + 1);
      v.maxQueuedBytes = Math.max(v.maxQueuedBytes, v.highWaterBytes);
    });
  }

  /** Down to so much unsent data it becomes writable again. By default 16 KiB. */
  public int lowWaterBytes() {
    return values.lowWaterBytes;
  }

  /** As this, not writable from so much on; the other bounds give way. At least 1. */
  public ConnectionOptions withHighWaterBytes(int highWaterBytes) {
    int high = OptionChecks.atLeast("highWaterBytes", highWaterBytes, 1);
    return with(v -> {
      v.highWaterBytes = high;
      v.lowWaterBytes = Math.min(v.lowWaterBytes, high - 1);
      v.maxQueuedBytes = Math.max(v.maxQueuedBytes, high);
    });
  }

  /**
   * From so much unsent data on the connection is not {@link Connection#isWritable writable}. By
   * default 64 KiB.
   */
  public int highWaterBytes() {
    return values.highWaterBytes;
  }

  /** As this, cut off beyond so much; a bound that is above it is lowered. At least 1. */
  public ConnectionOptions withMaxQueuedBytes(int maxQueuedBytes) {
    int most = OptionChecks.atLeast("maxQueuedBytes", maxQueuedBytes, 1);
    return with(v -> {
      v.maxQueuedBytes = most;
      v.highWaterBytes = Math.min(v.highWaterBytes, most);
      v.lowWaterBytes = Math.min(v.lowWaterBytes, v.highWaterBytes - 1);
    });
  }

  /** A write by which more than so much would be queued is refused. By default 16 MiB. */
  public int maxQueuedBytes() {
    return values.maxQueuedBytes;
  }

  /** As this, refusing a file beyond so many; at least 1. */
  public ConnectionOptions withMaxQueuedFiles(int maxQueuedFiles) {
    int count = OptionChecks.atLeast("maxQueuedFiles", maxQueuedFiles, 1);
    return with(v -> v.maxQueuedFiles = count);
  }

  /** How many files and descriptors may wait to be sent. By default 16. */
  public int maxQueuedFiles() {
    return values.maxQueuedFiles;
  }

  /** As this, telling of a peer that sends nothing for so long; zero is never. */
  public ConnectionOptions withReadIdle(Duration readIdle) {
    long nanos = OptionChecks.nanos("readIdle", readIdle);
    return with(v -> v.readIdleNanos = nanos);
  }

  /**
   * If nothing arrives for so long, {@link ConnectionHandler#idle} is called, with {@link
   * Silence#READ}, and does nothing unless it is overridden. It does not count while reading is
   * paused or somebody works on an answer, and begins anew after that; nor once the peer has ended.
   * By default never.
   */
  public Duration readIdle() {
    return Duration.ofNanos(values.readIdleNanos);
  }

  long readIdleNanos() {
    return values.readIdleNanos;
  }

  /** As this, giving up what does not get on for so long; zero is never. */
  public ConnectionOptions withWriteStall(Duration writeStall) {
    long nanos = OptionChecks.nanos("writeStall", writeStall);
    return with(v -> v.writeStallNanos = nanos);
  }

  /**
   * If something is to be sent, or was and has not arrived, and for so long the peer's kernel took
   * nothing of it, {@link ConnectionHandler#idle} is called, with {@link Silence#WRITE}, and ends
   * the connection unless it is overridden. That this kernel takes more, such as heartbeats, makes
   * no difference. By default 60 s.
   *
   * <p>Whoever reads, however slowly, is not given up. But TCP shows that only in steps: a peer
   * whose receive buffer was full says that there is room again when a sixteenth of it is. So a
   * reader of 16 KB/s is seen to read every 8 s with the default buffers of Linux, and within 60 s
   * with a buffer of up to 15 MB. The looks are a quarter of this time apart, by which it may be
   * late; a server looks on its rounds, each an eighth of the time, at most 15 s.
   *
   * <p>A Unix socket does not say how many bytes the peer has not read, so there what this kernel
   * takes counts, and a peer that does not read is given up once the socket is full.
   */
  public Duration writeStall() {
    return Duration.ofNanos(values.writeStallNanos);
  }

  long writeStallNanos() {
    return values.writeStallNanos;
  }

  /** As this, giving up a connection on which nothing moves for so long; zero is never. */
  public ConnectionOptions withAllIdle(Duration allIdle) {
    long nanos = OptionChecks.nanos("allIdle", allIdle);
    return with(v -> v.allIdleNanos = nanos);
  }

  /**
   * If nothing moves for so long in either direction, {@link ConnectionHandler#idle} is called,
   * with {@link Silence#ALL}, and ends the connection unless it is overridden. It does not count
   * while reading is paused or somebody works on an answer, and begins anew after that; but once
   * the peer is seen to have ended and nothing is on its way to it, a pause makes no difference. By
   * default never; for the connections of a {@link Server}, unless it is said, {@link
   * ServerOptions#ALL_IDLE}. A server looks for them on its rounds, and so may be late by an eighth
   * of the time, at most 15 s.
   */
  public Duration allIdle() {
    return Duration.ofNanos(allIdleNanos());
  }

  long allIdleNanos() {
    return Math.max(values.allIdleNanos, 0);
  }

  /** These for a connection of a server: with its default where none was said. */
  ConnectionOptions ofServer() {
    return values.allIdleNanos == Values.UNSAID ? withAllIdle(ServerOptions.ALL_IDLE) : this;
  }

  /** As this, with another time of silence before a heartbeat; zero is never. */
  public ConnectionOptions withHeartbeat(Duration heartbeat) {
    long nanos = OptionChecks.nanos("heartbeat", heartbeat);
    return with(v -> v.heartbeatNanos = nanos);
  }

  /**
   * If nothing is sent for so long, {@link ConnectionHandler#heartbeat} is called. By default
   * never.
   */
  public Duration heartbeat() {
    return Duration.ofNanos(values.heartbeatNanos);
  }

  long heartbeatNanos() {
    return values.heartbeatNanos;
  }

  /** As this, with another time for an end on which nothing gets on; zero is without end. */
  public ConnectionOptions withCloseGrace(Duration closeGrace) {
    long nanos = OptionChecks.nanos("closeGrace", closeGrace);
    return with(v -> v.closeGraceNanos = nanos);
  }

  /**
   * How long {@link Connection#close} and {@link Connection#finish} wait without any progress; what
   * remains then is cut off. The time begins anew with everything that gets on, and does not count
   * while somebody works on an answer. As long as something is on its way to the peer, it is {@link
   * #writeStall} if there is one and that is longer, for the reason given there. A connection on
   * which nothing can be sent any more has the same time for what the peer may still send. By
   * default 5 s.
   */
  public Duration closeGrace() {
    return Duration.ofNanos(values.closeGraceNanos);
  }

  long closeGraceNanos() {
    return values.closeGraceNanos;
  }

  /** As this, with another bound on an end; zero is without end. */
  public ConnectionOptions withCloseTotal(Duration closeTotal) {
    long nanos = OptionChecks.nanos("closeTotal", closeTotal);
    return with(v -> v.closeTotalNanos = nanos);
  }

  /**
   * How long {@link Connection#close} and {@link Connection#finish} take at most, whatever gets on
   * meanwhile; what remains then is cut off. By default without end.
   */
  public Duration closeTotal() {
    return Duration.ofNanos(values.closeTotalNanos);
  }

  long closeTotalNanos() {
    return values.closeTotalNanos;
  }

  /** As this, delaying small segments or not. */
  public ConnectionOptions withNoDelay(boolean noDelay) {
    return with(v -> v.noDelay = noDelay);
  }

  /** TCP: whether small segments are sent at once. By default they are. */
  public boolean noDelay() {
    return values.noDelay;
  }

  /** As this, telling somebody of every read and write; null for nobody. */
  public ConnectionOptions withTrace(@Nullable ConnectionTrace trace) {
    return with(v -> v.trace = trace);
  }

  /** Told of every read and write, or null. */
  public @Nullable ConnectionTrace trace() {
    return values.trace;
  }

  /** As this, telling somebody else of the connection's life. */
  public ConnectionOptions withObserver(ConnectionObserver observer) {
    Objects.requireNonNull(observer, "observer");
    return with(v -> v.observer = observer);
  }

  /**
   * Told when it is opened and closed, and what the program's code throws. By default {@link
   * ConnectionObserver#REPORTING}.
   */
  public ConnectionObserver observer() {
    return values.observer;
  }

  @Override
  public String toString() {
    return new StringJoiner(", ", "ConnectionOptions[", "]")
        .add("trigger=" + trigger())
        .add("readBytes=" + readBytes())
        .add("maxUnreadBytes=" + maxUnreadBytes())
        .add("readsPerTurn=" + readsPerTurn())
        .add("lowWaterBytes=" + lowWaterBytes())
        .add("highWaterBytes=" + highWaterBytes())
        .add("maxQueuedBytes=" + maxQueuedBytes())
        .add("maxQueuedFiles=" + maxQueuedFiles())
        .add("readIdle=" + readIdle())
        .add("writeStall=" + writeStall())
        .add("allIdle=" + (values.allIdleNanos == Values.UNSAID ? "unsaid" : allIdle()))
        .add("heartbeat=" + heartbeat())
        .add("closeGrace=" + closeGrace())
        .add("closeTotal=" + closeTotal())
        .add("noDelay=" + noDelay())
        .add("trace=" + trace())
        .add("observer=" + observer())
        .toString();
  }

  private ConnectionOptions with(Consumer<Values> change) {
    Values copy = values.copy();
    change.accept(copy);
    return new ConnectionOptions(copy);
  }

  /** The values, and what they are by default. Written only by who has the sole copy. */
  private static final class Values implements Cloneable {
    static final long UNSAID = -1;

    Trigger trigger = Trigger.LEVEL;
    int readBytes = 1 << 16; // 64 KiB
    int maxUnreadBytes = 1 << 16; // 64 KiB
    int readsPerTurn = 16;
    int lowWaterBytes = 1 << 14; // 16 KiB
    int highWaterBytes = 1 << 16; // 64 KiB
    int maxQueuedBytes = 1 << 24; // 16 MiB
    int maxQueuedFiles = 16;
    long readIdleNanos;
    long writeStallNanos = 60_000_000_000L; // 60 s
    long allIdleNanos = UNSAID;
    long heartbeatNanos;
    long closeGraceNanos = 5_000_000_000L; // 5 s
    long closeTotalNanos;
    boolean noDelay = true;
    @Nullable ConnectionTrace trace;
    ConnectionObserver observer = ConnectionObserver.REPORTING;

    /** By clone, which forgets no value. */
    Values copy() {
      try {
        return (Values) clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
