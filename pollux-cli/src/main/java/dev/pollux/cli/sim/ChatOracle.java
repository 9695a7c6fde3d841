package dev.pollux.cli.sim;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.cli.chat.ChatListener;
import dev.pollux.cli.chat.ChatMember;
import dev.pollux.cli.chat.ChatPart;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Knows what each member of a simulated chat must hear: every line told by another while it is in,
 * in the order of its loop; and on every loop, all lines of one member in their order.
 */
final class ChatOracle implements ChatListener {

  /** What is known of one member. */
  static final class Track {
    final List<String> told = new ArrayList<>();
    final List<String> mustHear = new ArrayList<>();
    private final ChatPart part;
    private final Map<ChatPart, Integer> deliveredCount = new HashMap<>();
    private boolean isIn = true;
    private boolean isDropped;

    Track(ChatPart part) {
      this.part = part;
    }

    boolean isDropped() {
      return isDropped;
    }
  }

  private final SimRun run;
  private final Map<String, Track> tracks = new LinkedHashMap<>();

  ChatOracle(SimRun run) {
    this.run = run;
  }

  /** Null for whoever has never had this name. */
  @Nullable Track of(String name) {
    return tracks.get(name);
  }

  @Override
  public void joined(ChatMember member) {
    note(member + " is in");
    if (tracks.put(member.toString(), new Track(member.part())) != null) {
      run.fail(member + " is in twice");
    }
  }

  @Override
  public void told(ChatMember from, byte[] line) {
    track(from).told.add(text(line));
  }

  @Override
  public void delivered(ChatPart part, ChatMember from, byte[] line) {
    run.moved();
    Track source = track(from);
    int index = source.deliveredCount.merge(part, 1, Integer::sum) - 1;
    String text = text(line);
    if (index >= source.told.size() || !source.told.get(index).equals(text)) {
      run.fail("a part is told out of order, or what was not said: " + text);
    }
    for (Track target : tracks.values()) {
      if (target.isIn && target.part.equals(part) && !target.equals(source)) {
        target.mustHear.add(text);
      }
    }
  }

  @Override
  public void left(ChatMember member, String how) {
    note(member + " " + how);
    Track track = track(member);
    track.isIn = false;
    track.isDropped = how.contains("dropped");
  }

  /** Every line reached every part. */
  void requireAllDelivered(List<ChatPart> parts) {
    tracks.forEach((name, track) -> {
      for (ChatPart part : parts) {
        int count = track.deliveredCount.getOrDefault(part, 0);
        if (count != track.told.size()) {
          run.fail("of " + track.told.size() + " lines of " + name + " a loop was told " + count);
        }
      }
    });
  }

  private Track track(ChatMember member) {
    Track track = tracks.get(member.toString());
    if (track == null) {
      throw new IllegalStateException(member + " was never in");
    }
    return track;
  }

  private void note(String what) {
    run.moved();
    run.sim().note(what);
  }

  private static String text(byte[] line) {
    return new String(line, UTF_8);
  }
}
