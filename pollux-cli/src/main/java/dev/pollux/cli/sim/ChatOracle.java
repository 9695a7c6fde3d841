package dev.pollux.cli.sim;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.cli.chat.ChatListener;
import dev.pollux.cli.chat.ChatMember;
import dev.pollux.cli.chat.ChatOptions;
import dev.pollux.cli.chat.ChatPart;
import dev.pollux.cli.chat.ChatRoom;
import dev.pollux.net.CloseCause;
import dev.pollux.net.CloseReason;
import dev.pollux.net.Connection;
import dev.pollux.sys.Errno;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Knows what each member of a simulated chat must hear: every line told by another while it is in,
 * in the order of its loop; and on every loop, all lines of one member in their order.
 */
final class ChatOracle implements ChatListener {

  private static final Duration TOLERANCE = Duration.ofMillis(20);

  /** A line of a member's, with its name and its end. */
  private static final int LONGEST_BYTES = 1 << 8;

  /** What fills a loop's queue, and two letters: one that was said, and one about the end. */
  private static final int MOST_WAITING = SimRun.TASK_CAPACITY + 2;

  /** What is known of one member. */
  static final class Track {
    final List<String> told = new ArrayList<>();
    final List<String> mustHear = new ArrayList<>();
    private final ChatMember member;
    private final ChatPart part;
    private final Map<ChatPart, Integer> deliveredCount = new HashMap<>();
    private boolean isIn = true;
    private boolean isLate;
    private boolean isDropped;
    private boolean isTooLong;

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

    /** Whether it is said to have told a line too long. */
    boolean isTooLong() {
      return isTooLong;
    }

    private int deliveredCount(ChatPart to) {
      return deliveredCount.getOrDefault(to, 0);
    }
  }

  private final SimRun run;
  private final ChatOptions options;
  private final ChatTraffic traffic;
  private @Nullable ChatRoom room;
  private final Map<String, Track> tracks = new LinkedHashMap<>();

  ChatOracle(SimRun run, ChatOptions options, ChatTraffic traffic) {
    this.run = run;
    this.options = options;
    this.traffic = traffic;
  }

  /** The room is open. */
  void begin(ChatRoom opened) {
    room = opened;
  }

  private List<ChatPart> parts() {
    return room == null ? List.of() : room.parts();
  }

  /** Null for whoever has never had this name. */
  @Nullable Track of(String name) {
    return tracks.get(name);
  }

  @Override
  public void joined(ChatMember member) {
    note(member + " is in");
    Track track = new Track(member);
    track.isLate = run.isStopping(); // its loop may be gone before its words are elsewhere
    if (tracks.put(member.toString(), track) != null) {
      run.fail(member + " is in twice");
    }
  }

  @Override
  public void told(ChatMember from, byte[] line) {
    Track track = track(from);
    track.told.add(text(line));
    for (ChatPart part : parts()) {
      int waiting = track.told.size() - track.deliveredCount(part);
      if (waiting > MOST_WAITING) {
        run.fail(waiting + " lines of " + from + " wait for a loop");
      }
    }
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
    track.isTooLong = how.endsWith("a line too long");
    Connection connection = member.connection();
    int least =
        how.endsWith("too slowly")
            ? options.highWaterBytes()
            : how.endsWith("too much came at once") ? options.maxQueuedBytes() - LONGEST_BYTES : 0;
    if (connection.queuedBytes() < least) {
      run.fail(
          String.format(
              Locale.ROOT,
              "%s %s, with %d bytes queued, and not %d",
              member,
              how,
              connection.queuedBytes(),
              least));
    }
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
                  || (run.isStopping()
                      && run.sinceStop()
                              .plus(TOLERANCE)
                              .compareTo(options.connection().closeGrace())
                          >= 0);
          case CONNECT_FAILED, IDLE, STALLED, PROTOCOL, HANDLER_FAILED, DETACHED -> false;
        };
    if (!isRight) {
      run.fail("the connection of " + member + " ended without a reason: " + cause);
    }
    if (cause.reason() == CloseReason.CLOSED || cause.reason() == CloseReason.END_OF_STREAM) {
      traffic.requireRead(member.connection());
    }
  }

  /** Every line reached every part. */
  void requireAllDelivered() {
    if (run.causes().isEnding()) {
      return; // who comes in the end leaves without a word
    }
    tracks.forEach((name, track) -> {
      for (ChatPart part : track.isLate ? List.<ChatPart>of() : parts()) {
        int count = track.deliveredCount(part);
        if (count != track.told.size()) {
          run.fail("of " + track.told.size() + " lines of " + name + " a loop was told " + count);
        }
      }
    });
  }

  /** When all connections are gone, nobody is in, and every name is free. */
  void requireNobody() {
    long left = parts().stream().mapToLong(part -> part.members().size()).sum();
    Set<String> names = room == null ? Set.of() : room.names();
    if (left > 0 || !names.isEmpty()) {
      run.fail(left + " members are left, and the names " + names);
    }
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
