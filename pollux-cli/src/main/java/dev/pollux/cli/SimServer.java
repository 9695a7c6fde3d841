package dev.pollux.cli;

import dev.pollux.model.ModelSys;
import dev.pollux.poll.Poller;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
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

  private final ModelSys kernel;
  private final SimNetwork network;
  private final SimPlan plan;
  private final SimCauses causes;
  private final Poller poller;
  private final SimLog log;
  private final EchoServer server;
  private int idleTurns;
  private int mostUnsentBytes;
  private long graceEndNanos = Long.MAX_VALUE;
  private boolean stopping;
  private boolean closed;

  private SimServer(
      ModelSys kernel,
      SimNetwork network,
      SimPlan plan,
      SimCauses causes,
      Poller poller,
      SimLog log,
      EchoServer server) {
    this.kernel = kernel;
    this.network = network;
    this.plan = plan;
    this.causes = causes;
    this.poller = poller;
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
    Poller poller = Poller.open(sys, plan.backend());
    boolean done = false;
    try {
      SimLog log = new SimLog(network);
      EchoServer server = EchoServer.open(sys, poller, plan.options(), log);
      done = true;
      network.server(server.address());
      network.note("server: listens on port " + server.address().getPort());
      return new SimServer(kernel, network, plan, causes, poller, log, server);
    } finally {
      if (!done) {
        poller.close();
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
    for (int i = 0; i < server.connectionCount(); i++) {
      if (server.connection(i).isLingering()) {
        return MAX_LINGERING_TURNS;
      }
    }
    return MAX_IDLE_TURNS;
  }

  private int runOnce(long timeoutNanos) {
    try {
      return server.runOnce(timeoutNanos);
    } catch (SimFailure e) {
      throw e;
    } catch (SysException | RuntimeException | AssertionError e) {
      throw new SimFailure("the server threw: " + e, e);
    }
  }

  private void checkConnections() {
    int most = EchoConnection.PAUSE_BYTES + plan.bufferBytes();
    for (int i = 0; i < server.connectionCount(); i++) {
      EchoConnection connection = server.connection(i);
      int unsent = connection.unsentBytes();
      mostUnsentBytes = Math.max(mostUnsentBytes, unsent);
      if (unsent > most) {
        throw new SimFailure("fd " + connection.fd() + " keeps " + unsent + " bytes of output");
      }
      log.requireBalance(connection.fd(), unsent);
    }
    if (server.freeChunkCount() > OutputQueue.Pool.MAX_FREE_CHUNKS) {
      throw new SimFailure("the server keeps " + server.freeChunkCount() + " free chunks");
    }
  }

  private void checkEnded() {
    if (log.hasEnded()) {
      List<SimLog.Connection> ended = log.takeEnded();
      ended.forEach(causes::requireReason);
    }
  }

  private void checkStop(long nowNanos) {
    if (!stopping) {
      return;
    }
    if (graceEndNanos == Long.MAX_VALUE) {
      graceEndNanos = nowNanos + EchoServer.GRACE_NANOS;
    } else if (server.isFinished()) {
      network.note("server: has stopped");
      close();
    } else if (nowNanos - graceEndNanos > EchoServer.LINGER_TURN_NANOS) {
      throw new SimFailure("the server did not stop within its grace");
    }
  }

  /** Asks it to stop in order. */
  void stop() {
    if (!isEnding()) {
      network.note("server: is to stop");
      causes.serverEnds();
      stopping = true;
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
    if (server.connectionCount() != 0 || poller.size() != 0) {
      throw new SimFailure(poller.size() + " registrations are left after the server's close");
    }
    if (poller.staleEvents() != 0) {
      throw new SimFailure(poller.staleEvents() + " events came for what was closed");
    }
    poller.close();
  }
}
