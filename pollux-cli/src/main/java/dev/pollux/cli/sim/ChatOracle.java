package dev.pollux.cli.sim;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.cli.chat.ChatListener;
import dev.pollux.cli.chat.ChatMember;
import dev.pollux.cli.chat.ChatPart;
import dev.pollux.net.CloseCause;
import dev.pollux.sys.Errno;
import java.time.Duration;
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
    private final ChatMember member;
    private final ChatPart part;
    private final Map<ChatPart, Integer> deliveredCount = new HashMap<>();
    private boolean isIn = true;
    private boolean isDropped;

    Track(ChatMember member) {
      this.member = member;
      this.part = member.part();
    }

    /** Whether it is in, and nobody has closed its connection, as a stop does. */
    private boolean isHearing() {
      return isIn && member.connection().isOpen();
    }

    boolean isDropped() {
      return isDropped;
    }
  }

  private final SimRun run;
  private final Duration closeTime;
  private final Map<String, Track> tracks = new LinkedHashMap<>();

  /**
   * One that has heard of nobody yet.
   *
   * @param closeTime how long a connection may take to end, at least
   */
  ChatOracle(SimRun run, Duration closeTime) {
    this.run = run;
    this.closeTime = closeTime;
  }

  /** Null for whoever has never had this name. */
  @Nullable Track of(String name) {
    return tracks.get(name);
  }

  @Override
  public void joined(ChatMember member) {
    note(member + " is in");
    if (tracks.put(member.toString(), new Track(member)) != null) {
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
      if (target.isHearing() && target.part.equals(part) && !target.equals(source)) {
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

  /** A connection is over: there must have been a reason. */
  @Override
  public void closed(ChatMember member, CloseCause cause) {
    SimCauses causes = run.causes();
    boolean isRight =
        switch (cause.reason()) {
          case END_OF_STREAM, LIMIT, RESET -> true; // the member's voice knows more
          case ERROR ->
              (cause.errno() == Errno.ENOMEM || cause.errno() == Errno.ENOSPC)
                  && causes.mayBeExhausted();
          case CLOSED -> run.isStopping();
          case CUT_OFF ->
              causes.isCut()
                  || causes.mayBeHalfOpen()
                  || (run.isStopping() && run.sinceStop().compareTo(closeTime) >= 0);
          case CONNECT_FAILED, IDLE, STALLED, PROTOCOL, HANDLER_FAILED, DETACHED -> false;
        };
    if (!isRight) {
      run.fail("the connection of " + member + " ended without a reason: " + cause);
    }
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
