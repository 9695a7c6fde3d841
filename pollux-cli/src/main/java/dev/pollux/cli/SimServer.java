package dev.pollux.cli;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.model.ModelSys;
import dev.pollux.net.Connection;
import dev.pollux.net.WriteResult;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/**
 * The echo server of a simulated run, and what must be so around each of its turns: it throws
 * nothing, does not spin, keeps to its memory, and ends within its grace.
 */
final class SimServer {

  /** Turns that may come to nothing in a row without any time passing. */
  private static final int MAX_IDLE_TURNS = 8;

  /** What both sockets' buffers hold, by the least that a turn drops of it, and some more. */
  private static final int MAX_LINGERING_TURNS = 2_000;

  /** Enough for a run in which a descriptor fails to open every fourth time for three reasons. */
  private static final int MAX_OPENS = 5_000;

  /** A timer is as late as its loop's resolution, and the turn that runs it. */
  private static final long GRACE_TOLERANCE_NANOS = 20_000_000; // 20 ms

  private final ModelSys kernel;
  private final SimNetwork network;
  private final SimPlan plan;
  private final SimCauses causes;
  private final EventLoop loop;
  private final SimLog log;
  private final EchoServer server;
  private int idleTurns;
  private int mostUnsentBytes;
  private long graceEndNanos = Long.MAX_VALUE;
  private long stopNanos;
  private boolean stopping;
  private boolean closed;

  private SimServer(
      ModelSys kernel,
      SimNetwork network,
      SimPlan plan,
      SimCauses causes,
      EventLoop loop,
      SimLog log,
      EchoServer server) {
    this.kernel = kernel;
    this.network = network;
    this.plan = plan;
    this.causes = causes;
    this.loop = loop;
    this.log = log;
    this.server = server;
  }

  /** Opens it, as often as faults make necessary; an attempt that fails must leave nothing open. */
  static SimServer open(
      ModelSys kernel, Sys sys, SimNetwork network, SimPlan plan, SimCauses causes) {
    Map<Integer, String> before = kernel.openDescriptors();
    for (int i = 0; i < MAX_OPENS; i++) {
      try {
        return attempt(kernel, sys, network, plan, causes);
      } catch (SysException e) {
        if (!causes.explainsExhaustion()) {
          throw new SimFailure("the server does not open: " + e.getMessage(), e);
        }
        network.note("server: does not open: " + e.getMessage());
      }
      if (!kernel.openDescriptors().equals(before)) {
        throw new SimFailure("a server that did not open left " + kernel.openDescriptors());
      }
    }
    throw new SimFailure("the server does not open, however often it is tried");
  }

  private static SimServer attempt(
      ModelSys kernel, Sys sys, SimNetwork network, SimPlan plan, SimCauses causes)
      throws SysException {
    SimLog log = new SimLog(network);
    EventLoop loop =
        EventLoop.open(
            sys,
            LoopOptions.DEFAULT
                .withBackend(plan.backend())
                .withErrorHandler(
                    (_, what, cause) -> log.failed("the server threw: " + what + ": " + cause)));
    boolean done = false;
    try {
      EchoServer server = EchoServer.open(loop, plan.options(), log);
      done = true;
      InetSocketAddress address = (InetSocketAddress) server.address();
      network.server(address);
      network.note("server: listens on port " + address.getPort());
      return new SimServer(kernel, network, plan, causes, loop, log, server);
    } finally {
      if (!done) {
        loop.close();
      }
    }
  }

  SimLog log() {
    return log;
  }

  /** The longest queue of output that a connection had after a turn. */
  int mostUnsentBytes() {
    return mostUnsentBytes;
  }

  boolean isClosed() {
    return closed;
  }

  /** Whether connections may be ended by the server's own wish. */
  boolean isEnding() {
    return stopping || closed;
  }

  boolean isIdle() {
    return server.connectionCount() == 0;
  }

  /** One turn, and everything that must be so after it. */
  void turn(long timeoutNanos) {
    if (closed) {
      return;
    }
    long startNanos = kernel.nanoTime();
    long progress = network.progress;
    log.beginTurn();
    int ran = runOnce(timeoutNanos);
    SimFailure failure = log.failure();
    if (failure != null) {
      throw failure;
    }
    long endNanos = kernel.nanoTime();
    // A server that stops looks at what lingers in every turn; but not in turns of its own making.
    boolean awake = timeoutNanos > 0 || (ran > 0 && !stopping);
    if (network.progress != progress || endNanos != startNanos || causes.haveGrown()) {
      idleTurns = 0;
    } else if (awake) {
      idleTurns++;
      if (idleTurns > idleTurnsAllowed()) {
        throw new SimFailure("the server spins: " + idleTurns + " turns did nothing in no time");
      }
    }
    checkConnections();
    checkEnded();
    checkStop(endNanos);
  }

  /** Input that a connection drops at its end is in no log: such turns only seem idle. */
  private int idleTurnsAllowed() {
    for (Connection connection : server.connections(loop)) {
      if (!connection.isOpen()) {
        return MAX_LINGERING_TURNS;
      }
    }
    return MAX_IDLE_TURNS;
  }

  private int runOnce(long timeoutNanos) {
    try {
      return loop.runOnce(timeoutNanos);
    } catch (SimFailure e) {
      throw e;
    } catch (SysException | RuntimeException | AssertionError e) {
      throw new SimFailure("the server threw: " + e, e);
    }
  }

  /** Whether nothing more is sent to a peer: what it was owed is lost, and told at the close. */
  private static boolean isGone(Connection connection) {
    return connection.write(ByteBuffer.allocate(0)) == WriteResult.CLOSED;
  }

  private void checkConnections() {
    int most = EchoOptions.PAUSE_BYTES + plan.bufferBytes();
    for (Connection connection : server.connections(loop)) {
      int unsent = connection.queuedBytes();
      mostUnsentBytes = Math.max(mostUnsentBytes, unsent);
      if (unsent > most) {
        throw new SimFailure("fd " + connection.fd() + " keeps " + unsent + " bytes of output");
      }
      if (unsent == log.owedBytes(connection.fd()) || !isGone(connection)) {
        log.requireBalance(connection.fd(), unsent);
      }
      if (log.hasReadWhilePaused(connection.fd(), connection.isReadingPaused())
          && !isGone(connection)) { // else the pause, for want of room, has an end
        throw log.failed("fd " + connection.fd() + ": read although reading is paused");
      }
    }
  }

  private void checkEnded() {
    if (log.hasEnded()) {
      List<SimLog.Connection> ended = log.takeEnded();
      ended.forEach(causes::requireReason);
      ended.forEach(this::requireGrace);
    }
  }

  /** Whatever is cut off has had its time. */
  private void requireGrace(SimLog.Connection connection) {
    long tookNanos = kernel.nanoTime() - stopNanos;
    if (connection.reason == CloseReason.CUT_OFF && tookNanos < EchoOptions.GRACE_NANOS) {
      throw new SimFailure(
          "the connection from port "
              + connection.port
              + " was cut off after "
              + tookNanos
              + " ns");
    }
  }

  private void checkStop(long nowNanos) {
    if (!stopping) {
      return;
    }
    if (graceEndNanos == Long.MAX_VALUE) {
      graceEndNanos = nowNanos + EchoOptions.GRACE_NANOS;
    } else if (server.isFinished()) {
      network.note("server: has stopped");
      close();
    } else if (nowNanos - graceEndNanos > GRACE_TOLERANCE_NANOS) {
      throw new SimFailure("the server did not stop within its grace");
    }
  }

  /** Asks it to stop in order. */
  void stop() {
    if (!isEnding()) {
      network.note("server: is to stop");
      causes.serverEnds();
      stopping = true;
      stopNanos = kernel.nanoTime();
      server.stop();
    }
  }

  /** Closes it at once; nothing of it may be left. */
  void close() {
    if (closed) {
      return;
    }
    network.note("server: is closed");
    causes.serverEnds();
    closed = true;
    server.close();
    server.close();
    int registrations = loop.poller().size();
    long stale = loop.poller().staleEvents();
    loop.close();
    SimFailure failure = log.failure();
    if (failure != null) {
      throw failure;
    }
    if (server.connectionCount() != 0 || registrations != 0) {
      throw new SimFailure(
          server.connectionCount()
              + " connections and "
              + registrations
              + " registrations are left after the server's close");
    }
    if (stale != 0) {
      throw new SimFailure(stale + " events came for what was closed");
    }
  }
}
