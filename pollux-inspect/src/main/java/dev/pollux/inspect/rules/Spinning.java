package dev.pollux.inspect.rules;

import dev.pollux.inspect.Confidence;
import dev.pollux.inspect.Descriptor;
import dev.pollux.inspect.Disease;
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
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A thread that runs all the time, and an item that is always ready by its level.
 *
 * <p>A busy loop runs all the time as well, and the kernel does not show what a thread that runs
 * asks for. So it is likely at most: if one thread does, one instance has nobody asleep on it, and
 * nothing else in it has anything to be read.
 */
final class Spinning implements Rule {

  private final Holders holders;

  Spinning(Holders holders) {
    this.holders = holders;
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
    boolean isOne = spinning.size() == 1 && awake.size() == 1 && looks.hot().size() == 1;
    for (Lasting each : looks.items()) {
      boolean isRuledOut = !awake.contains(each.set().fd()) || looks.isNothingReady(each.set());
      Disease disease = isRuledOut ? null : culprit(looks, each);
      if (disease != null) {
        boolean isSure = isOne && !isUnlisted(each) && isQuietBut(looks, each);
        Confidence sure = isSure ? Confidence.LIKELY : Confidence.POSSIBLE;
        found.add(finding(disease, sure, looks, each, spinning));
      }
    }
  }

  /** Whether it may be of a protocol that has no table, and well. */
  private static boolean isUnlisted(Lasting each) {
    SocketState socket = each.socket();
    return socket != null && socket.isUnlisted();
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
    boolean hasEnded = looks.socketAlways(target, socket -> socket.state() == State.CLOSE_WAIT);
    if (hasEnded && each.item().wants(Linux.EPOLLIN | Linux.EPOLLRDHUP)) {
      return Disease.END_UNREAD;
    }
    boolean isWritable =
        looks.socketAlways(
            target, socket -> socket.state() == State.ESTABLISHED && socket.unsent() == 0);
    return isWritable && each.item().wants(Linux.EPOLLOUT) ? Disease.WRITABLE_SPIN : null;
  }

  private boolean isHungUp(Looks looks, Descriptor target) {
    if (target.kind() == FileKind.PIPE) {
      boolean isReadEnd = target.detail().startsWith("read");
      return !holders.hasOtherEnd(target.inode(), isReadEnd);
    }
    return looks.socketAlways(target, SocketState::isHungUp);
  }

  /** Whether no other item of the instance has anything to do for the loop. */
  private static boolean isQuietBut(Looks looks, Lasting culprit) {
    for (Lasting each : looks.items()) {
      SocketState socket = each.socket();
      boolean isOther = each.set().fd() == culprit.set().fd() && !each.equals(culprit);
      if (isOther && socket != null && socket.unread() > 0 && !each.item().isEdge()) {
        return false;
      }
    }
    return true;
  }

  private static Finding finding(
      Disease disease, Confidence sure, Looks looks, Lasting each, List<ProcessThread> spinning) {
    List<String> evidence = new ArrayList<>();
    evidence.add(each.fact());
    evidence.add("by level it is ready at each wait; nobody sleeps on epoll " + each.set().fd());
    for (ProcessThread thread : spinning) {
      evidence.add(
          "thread " + thread.tid() + " (" + thread.name() + ") runs all the time, making calls");
    }
    evidence.add(looks.span());
    return new Finding(disease, sure, each.subject(), List.of(each.item().fd()), evidence);
  }
}
