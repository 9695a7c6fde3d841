package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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
 * broadcasts is told in that order. Nobody waits for a slow member: it is given up when it cannot
 * have everything, or what {@link Slow} says.
 *
 * <p>A member that has ended is left out by itself, and forgotten in time. Ownership: the
 * connections stay who owns them; the group ends nobody but the slow. Threads: {@link #add} and
 * {@link #remove} on the loop of the connection, all else on any. A group has no end of its own.
 */
public final class ConnectionGroup {

  /** Is told of a member that falls behind. On the loop of the member, once for each broadcast. */
  @FunctionalInterface
  public interface Slow {

    /**
     * The member has too much queued. What this throws ends the member, and nobody else.
     *
     * @param result FULL: it was given this broadcast all the same. REFUSED: it was not, and unless
     *     it is given it some other way its stream has a hole
     */
    void slow(Connection member, WriteResult result);
  }

  private static final Slow GIVE_UP =
      (member, result) -> {
        if (!result.isTaken()) {
          member.reset(CloseCause.of(CloseReason.LIMIT, "too slow for what is sent to all"));
        }
      };

  private final Map<EventLoop, Members> members;

  private ConnectionGroup(List<EventLoop> loops, Slow slow) {
    this.members = new LinkedHashMap<>();
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
    EventLoop loop = connection.loop();
    Members there = members.get(loop);
    if (there == null) {
      throw new IllegalArgumentException(
          connection + " is on " + loop + ", which the group was not made for");
    }
    loop.requireInLoop("ConnectionGroup.add");
    there.add(connection);
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
   * @return false if the queue of a loop was full, so that its members are not told; it is counted
   *     as {@link Limit#LOOP_TASKS}
   */
  public boolean broadcast(Payload payload, @Nullable Connection except) {
    Objects.requireNonNull(payload);
    boolean all = true;
    for (Members there : members.values()) {
      all &= there.send(payload, except);
    }
    return all;
  }

  /** The members of one loop. */
  private static final class Members {

    private static final int LEAST_PRUNED = 16;

    final EventLoop loop;
    volatile int size;
    private final Slow slow;
    private final Set<Connection> all = new LinkedHashSet<>();
    private Connection @Nullable [] snapshot; // of all, while that does not change
    private int pruneAt = LEAST_PRUNED;

    Members(EventLoop loop, Slow slow) {
      this.loop = loop;
      this.slow = slow;
    }

    void add(Connection connection) {
      if (connection.isClosed() || !all.add(connection)) {
        return;
      }
      if (all.size() >= pruneAt) {
        prune();
        pruneAt = Math.max(LEAST_PRUNED, 2 * all.size());
      }
      changed();
    }

    void remove(Connection connection) {
      if (all.remove(connection)) {
        changed();
      }
    }

    private void prune() {
      if (all.removeIf(Connection::isClosed)) {
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
        deliver(payload, except);
      } else if (size > 0 && !loop.offer(() -> deliver(payload, except)) && !loop.isClosed()) {
        NetStats.of(loop).refuse(Limit.LOOP_TASKS);
        return false;
      }
      return true;
    }

    private void deliver(Payload payload, @Nullable Connection except) {
      Connection[] now = snapshot;
      if (now == null) {
        now = all.toArray(Connection[]::new);
        snapshot = now;
      }
      boolean anyEnded = false;
      for (Connection member : now) {
        if (!member.equals(except)) {
          WriteResult result = member.write(payload);
          if (result == WriteResult.CLOSED) {
            anyEnded |= member.isClosed();
          } else if (!result.goesOn()) {
            tellSlow(member, result);
          }
        }
      }
      if (anyEnded) {
        prune();
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
