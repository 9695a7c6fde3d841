package dev.pollux.model;

import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules for epoll instances that watch epoll instances: no circle, at most five in a row, and
 * not too many ways by which one file's change can spread.
 *
 * <p>Complexity: every instance reachable is visited once; only an add that involves a nested
 * instance pays.
 */
final class Nesting {

  /** The kernel's EP_MAX_NESTS: steps from the outermost instance to the innermost. */
  static final int MAX_DEPTH = 4;

  /** Ways of each length from a file up to an outermost instance; any number of the shortest. */
  private static final int[] MAX_PATHS = {1000, 500, 100, 50, 10};

  private Nesting() {}

  /** Whether {@code inner} may not be watched by {@code outer}: a circle, or too deep. */
  static boolean isForbidden(EventPoll outer, EventPoll inner) {
    int down = depthBelow(inner, outer, new IdentityHashMap<>());
    if (down > MAX_DEPTH) {
      return true;
    }
    return down + 1 + heightAbove(outer, new IdentityHashMap<>()) > MAX_DEPTH;
  }

  /** Steps down from an instance; more than the most if one of them leads to {@code forbidden}. */
  private static int depthBelow(
      EventPoll epoll, EventPoll forbidden, Map<EventPoll, Integer> known) {
    Integer before = known.get(epoll);
    if (before != null) {
      return before;
    }
    int depth = 0;
    for (EpollItem i = epoll.interest.first(); i != null; i = InterestTree.next(i)) {
      if (i.target.file instanceof EventPoll inner) {
        depth =
            inner == forbidden
                ? MAX_DEPTH + 1
                : Math.max(depth, 1 + depthBelow(inner, forbidden, known));
      }
      if (depth > MAX_DEPTH) {
        break;
      }
    }
    known.put(epoll, depth);
    return depth;
  }

  private static int heightAbove(EventPoll epoll, Map<EventPoll, Integer> known) {
    Integer before = known.get(epoll);
    if (before != null) {
      return before;
    }
    int height = 0;
    for (EpollItem i = epoll.description().firstWatcher; i != null; i = i.nextWatcher) {
      height = Math.max(height, 1 + heightAbove(i.epoll, known));
    }
    known.put(epoll, height);
    return height;
  }

  /** Whether, with {@code target} just added to {@code epoll}, some file has too many ways up. */
  static boolean hasTooManyPaths(EventPoll epoll, Description target) {
    if (target.file instanceof EventPoll inner) {
      return anyBelow(inner, new IdentityHashMap<>());
    }
    return epoll.description().firstWatcher != null && exceeds(target);
  }

  private static boolean anyBelow(EventPoll epoll, Map<EventPoll, Boolean> visited) {
    if (visited.put(epoll, true) != null) {
      return false;
    }
    for (EpollItem i = epoll.interest.first(); i != null; i = InterestTree.next(i)) {
      boolean found =
          i.target.file instanceof EventPoll inner ? anyBelow(inner, visited) : exceeds(i.target);
      if (found) {
        return true;
      }
    }
    return false;
  }

  private static boolean exceeds(Description file) {
    return exceeds(file.firstWatcher, 0, new int[MAX_PATHS.length]);
  }

  private static boolean exceeds(@Nullable EpollItem first, int length, int[] counts) {
    if (length > MAX_DEPTH) {
      return true;
    }
    for (EpollItem i = first; i != null; i = i.nextWatcher) {
      EpollItem above = i.epoll.description().firstWatcher;
      boolean tooMany =
          above == null
              ? length > 0 && ++counts[length] > MAX_PATHS[length]
              : exceeds(above, length + 1, counts);
      if (tooMany) {
        return true;
      }
    }
    return false;
  }
}
