package dev.pollux.cli.sim;

import dev.pollux.model.Fault;
import dev.pollux.model.Faults;
import dev.pollux.model.Limits;
import dev.pollux.poll.Backend;
import dev.pollux.poll.Trigger;
import dev.pollux.sim.LinkOptions;
import java.time.Duration;
import java.util.Locale;

/**
 * What a seed decides about a run before it begins.
 *
 * @param backend what the program waits with
 * @param trigger how it watches its connections
 * @param readBytes how much it reads at once
 * @param highWaterBytes the watermark of its connections, where the program has no other
 * @param loopCount how many loops it has, if it can have several
 * @param backlog the listeners'
 * @param peerCount how many clients there are
 * @param faults what may go wrong with system calls, and how often
 * @param arePeersFaulty whether also with those of the peers
 * @param limits what the program's kernel may run out of, and the buffers of its connections
 * @param isLimited whether it may really run out
 * @param link what lies between the program and its peers
 * @param isParted whether nothing goes there for a time
 * @param ending how the run ends
 */
record SimPlan(
    Backend backend,
    Trigger trigger,
    int readBytes,
    int highWaterBytes,
    int loopCount,
    int backlog,
    int peerCount,
    Faults faults,
    boolean arePeersFaulty,
    Limits limits,
    boolean isLimited,
    LinkOptions link,
    boolean isParted,
    Ending ending) {

  /** The ways a run ends. */
  enum Ending {
    /** The program is closed when all clients are gone. */
    CLOSE_LAST,
    /** The program is asked to stop when all clients are gone. */
    STOP_LAST,
    /** The program is asked to stop while clients are at work. */
    STOP_MIDWAY,
    /** The program is closed while clients are at work. */
    CLOSE_MIDWAY
  }

  static final int MAX_PEERS = 1000;

  private static final int MAX_CHOSEN_PEERS = 10;
  private static final int MAX_BACKLOG = 16;
  static final int MAX_LOOPS = 3;
  private static final int MAX_READ_BYTES = 1 << 14; // 16 KiB
  private static final int MIN_BYTES = 1 << 9; // 512
  private static final int MAX_WATER_BYTES = 1 << 14; // 16 KiB
  private static final int MAX_TCP_BYTES = 1 << 16; // 64 KiB
  private static final int MAX_LATENCY_MICROS = 20_000;
  private static final int MAX_LOSS_PERCENT = 5;
  private static final int RESET_RARER = 16;

  /** What a program and its loop have without connections, and what a host has without them. */
  private static final int FIRST_FDS = 12;

  /** Those that a seed chooses among: kqueue is asked for by name. */
  private static final Backend[] BACKENDS = {Backend.EPOLL, Backend.POLL, Backend.SELECT};

  private static final Trigger[] TRIGGERS = {Trigger.LEVEL, Trigger.EDGE};

  /**
   * The plan of a seed.
   *
   * @param mostLoops how many loops the program can have
   * @param peerCount how many clients there are; 0 lets the seed decide
   */
  static SimPlan of(SimChance chance, int mostLoops, int peerCount) {
    int chosenPeers = 1 + chance.below(MAX_CHOSEN_PEERS);
    int peers = peerCount == 0 ? chosenPeers : peerCount;
    Limits limits = Limits.defaults();
    if (chance.oneIn(2)) {
      limits = limits.withTcpSendBytes(buffer(chance)).withTcpReceiveBytes(buffer(chance));
    }
    boolean isLimited = chance.oneIn(6);
    if (isLimited) {
      int extra = chance.upTo(2 * peers);
      limits =
          chance.oneIn(2)
              ? limits.withMaxFds(FIRST_FDS + extra)
              : limits.withMaxUserWatches(2 + extra);
    }
    return new SimPlan(
        chance.pick(BACKENDS),
        chance.pick(TRIGGERS),
        Math.max(MIN_BYTES, chance.upTo(MAX_READ_BYTES)),
        Math.max(MIN_BYTES, chance.upTo(MAX_WATER_BYTES)),
        Math.min(mostLoops, chance.oneIn(3) ? 1 + chance.below(MAX_LOOPS) : 1),
        chance.upTo(MAX_BACKLOG),
        peers,
        chance.oneIn(4) ? Faults.none() : swarm(chance),
        chance.oneIn(2),
        limits,
        isLimited,
        link(chance),
        chance.oneIn(8),
        chance.pick(Ending.values()));
  }

  private static int buffer(SimChance chance) {
    return Math.max(MIN_BYTES, chance.upTo(MAX_TCP_BYTES));
  }

  /** A reset ends a connection, and there are many sends: it must be rare to leave some alive. */
  private static Faults swarm(SimChance chance) {
    Faults faults = Faults.swarm(chance.random().nextLong());
    return faults.with(Fault.ECONNRESET, faults.probability(Fault.ECONNRESET) / RESET_RARER);
  }

  /** The same on a backend that was asked for. */
  SimPlan on(Backend chosen) {
    return new SimPlan(
        chosen,
        trigger,
        readBytes,
        highWaterBytes,
        loopCount,
        backlog,
        peerCount,
        faults,
        arePeersFaulty,
        limits,
        isLimited,
        link,
        isParted,
        ending);
  }

  private static LinkOptions link(SimChance chance) {
    LinkOptions link =
        LinkOptions.DEFAULT
            .withLatency(Duration.ofNanos(1000L * chance.upTo(MAX_LATENCY_MICROS)))
            .withJitter(Duration.ofNanos(1000L * chance.upTo(MAX_LATENCY_MICROS)));
    boolean isLossy = chance.oneIn(4);
    return isLossy
        ? link.withLoss(chance.upTo(MAX_LOSS_PERCENT) / 100.0)
            .withDuplication(chance.below(5) / 100.0)
        : link;
  }

  /** All of it in one line. */
  String text() {
    StringBuilder text = new StringBuilder();
    text.append(backend.label()).append(", ").append(lower(trigger));
    text.append(", reads ").append(readBytes).append(", watermark ").append(highWaterBytes);
    text.append(", loops ").append(loopCount).append(", backlog ").append(backlog);
    text.append(", clients ").append(peerCount).append(", ").append(lower(ending));
    text.append(", buffers ").append(limits.tcpSendBytes());
    text.append('/').append(limits.tcpReceiveBytes());
    if (isLimited) {
      text.append(", fds ").append(limits.maxFds());
      text.append(", watches ").append(limits.maxUserWatches());
    }
    text.append(", link ").append(link.latency().toNanos() / 1000).append("+");
    text.append(link.jitter().toNanos() / 1000).append(" µs");
    if (link.loss() > 0) {
      text.append(" loses ").append(percent(link.loss()));
    }
    text.append(isParted ? ", is parted" : "").append(", faults");
    text.append(arePeersFaulty ? " of all" : "");
    faults
        .probabilities()
        .forEach((fault, p) -> text.append(' ').append(fault).append(':').append(percent(p)));
    if (faults.probabilities().isEmpty()) {
      text.append(" none");
    }
    return text.toString();
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static String percent(double probability) {
    long tenths = Math.round(probability * 1000);
    return tenths / 10 + "." + tenths % 10 + "%";
  }
}
