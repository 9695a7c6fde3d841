package dev.pollux.cli;

import dev.pollux.poll.Events;
import dev.pollux.poll.Poller;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A TCP echo server, or one that answers a fixed line, driven one turn at a time.
 *
 * <p>A turn: 1 wait · 2 note the events · 3 accept · 4 process each connection that is ready, in
 * the order it became so, each within its budget · 5 put those with work left at the end of the
 * queue. Nothing in a turn is unbounded: the events of a wait, the accepts, and the calls for each
 * connection all have their limit.
 *
 * <p>Ownership: the listener and the connections are the server's; the poller stays the caller's.
 * Threads: one, {@link #stop} excepted. Blocking: {@link #runOnce}, in its wait only. Time comes
 * from {@link Sys#nanoTime} alone.
 *
 * <p>Errors: what befalls a connection closes that connection. An exception means that the listener
 * or the poller cannot go on.
 */
final class EchoServer implements AutoCloseable {

  /** How long pending output may take after {@link #stop}. */
  static final long GRACE_NANOS = 2_000_000_000; // 2 s

  /** How often, after {@link #stop}, finished connections are looked at. */
  static final long LINGER_TURN_NANOS = 20_000_000; // 20 ms

  private final Sys sys;
  private final Poller poller;
  private final EchoLog log;
  private final EchoContext context;
  private final Acceptor acceptor;
  private final Events events = new Events();
  private final ArrayList<EchoConnection> connections = new ArrayList<>();
  private final ArrayDeque<EchoConnection> queue = new ArrayDeque<>();
  private volatile boolean stopAsked;
  private boolean stopping;
  private long graceEndNanos;

  private EchoServer(Sys sys, Poller poller, EchoOptions options, EchoLog log) throws SysException {
    this.sys = sys;
    this.poller = poller;
    this.log = log;
    this.context =
        new EchoContext(
            sys,
            poller,
            log,
            options.trigger(),
            IoBuffer.allocate(options.bufferBytes()),
            IoBuffer.allocate(Long.BYTES),
            new OutputQueue.Pool(),
            replyBuffer(options.reply()));
    this.acceptor = Acceptor.open(sys, poller, options, log);
  }

  /** A server that listens. After an exception nothing is left open. */
  static EchoServer open(Sys sys, Poller poller, EchoOptions options, EchoLog log)
      throws SysException {
    return new EchoServer(sys, poller, options, log);
  }

  /** Where it listens, with the port that the kernel chose. */
  InetSocketAddress address() {
    return acceptor.address();
  }

  /** The open connections. */
  int connectionCount() {
    return connections.size();
  }

  /** One of them, by an index below {@link #connectionCount}; their order means nothing. */
  EchoConnection connection(int index) {
    return connections.get(index);
  }

  /** The chunks of output memory that no connection uses. */
  int freeChunkCount() {
    return context.pool().freeCount();
  }

  /**
   * One turn.
   *
   * @param timeoutNanos how long the wait may take: positive, at most so long; 0, it does not
   *     block; negative, until something happens
   * @return how many connections were worked on
   */
  int runOnce(long timeoutNanos) throws SysException {
    int eventCount = poller.wait(events, waitNanos(timeoutNanos));
    if (eventCount > 0) {
      mark();
    }
    if (stopAsked) {
      stepStop();
    } else {
      acceptor.process(this);
    }
    int runCount = queue.size();
    for (int i = 0; i < runCount; i++) {
      run(queue.remove());
    }
    log.flush();
    return runCount;
  }

  /**
   * Stops in order: no more connections; each connection is read until there is nothing to read for
   * once, so that what has arrived is answered, and its output is sent; then {@link #isFinished}.
   * What is not done after {@link #GRACE_NANOS} is cut off. Threads: any.
   */
  void stop() {
    stopAsked = true; // volatile: read by the turn that the wake-up below starts
    poller.wakeup();
  }

  /** Whether a {@link #stop} is complete. */
  boolean isFinished() {
    return stopping && connections.isEmpty();
  }

  /** Closes everything at once. Idempotent. */
  @Override
  public void close() {
    acceptor.close();
    closeAll(CloseReason.CUT_OFF);
    log.flush();
  }

  /** Takes over an accepted descriptor. */
  void adopt(int fd, SocketAddress peer) {
    EchoConnection connection = new EchoConnection(context, fd);
    try {
      connection.register();
    } catch (SysException e) {
      int _ = sys.close(fd);
      acceptor.refused(e.errno());
      return;
    }
    log.connected(fd, peer);
    connection.index = connections.size();
    connections.add(connection);
  }

  private long waitNanos(long timeoutNanos) {
    if (!queue.isEmpty()) {
      return 0;
    }
    long dueNanos = stopping ? stopDueNanos() : acceptor.nanosUntilDue();
    return dueNanos < 0 || (timeoutNanos >= 0 && timeoutNanos < dueNanos) ? timeoutNanos : dueNanos;
  }

  private void mark() {
    while (events.next()) {
      if (events.attachment() instanceof EchoConnection connection) {
        connection.mark(events);
        enqueue(connection);
      } else {
        acceptor.mark();
      }
    }
  }

  private void enqueue(EchoConnection connection) {
    if (!connection.queued) {
      connection.queued = true;
      queue.add(connection);
    }
  }

  private void run(EchoConnection connection) {
    connection.queued = false;
    connection.process();
    if (connection.isClosed()) {
      forget(connection);
    } else if (connection.hasReadyWork()) {
      enqueue(connection);
    }
  }

  /** Fills the gap in the table with its last entry. */
  private void forget(EchoConnection connection) {
    EchoConnection last = connections.removeLast();
    if (last != connection) {
      connections.set(connection.index, last);
      last.index = connection.index;
    }
  }

  private long stopDueNanos() {
    long leftNanos = Math.max(0, graceEndNanos - sys.nanoTime());
    return Math.min(leftNanos, LINGER_TURN_NANOS);
  }

  private void stepStop() {
    if (!stopping) {
      stopping = true;
      graceEndNanos = sys.nanoTime() + GRACE_NANOS;
      acceptor.close();
      for (int i = 0; i < connections.size(); i++) {
        connections.get(i).beginStop();
        enqueue(connections.get(i));
      }
    } else if (sys.nanoTime() - graceEndNanos >= 0) {
      closeAll(CloseReason.CUT_OFF);
    } else {
      for (int i = 0; i < connections.size(); i++) {
        EchoConnection connection = connections.get(i);
        if (connection.isLingering()) {
          connection.recheck();
          enqueue(connection);
        }
      }
    }
  }

  private void closeAll(CloseReason reason) {
    for (int i = 0; i < connections.size(); i++) {
      connections.get(i).close(reason, 0);
    }
    connections.clear();
    queue.clear();
  }

  private static @Nullable IoBuffer replyBuffer(@Nullable String reply) {
    if (reply == null) {
      return null;
    }
    byte[] bytes = (reply + "\n").getBytes(StandardCharsets.UTF_8);
    IoBuffer buffer = IoBuffer.allocate(bytes.length);
    buffer.buffer().put(0, bytes);
    return buffer;
  }
}
