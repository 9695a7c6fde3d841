package dev.pollux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

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
    final ChatPart part;
    final List<String> told = new ArrayList<>();
    final List<String> mustHear = new ArrayList<>();
    private final Map<ChatPart, Integer> deliveredCount = new HashMap<>();
    private boolean in = true;
    @Nullable String end;

    Track(ChatPart part) {
      this.part = part;
    }
  }

  private final SimWorld world;
  private final Map<String, Track> tracks = new LinkedHashMap<>();

  ChatOracle(SimWorld world) {
    this.world = world;
  }

  /** Null for whoever has never had this name. */
  @Nullable Track of(String name) {
    return tracks.get(name);
  }

  @Override
  public void joined(ChatMember member) {
    world.progress++;
    world.note(member + " is in");
    if (tracks.put(member.toString(), new Track(member.part())) != null) {
      world.fail(member + " is in twice", null);
    }
  }

  @Override
  public void told(ChatMember from, byte[] line) {
    track(from).told.add(text(line));
  }

  @Override
  public void delivered(ChatPart part, ChatMember from, byte[] line) {
    world.progress++;
    Track source = track(from);
    int index = source.deliveredCount.merge(part, 1, Integer::sum) - 1;
    String text = text(line);
    if (index >= source.told.size() || !source.told.get(index).equals(text)) {
      world.fail("a part is told out of order, or what was not said: " + text, null);
    }
    for (Track target : tracks.values()) {
      if (target.in && target.part.equals(part) && !target.equals(source)) {
        target.mustHear.add(text);
      }
    }
  }

  @Override
  public void left(ChatMember member, String how) {
    world.progress++;
    world.note(member + " " + how);
    Track track = track(member);
    track.in = false;
    track.end = how;
  }

  /** Every line reached every part. */
  void requireAllDelivered(List<ChatPart> parts) {
    tracks.forEach((name, track) -> {
      for (ChatPart part : parts) {
        int count = track.deliveredCount.getOrDefault(part, 0);
        if (count != track.told.size()) {
          throw new SimFailure(
              "of " + track.told.size() + " lines of " + name + " a loop was told " + count);
        }
      }
    });
  }

  private Track track(ChatMember member) {
    Track track = tracks.get(member.toString());
    if (track == null) {
      throw new SimFailure(member + " was never in");
    }
    return track;
  }

  private static String text(byte[] line) {
    return new String(line, UTF_8);
  }
}
