package dev.pollux.inspect.rules;

import dev.pollux.inspect.Confidence;
import dev.pollux.inspect.Descriptor;
import dev.pollux.inspect.Disease;
import dev.pollux.inspect.EpollItem;
import dev.pollux.inspect.EpollSet;
import dev.pollux.inspect.FileKind;
import dev.pollux.inspect.Finding;
import dev.pollux.inspect.ProcessThread;
import dev.pollux.inspect.SocketState;
import dev.pollux.inspect.SocketState.State;
import dev.pollux.inspect.proc.Holders;
import dev.pollux.inspect.rules.Looks.Lasting;
import dev.pollux.sys.Linux;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A thread that runs all the time, and an item that is always ready by its level.
 *
 * <p>A busy program runs all the time as well, and the kernel does not show what a thread that runs
 * asks for. So it is likely at most: if one thread does, it was seen to wait on this instance
 * before, nobody sleeps there now, and nothing else in it has anything to be done, but what spins
 * as well.
 */
final class Spinning implements Rule {

  private final Holders holders;
  private final KnownWaits waits;

  /** By instance, the numbers of items that have something to be done. */
  private final Map<Integer, Set<Integer>> loud = new HashMap<>();

  Spinning(Holders holders, KnownWaits waits) {
    this.holders = holders;
    this.waits = waits;
  }

  @Override
  public void find(Looks looks, List<Finding> found) {
    List<ProcessThread> spinning = looks.hot().stream().filter(looks::makesCalls).toList();
    if (spinning.isEmpty()) {
      return;
    }
    Set<Integer> awake = new TreeSet<>();
    for (EpollSet set : looks.last().epolls()) {
      if (!set.items().isEmpty() && looks.isNobodyOn(set.fd())) {
        awake.add(set.fd());
      }
    }
    for (Lasting each : looks.items()) {
      boolean isRuledOut = !awake.contains(each.set().fd()) || looks.isNothingReady(each.set());
      Disease disease = isRuledOut ? null : culprit(looks, each);
      if (disease != null) {
        found.add(finding(disease, looks, each, spinning));
      }
    }
  }

  private @Nullable Disease culprit(Looks looks, Lasting each) {
    Descriptor target = each.target();
    if (target == null || each.item().isEdge() || each.item().hasFired()) {
      return null;
    }
    boolean isUnasked = !each.item().wants(Linux.EPOLLIN | Linux.EPOLLOUT | Linux.EPOLLRDHUP);
    boolean isHungUp = isHungUp(looks, target);
    if (isHungUp) {
      return isUnasked ? Disease.HANGUP_ON_EMPTY_MASK : Disease.END_UNREAD;
    }
    if (looks.isPending(target) && each.item().wants(Linux.EPOLLIN)) {
      return Disease.INPUT_UNREAD;
    }
    return looks.isSame(target, SocketState::moved) ? still(looks, each, target) : null;
  }

  /** Of a socket on which nothing moves. */
  private static @Nullable Disease still(Looks looks, Lasting each, Descriptor target) {
    boolean hasEnded = looks.socketAlways(target, socket -> socket.state() == State.CLOSE_WAIT);
    if (hasEnded && each.item().wants(Linux.EPOLLIN | Linux.EPOLLRDHUP)) {
      return Disease.END_UNREAD;
    }
    boolean isUnread =
        looks.socketAlways(target, socket -> socket.unread() > 0)
            && looks.isSame(target, SocketState::unread);
    if (isUnread && each.item().wants(Linux.EPOLLIN)) {
      return Disease.INPUT_UNREAD;
    }
    boolean isWritable =
        looks.socketAlways(
            target,
            socket ->
                (socket.state() == State.ESTABLISHED || socket.state() == State.CLOSE_WAIT)
                    && socket.unsent() == 0);
    return isWritable && each.item().wants(Linux.EPOLLOUT) ? Disease.WRITABLE_SPIN : null;
  }

  private boolean isHungUp(Looks looks, Descriptor target) {
    if (target.kind() == FileKind.PIPE) {
      return holders.otherEnds(target.inode(), target.isReadEnd()).isEmpty();
    }
    return looks.socketAlways(
        target, socket -> socket.isHungUp() || socket.state() == State.UNKNOWN);
  }

  /** Why it is not sure; null if it is as sure as it can be. */
  private @Nullable String doubt(Looks looks, Lasting each, List<ProcessThread> spinning) {
    SocketState socket = each.socket();
    if (socket != null && socket.state() == State.UNKNOWN) {
      return "it is in no table: it may be of another protocol, and well";
    }
    if (spinning.size() > 1 || looks.hot().size() > 1) {
      return "more than one thread runs";
    }
    Descriptor target = each.target();
    if (target != null && target.kind() == FileKind.PIPE && !holders.areAllSeen()) {
      return "a process that may not be seen may have the other end";
    }
    ProcessThread thread = spinning.getFirst();
    if (!looks.isSoOf(each.set().fd(), epfd -> isWaiter(epfd, thread))) {
      return "it was not seen to wait there before (--watch from a quieter time)";
    }
    if (!looks.isIdleOtherwise(thread)) {
      return "it reads or writes files meanwhile, or takes memory: it may just be at work";
    }
    return isQuietBut(looks, each) ? null : "other items have something to do for it";
  }

  /** Whether the thread was seen to wait there before. */
  private boolean isWaiter(int epfd, ProcessThread thread) {
    ProcessThread waiter = waits.on(epfd);
    return waiter != null && waiter.tid() == thread.tid();
  }

  /** Whether no other item of the instance has anything to do for the loop. */
  private boolean isQuietBut(Looks looks, Lasting culprit) {
    Set<Integer> noise = loud.computeIfAbsent(culprit.set().fd(), _ -> loud(looks, culprit.set()));
    return noise.isEmpty() || noise.equals(Set.of(culprit.item().fd()));
  }

  private static Set<Integer> loud(Looks looks, EpollSet set) {
    Set<Integer> numbers = new HashSet<>();
    for (EpollItem item : set.items()) {
      Descriptor target = looks.last().target(item);
      if (target != null && isLoud(looks, target)) {
        numbers.add(item.fd());
      }
    }
    return numbers;
  }

  private static boolean isLoud(Looks looks, Descriptor target) {
    SocketState socket = target.socket();
    boolean isMoving = socket != null && !looks.isSame(target, SocketState::moved);
    boolean isUnread = socket != null && socket.unread() > 0;
    return isMoving || isUnread || target.pending() > 0 || !looks.isSamePending(target);
  }

  private Finding finding(
      Disease disease, Looks looks, Lasting each, List<ProcessThread> spinning) {
    List<String> evidence = new ArrayList<>();
    evidence.add(each.fact());
    evidence.add("by level it is ready at each wait; nobody sleeps on epoll " + each.set().fd());
    for (ProcessThread thread : spinning) {
      evidence.add(
          Threads.name(thread) + " runs all the time, or waits for a processor, and makes calls");
    }
    String doubt = doubt(looks, each, spinning);
    evidence.add(
        doubt == null
            ? Threads.name(spinning.getFirst()) + " waited there before"
            : "but " + doubt);
    evidence.add(looks.span());
    Confidence sure = doubt == null ? Confidence.LIKELY : Confidence.POSSIBLE;
    return new Finding(disease, sure, each.subject(), List.of(each.item().fd()), evidence);
  }
}
