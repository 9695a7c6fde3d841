package dev.pollux.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pollux.sys.SysException;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A member of a simulated chat: it sends its script in pieces of any size, and checks line by line
 * what it hears.
 */
final class ChatActor {

  /** How a member behaves, and leaves. */
  enum Behaviour {
    /** Stays until the others are gone, and has heard everything. */
    STAYER,
    /** Half-closes when it has said everything, and reads to the end. */
    LEAVER,
    /** Does not read until it has said everything; it may be dropped. */
    DEAF,
    /** Says a line that is too long at last. */
    ENDLESS,
    /** Closes somewhere on the way. */
    QUITTER,
    /** Resets the connection somewhere on the way. */
    RESETTER
  }

  private static final Behaviour[] BEHAVIOURS = {
    Behaviour.STAYER,
    Behaviour.STAYER,
    Behaviour.LEAVER,
    Behaviour.LEAVER,
    Behaviour.DEAF,
    Behaviour.ENDLESS,
    Behaviour.QUITTER,
    Behaviour.RESETTER
  };

  private static final int MAX_LINES = 64;
  private static final int MANY_LINES = 512;

  /** A deaf one reads after so many steps in which it could have. */
  private static final int MAX_DEAF_STEPS = 256;

  private final SimWorld world;
  private final ChatOracle oracle;
  private final String name;
  private final Behaviour behaviour;
  private final SimSocket socket;
  private final List<String> script = new ArrayList<>();
  private final byte[] output;
  private final int leaveAtBytes;
  private final int pieceBytes;
  private final StringBuilder partial = new StringBuilder();
  private int deafSteps;
  private int sentBytes;
  private int heardCount;
  private long heardBytes;
  private boolean greeted;
  private boolean dismissed;
  private boolean over;

  ChatActor(
      SimWorld world, ChatOracle oracle, int index, InetSocketAddress server, int maxLineBytes) {
    this.world = world;
    this.oracle = oracle;
    this.name = "m" + index;
    SimDice dice = world.dice;
    this.behaviour = dice.pick(BEHAVIOURS);
    this.socket = new SimSocket(world, name, server);
    this.deafSteps = behaviour == Behaviour.DEAF ? dice.upTo(MAX_DEAF_STEPS) : 0;
    int count = dice.below(dice.oneIn(8) ? MANY_LINES : MAX_LINES);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes((name + "\n").getBytes(US_ASCII));
    for (int i = 0; i < count; i++) {
      String line = i + " " + "x".repeat(dice.below(maxLineBytes - 4));
      script.add(name + ": " + line + "\n");
      bytes.writeBytes((line + (dice.oneIn(4) ? "\r\n" : "\n")).getBytes(US_ASCII));
    }
    if (behaviour == Behaviour.ENDLESS) {
      bytes.writeBytes("y".repeat(maxLineBytes + 3).getBytes(US_ASCII));
    }
    this.output = bytes.toByteArray();
    this.leaveAtBytes = dice.below(output.length + 1);
    this.pieceBytes = Math.max(dice.upTo(output.length), output.length / 64 + 1);
  }

  boolean isStayer() {
    return behaviour == Behaviour.STAYER;
  }

  boolean isOver() {
    return over;
  }

  long heardBytes() {
    return heardBytes;
  }

  /** Whether it was in to the end it meant to have. */
  boolean isComplete() {
    return socket.hasEnded() && socket.errno() == 0 && socket.isHalfClosed();
  }

  /** Whether everything it has to say was told. */
  boolean isToldAll() {
    ChatOracle.Track track = oracle.of(name);
    return track != null && track.told.containsAll(script);
  }

  /**
   * A call or two.
   *
   * @param mayLeave whether stayers are to leave now
   */
  void step(boolean mayLeave) throws SysException {
    if (over) {
      return;
    }
    if (!socket.isConnected()) {
      socket.connect();
      over = socket.isClosed();
      return;
    }
    boolean sends = sentBytes < output.length && socket.errno() == 0 && !dismissed;
    if (sends && world.dice.oneIn(2)) {
      int count = Math.min(1 + world.dice.below(pieceBytes), output.length - sentBytes);
      sentBytes += socket.send(output, sentBytes, count);
    } else if (deafSteps > 0) {
      deafSteps--;
      world.progress++; // it will listen one day
    } else {
      hear();
    }
    if (!socket.isClosed()) {
      leave(mayLeave);
    }
    over = socket.isClosed();
    if (over) {
      checkEnd();
    }
  }

  private void leave(boolean mayLeave) throws SysException {
    boolean saidAll = sentBytes == output.length;
    switch (behaviour) {
      case STAYER -> {
        if (saidAll && mayLeave) {
          socket.halfClose();
        }
      }
      case LEAVER, DEAF, ENDLESS -> {
        if (saidAll) {
          socket.halfClose();
        }
      }
      case QUITTER -> {
        if (sentBytes >= leaveAtBytes && world.dice.oneIn(8)) {
          socket.close();
        }
      }
      case RESETTER -> {
        if (sentBytes >= leaveAtBytes && world.dice.oneIn(8)) {
          socket.reset();
        }
      }
    }
    if (socket.hasEnded()) {
      socket.close();
    }
  }

  private void hear() {
    int n = socket.receive(1 + world.dice.below(SimWorld.BUFFER_BYTES));
    heardBytes += n;
    for (int i = 0; i < n; i++) {
      char c = (char) world.buffer.buffer().get(i);
      partial.append(c);
      if (c == '\n') {
        heard(partial.toString());
        partial.setLength(0);
      }
    }
  }

  private void heard(String line) {
    if (dismissed) {
      throw new SimFailure(name + " hears something after its dismissal: " + line.strip());
    }
    if (line.startsWith("# ")) {
      greeted = true;
      dismissed = line.contains("dropped");
      return;
    }
    ChatOracle.Track track = oracle.of(name);
    if (track == null || heardCount >= track.mustHear.size()) {
      throw new SimFailure(name + " hears what it should not: " + line.strip());
    }
    String expected = track.mustHear.get(heardCount);
    if (!expected.equals(line)) {
      throw new SimFailure(
          name + " hears '" + line.strip() + "' instead of '" + expected.strip() + "'");
    }
    heardCount++;
  }

  private void checkEnd() {
    if (socket.errno() != 0) {
      requireReason();
    } else if (socket.hasEnded()) {
      requireComplete();
    }
  }

  /** A clean end: nothing is missing, and it was said why. */
  private void requireComplete() {
    if (world.isEnding() || (!greeted && world.mayBeBroken())) {
      return;
    }
    if (!dismissed && !socket.isHalfClosed()) {
      throw new SimFailure(text() + " was left without a word");
    }
    ChatOracle.Track track = oracle.of(name);
    int must = track == null ? 0 : track.mustHear.size();
    if (heardCount != must || !partial.isEmpty()) {
      throw new SimFailure(
          text() + " heard " + heardCount + " of " + must + " lines, and then a clean end");
    }
  }

  /** An error: a fault, or its own doing. */
  private void requireReason() {
    boolean slow = behaviour == Behaviour.DEAF || dismissed || isDropped();
    boolean crowded = world.plan.peerCount() > world.plan.backlog();
    if (!slow && !crowded && !world.isEnding() && !world.mayBeBroken()) {
      throw new SimFailure(text() + ", and nothing was to blame");
    }
  }

  private boolean isDropped() {
    ChatOracle.Track track = oracle.of(name);
    return track != null && track.end != null && track.end.contains("dropped");
  }

  /** What was told of it must be what it said. */
  void checkTold() {
    ChatOracle.Track track = oracle.of(name);
    if (track == null) {
      return;
    }
    int said = 0;
    for (String line : track.told) {
      if (!line.startsWith("* ")) {
        if (said >= script.size() || !script.get(said).equals(line)) {
          throw new SimFailure(name + " never said, or not then: " + line.strip());
        }
        said++;
      }
    }
    if (isComplete() && !world.isEnding() && !isDropped() && said != script.size()) {
      throw new SimFailure(text() + " said more than the " + said + " lines that were told");
    }
  }

  String text() {
    return socket
        + " ("
        + behaviour.name().toLowerCase(Locale.ROOT)
        + "), sent "
        + sentBytes
        + " of "
        + output.length
        + ", heard "
        + heardCount
        + " lines";
  }
}
