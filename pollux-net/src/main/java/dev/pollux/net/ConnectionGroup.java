package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Connections of one or more loops that are sent the same: a chat, a feed.
 *
 * <p>A {@link #broadcast} reaches the members of its own loop at once, and those of each other loop
 * in one task there. A member that is added before a broadcast is told it; what one thread
 * broadcasts is told in that order; one that is removed during a broadcast is not told it any more.
 * Nobody waits for a slow member: it is given up when it cannot have everything, or what {@link
 * Slow} says. Nor does anybody wait for a loop whose task queue is full: who broadcasts is told so,
 * and its members are as slow ones, as soon as the loop gets to it, and before they are given
 * anything that comes behind what they missed.
 *
 * <p>A member that has ended is left out by itself, and forgotten in time. Ownership: the
 * connections stay who owns them; the group ends nobody but the slow. Threads: {@link #add} and
 * {@link #remove} on the loop of the connection, all else on any. A group has no end of its own.
 */
public final class ConnectionGroup {

  /** Is told of those that fall behind. */
  @FunctionalInterface
  public interface Slow {

    /**
     * The member has too much queued, or its loop had. On that loop, once for each broadcast; and
     * once for all that were {@linkplain #missed missed} by then. What this throws ends the member,
     * and nobody else.
     *
     * @param result FULL: it was given this broadcast all the same. REFUSED: it was not given one,
     *     or some, and unless it is given them some other way its stream has a hole
     */
    void slow(Connection member, WriteResult result);

    /**
     * The task queue of a loop was full, so that its members were not given this broadcast. On the
     * thread that broadcasts, when all other loops have it; what this throws comes out of that
     * call. Does nothing by default: {@link #slow} is told each of these members later.
     *
     * @param members how many they are
     */
    default void missed(EventLoop loop, int members, Payload payload) {}
  }

  /** The way of what is sent to all to one member, where that is not the connection's own. */
  @FunctionalInterface
  public interface Way {

    /**
     * Sends it, or not, as {@link Connection#write(Payload)}: what that answers is what {@link
     * Slow} is told. On the loop of the member; what this throws ends the member, and nobody else.
     */
    @CheckReturnValue
    WriteResult write(Payload payload);
  }

  private static final Slow GIVE_UP =
      (member, result) -> {
        if (!result.isTaken()) {
          member.reset(CloseCause.of(CloseReason.LIMIT, "too slow for what is sent to all"));
        }
      };

  private final Map<EventLoop, Members> members;
  private final Slow slow;

  private ConnectionGroup(List<EventLoop> loops, Slow slow) {
    this.members = new LinkedHashMap<>();
    this.slow = slow;
    for (EventLoop loop : loops) {
      members.put(loop, new Members(loop, slow));
    }
  }

  /** A group without members yet, which resets a member that cannot have everything. */
  public static ConnectionGroup over(List<EventLoop> loops) {
    return over(loops, GIVE_UP);
  }

  /**
   * A group without members yet.
   *
   * @param loops where members may be
   */
  public static ConnectionGroup over(List<EventLoop> loops, Slow slow) {
    return new ConnectionGroup(List.copyOf(loops), Objects.requireNonNull(slow));
  }

  /**
   * Adds a member; nothing if it is one, or has ended.
   *
   * @throws IllegalArgumentException if its loop is none of the group's
   */
  public void add(Connection connection) {
    add(connection, connection::write);
  }

  /**
   * Adds a member that something is before: what is on its way there, or puts a frame around.
   *
   * @throws IllegalArgumentException as above
   */
  public void add(Connection connection, Way way) {
    Objects.requireNonNull(way);
    EventLoop loop = connection.loop();
    Members there = members.get(loop);
    if (there == null) {
      throw new IllegalArgumentException(
          connection + " is on " + loop + ", which the group was not made for");
    }
    loop.requireInLoop("ConnectionGroup.add");
    there.add(new Member(connection, way));
  }

  /** Removes a member; nothing if it is none. */
  public void remove(Connection connection) {
    connection.loop().requireInLoop("ConnectionGroup.remove");
    Members there = members.get(connection.loop());
    if (there != null) {
      there.remove(connection);
    }
  }

  /** How many members there are; some that have ended may still be counted. */
  public int size() {
    int size = 0;
    for (Members there : members.values()) {
      size += there.size;
    }
    return size;
  }

  /** Sends to all members. */
  public boolean broadcast(Payload payload) {
    return broadcast(payload, null);
  }

  /**
   * Sends to all members but one.
   *
   * @return false if the queue of a loop was full, so that its members are not given it; {@link
   *     Slow#missed} is told which and how many, and it is counted as {@link Limit#LOOP_TASKS}
   */
  public boolean broadcast(Payload payload, @Nullable Connection except) {
    Objects.requireNonNull(payload);
    List<Members> missing = List.of();
    for (Members there : members.values()) {
      if (!there.send(payload, except)) {
        missing = missing.isEmpty() ? new ArrayList<>() : missing;
        missing.add(there);
      }
    }
    for (Members there : missing) {
      slow.missed(there.loop, there.size, payload);
    }
    return missing.isEmpty();
  }

  private record Member(Connection connection, Way way) {}

  /** The members of one loop. */
  private static final class Members {

    private static final int LEAST_PRUNED = 16;

    final EventLoop loop;
    volatile int size;
    private final Slow slow;
    private final Map<Connection, Member> all = new LinkedHashMap<>();
    private Member @Nullable [] snapshot; // of all, while that does not change
    private int pruneAt = LEAST_PRUNED;

    // What the members missed: set by who broadcasts, and taken by the loop. By the lock of this.
    private volatile boolean missed;
    private @Nullable Connection spared; // whom all that was missed was not for
    private long offered; // the number of the last broadcast that the loop took
    private long firstHole; // the number of the one before what was missed
    private long lastHole;

    // The loop's alone.
    private long delivered;
    private final Set<Connection> late = new HashSet<>(); // who came after what was missed

    Members(EventLoop loop, Slow slow) {
      this.loop = loop;
      this.slow = slow;
    }

    void add(Member member) {
      tellMissed(); // which is not the new one's
      Connection connection = member.connection();
      if (connection.isClosed() || all.putIfAbsent(connection, member) != null) {
        return;
      }
      if (missed) {
        boolean _ = late.add(connection);
      }
      if (all.size() >= pruneAt) {
        prune();
        pruneAt = Math.max(LEAST_PRUNED, 2 * all.size());
      }
      changed();
    }

    void remove(Connection connection) {
      if (all.remove(connection) != null) {
        boolean _ = late.remove(connection);
        changed();
      }
    }

    private void prune() {
      if (all.keySet().removeIf(Connection::isClosed)) {
        changed();
      }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written by the loop alone
    private void changed() {
      snapshot = null;
      size = all.size();
    }

    boolean send(Payload payload, @Nullable Connection except) {
      if (loop.inLoop()) {
        tellMissed();
        deliver(payload, except);
        return true;
      }
      boolean given = size == 0 || offer(payload, except);
      if (!given) {
        NetStats.of(loop).refuse(Limit.LOOP_TASKS);
      }
      return given;
    }

    /** Numbers it and has the loop deliver it; false if the loop has no room for that. */
    @SuppressWarnings("ReferenceEquality") // a connection equals itself alone
    private synchronized boolean offer(Payload payload, @Nullable Connection except) {
      long number = offered + 1;
      if (loop.offer(() -> deliver(number, payload, except))) {
        offered = number;
      } else if (!loop.isClosed()) {
        spared = !missed || spared == except ? except : null;
        firstHole = missed ? firstHole : offered;
        lastHole = offered;
        if (!missed) {
          missed = true;
          tellSoon();
        }
        return false;
      }
      return true;
    }

    /**
     * Has the loop tell as soon as it has room for that, though nobody may broadcast any more. A
     * thread waits for it, one at most, until then or the end of the loop.
     */
    private void tellSoon() {
      Thread _ =
          Thread.ofVirtual()
              .name("broadcast-missed")
              .start(() -> {
                boolean _ = OnLoop.postParking(loop, this::tellMissed);
              });
    }

    private void deliver(long number, Payload payload, @Nullable Connection except) {
      tellMissed();
      try {
        deliver(payload, except);
      } finally {
        delivered = number;
      }
      tellMissed();
    }

    /**
     * The members that missed something are told: after what the loop took before that, and before
     * anything else happens to them.
     */
    private void tellMissed() {
      if (!missed) {
        return;
      }
      Connection whole;
      synchronized (this) {
        if (delivered < firstHole) {
          return;
        }
        whole = spared;
        firstHole = lastHole;
        missed = delivered < lastHole;
        spared = missed ? spared : null;
      }
      Member[] now = members();
      for (Member member : now) {
        Connection connection = member.connection();
        boolean hasMissed = !connection.equals(whole) && !late.contains(connection);
        if (hasMissed && isStill(member, now) && !connection.isClosed()) {
          tellSlow(connection, WriteResult.REFUSED);
        }
      }
      late.clear();
    }

    private Member[] members() {
      Member[] now = snapshot;
      if (now == null) {
        now = all.values().toArray(Member[]::new);
        snapshot = now;
      }
      return now;
    }

    /** Whether one of these is a member: who was told of another may have removed it. */
    @SuppressWarnings("ReferenceEquality") // whether nothing has changed since
    private boolean isStill(Member member, Member[] now) {
      return snapshot == now || member.equals(all.get(member.connection()));
    }

    private void deliver(Payload payload, @Nullable Connection except) {
      Member[] now = members();
      boolean anyEnded = false;
      for (Member member : now) {
        Connection connection = member.connection();
        if (isStill(member, now) && !connection.equals(except)) {
          WriteResult result = write(member, payload);
          if (result == WriteResult.CLOSED) {
            anyEnded |= connection.isClosed();
          } else if (!result.goesOn()) {
            tellSlow(connection, result);
          }
        }
      }
      if (anyEnded) {
        prune();
      }
    }

    private static WriteResult write(Member member, Payload payload) {
      try {
        return member.way().write(payload);
      } catch (Throwable t) {
        member.connection().channel().failed(t);
        return WriteResult.CLOSED;
      }
    }

    private void tellSlow(Connection member, WriteResult result) {
      try {
        slow.slow(member, result);
      } catch (Throwable t) {
        member.channel().failed(t);
      }
    }
  }
}
