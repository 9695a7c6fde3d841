package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopHandler;
import dev.pollux.loop.LoopTimer;
import dev.pollux.poll.Event;
import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Server} has on one loop: the connections that live there, and the listener, if it
 * has one there.
 *
 * <p>Threads: the loop's.
 */
final class ServerLoop implements ConnectionOwner {

  private static final int LEAST_ROOM = 16; // connections

  // How late it is noticed that nothing moves on a connection.
  private static final int SWEEPS_PER_SILENCE = 8;
  private static final long LEAST_SWEEP_NANOS = 10_000_000; // 10 ms
  private static final long MOST_SWEEP_NANOS = 15_000_000_000L; // 15 s

  /** A stop that may take less has no time for who has not sent anything yet. */
  private static final long PATIENT_NANOS = 2 * Ending.FIRST_NANOS;

  private final EventLoop loop;
  private final ServerOptions options;
  private final ConnectionOptions each;
  private final HandlerFactory factory;
  private final ServerListener observer;
  private final ServerCounters counters; // of all loops
  private final ByteCounts bytes;
  private final ArrayList<Connection> connections = new ArrayList<>(LEAST_ROOM);
  private @Nullable Listener listener;
  private final AtomicBoolean stopHeard = new AtomicBoolean();
  private boolean stopping;
  private boolean isPatient = true; // there is time for first words
  private @Nullable LoopTimer limit; // of a stop
  private final LoopTimer sweep = new LoopTimer(this::sweep); // one for all: an idle one has none

  ServerLoop(
      EventLoop loop,
      ServerOptions options,
      HandlerFactory factory,
      ServerListener observer,
      ServerCounters counters) {
    this.loop = loop;
    this.options = options;
    this.each = options.connection().ofServer();
    this.factory = factory;
    this.observer = new GuardedListener(loop, observer);
    this.counters = counters;
    this.bytes = counters.traffic().newLoop();
  }

  EventLoop loop() {
    return loop;
  }

  List<Connection> connections() {
    return connections;
  }

  /** Accepts here, with a descriptor that is this object's if this returns. */
  void listen(int fd, boolean exclusive, Listener.Sink sink) throws SysException {
    listener = Listener.open(this, fd, exclusive, options, observer, sink);
  }

  /** A duplicate of the listener's descriptor, or -errno: -EBADF without a listener. */
  int duplicateListener() {
    Listener listening = listener;
    return listening == null ? -Errno.EBADF : listening.duplicate();
  }

  /** One more listener of the server is there. */
  void listenerBegins() {
    counters.listenerBegins();
  }

  /** A listener is about to be closed. */
  void listenerEnds() {
    counters.listenerEnds();
  }

  /** Asks anew who waits to be accepted. */
  void lookAgain() {
    Listener listening = listener;
    if (listening != null) {
      listening.lookAgain();
    }
  }

  /** Counts a connection that was accepted and closed, and tells the observer. */
  void shed(Limit limit) {
    count(limit);
    tellShed(limit);
  }

  /** The first half of {@link #shed}. Any thread. */
  void count(Limit limit) {
    counters.shed(loop, limit);
  }

  /** The other half: on this loop. */
  void tellShed(Limit limit) {
    observer.shed(limit);
  }

  /** Nobody is accepted for a while. */
  void paused() {
    counters.traffic().pause();
  }

  /** Counts a connection that was refused for what the system is out of. */
  void refused(int errno) {
    boolean memory = errno == Errno.ENOMEM || errno == Errno.ENOBUFS;
    counters.shed(loop, memory ? Limit.MEMORY : Limit.DESCRIPTORS);
  }

  /** Takes over an accepted descriptor, also if it throws. */
  void adopt(int fd, @Nullable SocketAddress peer) {
    if (stopping || loop.isClosed()) {
      int _ = loop.sys().close(fd);
      return;
    }
    if (!counters.takeRoom(options.maxConnections())) {
      int _ = loop.sys().close(fd);
      shed(Limit.CONNECTIONS);
      return;
    }
    Connection connection;
    try {
      connections.ensureCapacity(connections.size() + 1); // what is watched must be on the list
      connection = new Connection(loop, fd, peer, each, NoHandler.INSTANCE, false);
      connection.channel().setOwner(this);
      connection.link().clock.sweep();
      connection.channel().register();
    } catch (Throwable t) { // a RuntimeException when the loop closes meanwhile
      counters.giveRoom();
      int _ = loop.sys().close(fd);
      notAdopted(t);
      return;
    }
    counters.accepted(connection);
    connection.index = connections.size();
    connections.add(connection);
    if (!sweep.isScheduled()) {
      sweepLater();
    }
    begin(connection);
  }

  private void notAdopted(Throwable cause) {
    Listener refusing = listener;
    if (cause instanceof SysException refusal && refusing != null) {
      refusing.refused(refusal.errno());
    } else if (cause instanceof SysException) {
      shed(Limit.DESCRIPTORS);
    } else if (cause instanceof Error error) {
      shed(Limit.MEMORY);
      throw error;
    } else {
      shed(Limit.LOOP_TASKS); // its loop closes
    }
  }

  @Override
  public boolean isServer() {
    return true;
  }

  @Override
  public void read(int sizeBytes) {
    bytes.addRead(sizeBytes);
  }

  @Override
  public void wrote(int sizeBytes) {
    bytes.addWritten(sizeBytes);
  }

  @Override
  public void closed(Connection connection, CloseCause cause) {
    counters.ended(connection, cause);
    Listener listening = listener;
    if (listening != null) {
      listening.connectionEnded();
    }
    Connection last = connections.removeLast();
    if (last.index != connection.index) {
      connections.set(connection.index, last);
      last.index = connection.index;
    }
    if (connections.isEmpty()) {
      forgetLimit();
      loop.cancel(sweep);
    }
    counters.giveRoom(); // which may be all that a stop waits for
  }

  private void sweepLater() {
    long idle = each.allIdleNanos();
    long stall = each.writeStallNanos();
    long silence = idle == 0 || stall == 0 ? Math.max(idle, stall) : Math.min(idle, stall);
    if (silence > 0) {
      long pause = Math.clamp(silence / SWEEPS_PER_SILENCE, LEAST_SWEEP_NANOS, MOST_SWEEP_NANOS);
      loop.schedule(sweep, pause);
    }
  }

  /** Finds those on which nothing moves. */
  private void sweep() {
    for (int i = connections.size() - 1; i >= 0; i--) { // none leaves before the closing phase
      connections.get(i).channel().sweep();
    }
    sweepLater();
  }

  /** Whether nobody has asked this before. Any thread. */
  boolean isFirstStop() {
    return !stopHeard.getAndSet(true);
  }

  /**
   * Accepts no more, and lets each connection come to its end: in so long, or for -1 in the time
   * that it takes.
   *
   * @param lastAccepts whether what has come so far is accepted; else another process does that
   */
  void stop(long atMostNanos, boolean lastAccepts) {
    Listener listening = listener;
    try {
      if (listening != null && lastAccepts) {
        listening.drain();
      } else if (listening != null) {
        listening.close();
      }
    } finally { // whatever that throws
      listener = null;
      stopping = true;
      isPatient &= atMostNanos < 0 || atMostNanos >= PATIENT_NANOS;
      for (Connection connection : connections) {
        connection.link().ending.awaitFirst(isPatient);
        connection.link().clock.awaitFirst(Ending.FIRST_NANOS);
        connection.finish();
      }
      if (atMostNanos >= 0) {
        limitStop(atMostNanos);
      }
    }
  }

  /** What is not over after so long is reset. */
  private void limitStop(long atMostNanos) {
    LoopTimer known = limit;
    long deadline = loop.nowNanos() + atMostNanos;
    if (known == null) {
      known = new LoopTimer(() -> loop.flushLater(new CutOff()));
      limit = known;
    } else if (known.isScheduled() && known.deadlineNanos() - deadline <= 0) {
      return;
    }
    if (!connections.isEmpty()) {
      loop.schedule(known, atMostNanos);
    }
  }

  /**
   * Resets what is left, after what was to be flushed before: with no time at all, the finishes.
   */
  private final class CutOff implements LoopHandler {

    @Override
    public void ready(Event event) {
      // it watches nothing
    }

    @Override
    public void flush() {
      for (Connection connection : connections) { // they leave the list in the closing phase
        connection.reset(CloseCause.of(CloseReason.CUT_OFF, "not over in the time of the stop"));
      }
    }
  }

  private void forgetLimit() {
    LoopTimer known = limit;
    if (known != null) {
      loop.cancel(known);
    }
  }

  /** Ends everything at once. */
  void close() {
    stopping = true;
    closeListener();
    for (Connection connection : connections) {
      connection.link().closeNow(CloseCause.CUT_OFF);
    }
  }

  private void begin(Connection connection) {
    try {
      Tls tls = options.tls();
      if (tls != null) {
        tls.install(connection); // first: what the factory writes must not go in the clear
      }
      connection.setHandler(factory.handlerFor(connection));
    } catch (Throwable t) {
      connection.channel().failed("the handler's factory", t);
      return;
    }
    connection.channel().start();
  }

  private void closeListener() {
    Listener listening = listener;
    if (listening != null) {
      listening.close();
      listener = null;
    }
  }
}
