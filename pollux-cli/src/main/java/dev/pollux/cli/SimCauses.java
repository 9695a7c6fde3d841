package dev.pollux.cli;

import dev.pollux.model.Fault;
import dev.pollux.model.ModelSys;
import dev.pollux.sys.Errno;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The reasons there are in a simulated run for something to fail: faults that were injected, limits
 * that are tight, a client that left, a server that was told to end. What fails without one is a
 * mistake of the server's.
 */
final class SimCauses {

  private static final Fault[] EXHAUSTION = {Fault.EMFILE, Fault.ENFILE, Fault.ENOMEM};
  private static final Fault[] BREAKS = {Fault.ECONNRESET, Fault.ECONNABORTED};

  private final ModelSys kernel;
  private final boolean isLimited;
  private final boolean isCrowded;
  private final Map<Integer, SimClient> byPort = new HashMap<>();
  private boolean serverEnds;
  private int faultCount;
  private int unforced;

  SimCauses(ModelSys kernel, SimPlan plan) {
    this.kernel = kernel;
    this.isLimited = plan.isLimited();
    this.isCrowded = plan.clientCount() > plan.backlog();
  }

  /** From now on the server may end connections. */
  void serverEnds() {
    serverEnds = true;
  }

  /** Whether faults have happened since the last call. */
  boolean haveGrown() {
    int now = total();
    boolean grown = now != faultCount;
    faultCount = now;
    return grown;
  }

  /** How many faults have happened. */
  int total() {
    int sum = 0;
    for (int count : kernel.faultCounts().values()) {
      sum += count;
    }
    return sum;
  }

  /** Whether the kernel may be out of something. */
  boolean explainsExhaustion() {
    return isLimited || count(EXHAUSTION) > 0;
  }

  /** A client has its port now. */
  void know(SimClient client) {
    byPort.putIfAbsent(client.port(), client);
  }

  /** A connection was closed by the server: it must have had a reason. */
  void requireReason(SimLog.Connection connection) {
    SimClient client = byPort.get(connection.port);
    boolean left = client != null && !client.isFaithful();
    boolean right =
        switch (connection.reason) {
          case END_OF_STREAM -> true;
          case RESET -> left || count(Fault.ECONNRESET) > 0 || isByFailedClient(client);
          case ERROR ->
              (connection.errno == Errno.ENOMEM || connection.errno == Errno.ENOSPC)
                  && explainsExhaustion();
          case STOPPED, CUT_OFF -> serverEnds;
          case IDLE, STALLED, PROTOCOL, BUG -> false;
        };
    if (!right) {
      throw new SimFailure(
          "the server closed the connection from port "
              + connection.port
              + " without a reason: "
              + connection.reason.text()
              + " "
              + Errno.name(connection.errno));
    }
  }

  /** One that met an error closed early, and so may have reset the connection. */
  private static boolean isByFailedClient(@Nullable SimClient client) {
    return client != null && client.errno() != 0;
  }

  /**
   * A client is over: it is complete, or there was a reason; and what the server says it has
   * delivered has arrived.
   */
  void requireOutcome(SimClient client, SimLog.@Nullable Connection connection) {
    if (client.hasFailed()) {
      boolean forced = serverEnds || isLimited || !client.isFaithful();
      unforced += forced || client.errno() == Errno.ETIMEDOUT ? 0 : 1;
      boolean explained = explains(client.errno()) || serverEnds;
      if (!explained || unforced > allowed()) {
        throw new SimFailure(client.text() + ", and nothing was to blame");
      }
    }
    if (connection == null || !client.isFaithful() || count(Fault.ECONNRESET) > 0) {
      return;
    }
    if (connection.isDelivered() && client.receivedBytes() != connection.wroteBytes) {
      throw new SimFailure(
          client.text() + "; but the server delivered " + connection.wroteBytes + " bytes");
    }
  }

  private boolean explains(int errno) {
    return switch (errno) {
      case Errno.ECONNREFUSED -> count(Fault.REFUSED) > 0;
      case Errno.ETIMEDOUT -> mayTimeOut();
      case Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM -> explainsExhaustion();
      default -> count(BREAKS) > 0 || explainsExhaustion();
    };
  }

  /** A full backlog may be real: those that it turned away come back all at once, seven times. */
  private boolean mayTimeOut() {
    return count(Fault.BACKLOG_OVERFLOW) > 0 || isLimited || isCrowded;
  }

  /** Each fault breaks one connection at most. */
  private int allowed() {
    return count(BREAKS) + count(EXHAUSTION) + count(Fault.REFUSED) + count(Fault.BACKLOG_OVERFLOW);
  }

  private int count(Fault... faults) {
    Map<Fault, Integer> counts = kernel.faultCounts();
    int sum = 0;
    for (Fault fault : faults) {
      sum += counts.getOrDefault(fault, 0);
    }
    return sum;
  }
}
