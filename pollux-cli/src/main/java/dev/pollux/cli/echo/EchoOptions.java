package dev.pollux.cli.echo;

import dev.pollux.cli.terminal.Places;
import dev.pollux.net.AcceptMode;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.ConnectionTrace;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.SocketSetup;
import dev.pollux.net.Tls;
import dev.pollux.poll.Trigger;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link EchoServer} is to do.
 *
 * @param address where to listen; port 0 lets the kernel choose
 * @param backlog how many connections may wait to be accepted
 * @param trigger how the connections are watched; the listener is always level-triggered
 * @param bufferBytes the most that one call reads
 * @param reply the one line that answers whatever arrives, or null to echo it
 * @param acceptMode who accepts, where there are several loops
 * @param maxConnections how many connections may be open
 * @param idleNanos how long nothing may move on a connection; 0 for the default of a server
 * @param graceNanos how long pending output may take after a stop
 * @param tls how connections are encrypted, or null
 * @param replaceStale whether a Unix socket is replaced that nobody listens at
 */
public record EchoOptions(
    SocketAddress address,
    int backlog,
    Trigger trigger,
    int bufferBytes,
    @Nullable String reply,
    AcceptMode acceptMode,
    int maxConnections,
    long idleNanos,
    long graceNanos,
    @Nullable Tls tls,
    boolean replaceStale) {

  static final int DEFAULT_BACKLOG = 15;
  static final int DEFAULT_BUFFER_BYTES = 1024;
  static final int MAX_BUFFER_BYTES = 1 << 24; // 16 MiB

  /** Reading stops when so much output is unsent; it may exceed that by one read. */
  public static final int PAUSE_BYTES = 1 << 18; // 256 KiB

  /** Reading goes on when no more than this is unsent. */
  static final int RESUME_BYTES = 1 << 16; // 64 KiB

  /** How many reads of one connection one turn makes, where the trigger is not level. */
  public static final int READS_PER_TURN = 16;

  /** How long pending output may take after a stop, unless a test says otherwise. */
  public static final long GRACE_NANOS = 2_000_000_000; // 2 s

  public EchoOptions {
    if (bufferBytes < 1 || bufferBytes > MAX_BUFFER_BYTES) {
      throw new IllegalArgumentException(
          "a buffer of " + bufferBytes + " bytes; it takes 1 to " + MAX_BUFFER_BYTES);
    }
  }

  /** As many connections as there is room for, however silent. */
  public EchoOptions(
      SocketAddress address,
      int backlog,
      Trigger trigger,
      int bufferBytes,
      @Nullable String reply) {
    this(
        address,
        backlog,
        trigger,
        bufferBytes,
        reply,
        AcceptMode.ACCEPTOR,
        Integer.MAX_VALUE,
        0,
        GRACE_NANOS,
        null,
        false);
  }

  /** Echoes, with the defaults. */
  public static EchoOptions echo(InetSocketAddress address, Trigger trigger) {
    return new EchoOptions(address, DEFAULT_BACKLOG, trigger, DEFAULT_BUFFER_BYTES, null);
  }

  /** As this, with another grace. */
  EchoOptions withGrace(long newGraceNanos) {
    return new EchoOptions(
        address,
        backlog,
        trigger,
        bufferBytes,
        reply,
        acceptMode,
        maxConnections,
        idleNanos,
        newGraceNanos,
        tls,
        replaceStale);
  }

  /** How long pending output may take after a stop. */
  Duration grace() {
    return Duration.ofNanos(graceNanos);
  }

  /** The connections' times: whoever reads nothing is given up as whoever says nothing. */
  private ConnectionOptions times() {
    ConnectionOptions times = ConnectionOptions.DEFAULT;
    if (idleNanos == 0) {
      return times;
    }
    Duration idle = Duration.ofNanos(idleNanos);
    Duration stall = times.writeStall();
    return times.withAllIdle(idle).withWriteStall(idle.compareTo(stall) < 0 ? idle : stall);
  }

  /** The same for the library; the handlers count what TLS carries, in the place of the trace. */
  ServerOptions forServer(ConnectionTrace trace) {
    ConnectionOptions connection =
        times()
            .withTrigger(trigger)
            .withReadBytes(bufferBytes)
            .withReadsPerTurn(READS_PER_TURN)
            .withNoDelay(false)
            .withTrace(tls == null ? trace : null); // of TLS it would count the wire
    // An answer is sent whole before more is read; an echo may lag behind what is read.
    connection =
        reply != null
            ? connection
                .withLowWaterBytes(0)
                .withHighWaterBytes(1)
                .withMaxQueuedBytes(Integer.MAX_VALUE)
            : connection
                .withLowWaterBytes(RESUME_BYTES)
                .withHighWaterBytes(PAUSE_BYTES)
                .withMaxQueuedBytes(PAUSE_BYTES + bufferBytes);
    return ServerOptions.at(address)
        .withSocket(
            SocketSetup.DEFAULT
                .withFamilies(Places.families(address))
                .withReplaceStale(replaceStale))
        .withBacklog(backlog)
        .withAcceptMode(acceptMode)
        .withMaxConnections(maxConnections)
        .withConnection(connection)
        .withTls(tls);
  }
}
