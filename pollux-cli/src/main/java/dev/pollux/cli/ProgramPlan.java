package dev.pollux.cli;

import dev.pollux.model.Fault;
import dev.pollux.model.Faults;
import dev.pollux.poll.Backend;
import dev.pollux.poll.Trigger;
import java.util.Locale;

/**
 * What a seed decides about a run of a {@link ProgramSimulation} before it begins.
 *
 * @param seed the seed
 * @param program what is run
 * @param backend what the loops wait with
 * @param trigger how they watch connections
 * @param readBytes how much they read at once
 * @param highWaterBytes the watermark of a connection
 * @param loopCount how many loops there are
 * @param backlog the listeners'
 * @param peerCount how many clients there are
 * @param faults what may go wrong, and how often
 * @param ending how the run ends
 */
record ProgramPlan(
    long seed,
    Program program,
    Backend backend,
    Trigger trigger,
    int readBytes,
    int highWaterBytes,
    int loopCount,
    int backlog,
    int peerCount,
    Faults faults,
    SimPlan.Ending ending) {

  /** What can be simulated beside the echo server. */
  enum Program {
    /** A {@link ChatRoom}. */
    CHAT,
    /** A TCP proxy between clients and another server. */
    PROXY
  }

  private static final int MAX_PEERS = 8;
  private static final int MAX_BACKLOG = 16;
  private static final int MAX_LOOPS = 3;
  private static final int MAX_READ_BYTES = 1 << 13; // 8 KiB
  private static final int MIN_READ_BYTES = 1 << 9; // 512
  private static final int MAX_WATER_BYTES = 1 << 14; // 16 KiB
  private static final int RESET_RARER = 16;

  private static final Trigger[] TRIGGERS = {Trigger.LEVEL, Trigger.EDGE};

  /**
   * The plan of a seed.
   *
   * @param peerCount how many clients there are; 0 lets the seed decide
   */
  static ProgramPlan of(long seed, Program program, int peerCount) {
    SimDice dice = new SimDice(seed);
    Backend backend = dice.pick(Backend.values());
    Trigger trigger = dice.pick(TRIGGERS);
    int readBytes = Math.max(MIN_READ_BYTES, dice.upTo(MAX_READ_BYTES));
    int highWaterBytes = Math.max(MIN_READ_BYTES, dice.upTo(MAX_WATER_BYTES));
    int loopCount = dice.oneIn(3) ? 1 + dice.below(MAX_LOOPS) : 1;
    int backlog = dice.upTo(MAX_BACKLOG);
    int chosenPeers = 1 + dice.below(MAX_PEERS);
    Faults faults = dice.oneIn(4) ? Faults.none() : swarm(dice.next());
    return new ProgramPlan(
        seed,
        program,
        backend,
        trigger,
        readBytes,
        highWaterBytes,
        program == Program.CHAT ? loopCount : 1,
        backlog,
        peerCount == 0 ? chosenPeers : peerCount,
        faults,
        dice.pick(SimPlan.Ending.values()));
  }

  /** A reset ends a connection, and there are many sends: it must be rare to leave some alive. */
  private static Faults swarm(long seed) {
    Faults faults = Faults.swarm(seed);
    return faults.with(Fault.ECONNRESET, faults.probability(Fault.ECONNRESET) / RESET_RARER);
  }

  /** All of it in one line. */
  String text() {
    StringBuilder text = new StringBuilder();
    text.append(lower(program)).append(", ").append(backend.label()).append(", ");
    text.append(lower(trigger)).append(", reads ").append(readBytes);
    text.append(", watermark ").append(highWaterBytes).append(", loops ").append(loopCount);
    text.append(", backlog ").append(backlog).append(", peers ").append(peerCount);
    text.append(", ").append(lower(ending)).append(", faults");
    faults
        .probabilities()
        .forEach((fault, p) ->
            text.append(' ').append(fault).append(':').append(Math.round(p * 1000)).append('‰'));
    if (faults.probabilities().isEmpty()) {
      text.append(" none");
    }
    return text.toString();
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
