package dev.pollux.cli;

import dev.pollux.model.Fault;
import dev.pollux.model.Faults;
import dev.pollux.model.Limits;
import dev.pollux.poll.Backend;
import dev.pollux.poll.Trigger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Locale;

/**
 * What a seed decides about a run before it begins.
 *
 * @param seed the seed
 * @param backend what the server waits with
 * @param trigger how it watches its connections
 * @param bufferBytes the server's read buffer
 * @param backlog the listener's
 * @param clientCount how many clients there are
 * @param faults what may go wrong, and how often
 * @param limits what the kernel may run out of
 * @param isLimited whether it may really run out
 * @param ending how the run ends
 */
record SimPlan(
    long seed,
    Backend backend,
    Trigger trigger,
    int bufferBytes,
    int backlog,
    int clientCount,
    Faults faults,
    Limits limits,
    boolean isLimited,
    Ending ending) {

  /** The ways a run ends. */
  enum Ending {
    /** The server is closed when all clients are gone. */
    CLOSE_LAST,
    /** The server is asked to stop when all clients are gone. */
    STOP_LAST,
    /** The server is asked to stop while clients are at work. */
    STOP_MIDWAY,
    /** The server is closed while clients are at work. */
    CLOSE_MIDWAY
  }

  static final int MAX_CLIENTS = 1000;

  private static final int MAX_CHOSEN_CLIENTS = 10;
  private static final int MAX_BACKLOG = 16;
  private static final int MAX_BUFFER_BYTES = 1 << 14; // 16 KiB

  private static final int RESET_RARER = 16;

  /** The poller's, the listener's and the standard ones. */
  private static final int FIRST_FDS = 7;

  private static final Trigger[] TRIGGERS = {Trigger.LEVEL, Trigger.EDGE};

  /**
   * The plan of a seed.
   *
   * @param clientCount how many clients there are; 0 lets the seed decide
   */
  static SimPlan of(long seed, int clientCount) {
    SimDice dice = new SimDice(seed);
    Backend backend = dice.pick(Backend.values());
    Trigger trigger = dice.pick(TRIGGERS);
    int chosenClients = dice.upTo(MAX_CHOSEN_CLIENTS);
    int clients = clientCount == 0 ? chosenClients : clientCount;
    int buffer = dice.oneIn(4) ? EchoOptions.DEFAULT_BUFFER_BYTES : dice.upTo(MAX_BUFFER_BYTES);
    int backlog = dice.upTo(MAX_BACKLOG);
    Faults faults = dice.oneIn(4) ? Faults.none() : swarm(dice.next());
    Limits limits = Limits.defaults();
    boolean isLimited = dice.oneIn(6);
    if (isLimited) {
      int extra = dice.upTo(2 * clients);
      limits =
          dice.oneIn(2)
              ? limits.withMaxFds(FIRST_FDS + extra)
              : limits.withMaxUserWatches(2 + extra);
    }
    Ending ending = dice.pick(Ending.values());
    return new SimPlan(
        seed,
        backend,
        trigger,
        Math.max(buffer, 16),
        backlog,
        clients,
        faults,
        limits,
        isLimited,
        ending);
  }

  /** A reset ends a connection, and there are many sends: it must be rare to leave some alive. */
  private static Faults swarm(long seed) {
    Faults faults = Faults.swarm(seed);
    return faults.with(Fault.ECONNRESET, faults.probability(Fault.ECONNRESET) / RESET_RARER);
  }

  /**
   * Whether descriptors may run out. Clients and server share them here, unlike in life, so the
   * clients may have all of them while each waits for the server, which cannot accept.
   */
  boolean isShortOfFds() {
    return limits.maxFds() < Limits.defaults().maxFds();
  }

  /** What the server is to do. */
  EchoOptions options() {
    return new EchoOptions(loopback(0), backlog, trigger, bufferBytes, null);
  }

  /** An IPv4 address, whatever this machine prefers. */
  static InetSocketAddress loopback(int port) {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
    } catch (UnknownHostException e) {
      throw new AssertionError("four bytes are an address", e);
    }
  }

  /** All of it in one line. */
  String text() {
    StringBuilder text = new StringBuilder();
    text.append(backend.label()).append(", ").append(trigger.name().toLowerCase(Locale.ROOT));
    text.append(", buffer ").append(bufferBytes).append(", backlog ").append(backlog);
    text.append(", ").append(clientCount).append(clientCount == 1 ? " client" : " clients");
    text.append(", ").append(ending.name().toLowerCase(Locale.ROOT));
    if (isLimited) {
      text.append(", fds ").append(limits.maxFds());
      text.append(", watches ").append(limits.maxUserWatches());
    }
    text.append(", faults");
    faults
        .probabilities()
        .forEach((fault, p) -> text.append(' ').append(fault).append(':').append(percent(p)));
    if (faults.probabilities().isEmpty()) {
      text.append(" none");
    }
    return text.toString();
  }

  private static String percent(double probability) {
    long tenths = Math.round(probability * 1000);
    return tenths / 10 + "." + tenths % 10 + "%";
  }
}
