package dev.pollux.cli.sim;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pollux.cli.chat.ChatPart;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a member of a simulated chat says, and what it must hear, line by line. */
final class ChatVoice implements SimPeer.Part {

  private static final int MAX_LINES = 64;
  private static final int MANY_LINES = 512;

  private final SimRun run;
  private final ChatScenario chat;
  private final ChatOracle oracle;
  private final String name;
  private final boolean isStayer;
  private final boolean isTooLong;
  private final List<String> script = new ArrayList<>();
  private final byte[] output;
  private final StringBuilder partial = new StringBuilder();
  private int heardCount;
  private boolean isGreeted;
  private boolean isDismissed;
  private boolean hasHeardLastWord;

  ChatVoice(SimRun run, ChatScenario chat, ChatOracle oracle, String name, int maxLineBytes) {
    this.run = run;
    this.chat = chat;
    this.oracle = oracle;
    this.name = name;
    SimChance chance = run.chance();
    this.isStayer = chance.oneIn(3);
    int count = chance.below(chance.oneIn(8) ? MANY_LINES : MAX_LINES);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes((name + "\n").getBytes(US_ASCII));
    for (int i = 0; i < count; i++) {
      String head = i + " ";
      int most = maxLineBytes - head.length();
      String line = head + "x".repeat(chance.oneIn(8) ? most : chance.below(most));
      script.add(name + ": " + line + "\n");
      bytes.writeBytes((line + (chance.oneIn(4) ? "\r\n" : "\n")).getBytes(US_ASCII));
    }
    this.isTooLong = chance.oneIn(8);
    if (isTooLong) { // its end
      bytes.writeBytes(("y".repeat(maxLineBytes + 1) + "\n").getBytes(US_ASCII));
    }
    this.output = bytes.toByteArray();
  }

  /** All that it says. */
  byte[] output() {
    return output;
  }

  /** Stayers leave when the others are gone and everything was told. */
  @Override
  public boolean mayEnd() {
    return !isStayer || chat.mayStayersLeave();
  }

  boolean isStayer() {
    return isStayer;
  }

  /** Whether everything it has to say was told. */
  boolean isToldAll() {
    ChatOracle.Track track = oracle.of(name);
    return track != null && track.told.containsAll(script);
  }

  @Override
  public void heard(SimPeer peer, ByteBuffer data) {
    while (data.hasRemaining()) {
      char c = (char) data.get();
      partial.append(c);
      if (c == '\n') {
        heard(partial.toString());
        partial.setLength(0);
      }
    }
  }

  private void heard(String line) {
    if (isDismissed) {
      run.fail(name + " hears something after its dismissal: " + line.strip());
    }
    if (line.startsWith("# ")) {
      isGreeted = true;
      isDismissed = line.contains("dropped");
      hasHeardLastWord |= line.equals(ChatPart.LAST_WORD + "\n");
      return;
    }
    ChatOracle.Track track = oracle.of(name);
    String expected =
        track == null || heardCount >= track.mustHear.size() ? "" : track.mustHear.get(heardCount);
    if (!expected.equals(line)) {
      run.fail(name + " hears '" + line.strip() + "' instead of '" + expected.strip() + "'");
    }
    heardCount++;
  }

  @Override
  public void over(SimPeer peer) {
    SimCauses causes = run.causes();
    if (peer.isEndedInOrder()) {
      requireAllHeard(peer);
    } else if (peer.isFaithful() && !isDismissed && !isDropped() && !causes.isEnding()) {
      if (!causes.mayBeBroken() && !causes.mayBeLate()) {
        run.fail(peer.text() + ", and nothing was to blame");
      }
    }
  }

  /** A clean end: nothing is missing, and it was said why. */
  private void requireAllHeard(SimPeer peer) {
    SimCauses causes = run.causes();
    if (!isGreeted && (causes.mayBeBroken() || causes.isEnding())) {
      return;
    }
    ChatOracle.Track track = oracle.of(name);
    boolean isStopped = causes.isEnding() && (hasHeardLastWord || track == null);
    if (!isDismissed && !peer.hasEnded() && !isStopped) {
      run.fail(peer.text() + " was left without a word");
    }
    int must = track == null ? 0 : track.mustHear.size();
    if (heardCount != must || !partial.isEmpty()) {
      run.fail(
          String.format(
              Locale.ROOT,
              "%s heard %d of %d lines, and then a clean end",
              peer.text(),
              heardCount,
              must));
    }
  }

  private boolean isDropped() {
    ChatOracle.Track track = oracle.of(name);
    return track != null && track.isDropped();
  }

  /** What was told of it must be what it said. */
  void requireTold(SimPeer peer) {
    ChatOracle.Track track = oracle.of(name);
    if (track == null) {
      return;
    }
    List<String> said = track.told.stream().filter(line -> !line.startsWith("* ")).toList();
    if (said.size() > script.size() || !said.equals(script.subList(0, said.size()))) {
      run.fail(name + " never said, or not so: " + said.getLast().strip());
    }
    if (track.isTooLong() && (!isTooLong || said.size() < script.size())) {
      run.fail(peer.text() + " is dropped, and no line was too long");
    }
    if (peer.isComplete()
        && !run.causes().isEnding()
        && !isDropped()
        && said.size() < script.size()) {
      run.fail(peer.text() + " said more than the " + said.size() + " lines that were told");
    }
  }
}
