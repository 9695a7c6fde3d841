package dev.pollux.inspect.rules;

import dev.pollux.inspect.Confidence;
import dev.pollux.inspect.Descriptor;
import dev.pollux.inspect.Disease;
import dev.pollux.inspect.Finding;
import dev.pollux.inspect.SocketState;
import dev.pollux.inspect.proc.Holders;
import dev.pollux.inspect.proc.Holders.Holder;
import dev.pollux.inspect.rules.Looks.Lasting;
import dev.pollux.sys.Linux;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes, or connections, that wait while the item says that no event will tell of them: an edge
 * that was told, a one-shot that has fired, an input that is not asked for.
 *
 * <p>What the kernel holds says that no event comes. It does not say that this is a fault: who
 * pauses for a backend, a timer, a full pipe or a low-water mark looks the same. So it is likely at
 * most, and possible where there is one of the {@link Reasons}.
 */
final class WaitingBytes implements Rule {

  private final Holders holders;

  WaitingBytes(Holders holders) {
    this.holders = holders;
  }

  @Override
  public void find(Looks looks, List<Finding> found) {
    for (Lasting each : looks.items()) {
      Descriptor target = each.target();
      if (target != null
          && target.socket() != null
          && looks.socketAlways(target, socket -> socket.unread() > 0)
          && looks.neverLess(target, SocketState::unread)
          && looks.isSleptOn(each.set().fd())) {
        judge(looks, each, target, found);
      }
    }
  }

  private void judge(Looks looks, Lasting each, Descriptor target, List<Finding> found) {
    List<String> evidence = new ArrayList<>(List.of(each.fact(), looks.span()));
    if (each.item().hasFired()) {
      evidence.add("the kernel took the mask away when it told the event");
      Confidence sure = sure(looks, each, target, evidence);
      boolean isHandedOn = looks.last().threads().size() > 1; // which one-shots are made for
      if (isHandedOn && sure == Confidence.LIKELY) {
        evidence.add("but another thread may have it, and wait for something else");
        sure = Confidence.POSSIBLE;
      }
      add(Disease.ONESHOT_NOT_ARMED, sure, each, evidence, found);
    } else if (!each.item().wants(Linux.EPOLLIN)) {
      evidence.add("input is not asked for, so nothing tells of these bytes");
      add(Disease.PAUSED_INPUT, Confidence.POSSIBLE, each, evidence, found);
    } else if (each.item().isEdge() && !looks.isSomethingReady(each.set())) {
      boolean isEmpty = looks.isNothingReady(each.set());
      evidence.add("a thread sleeps on epoll " + each.set().fd() + " in each look");
      boolean isUnasked = each.set().hasReady() == null;
      evidence.add(
          isEmpty
              ? "its ready list is empty"
              : isUnasked
                  ? "its ready list was not looked at (--deep)"
                  : "its ready list had something in one of the looks");
      Confidence sure =
          isEmpty || isUnasked ? sure(looks, each, target, evidence) : Confidence.POSSIBLE;
      add(Disease.LOST_EDGE, sure, each, evidence, found);
    }
  }

  /** How sure it is that nobody will read, by what is seen of the others. */
  private Confidence sure(Looks looks, Lasting each, Descriptor target, List<String> evidence) {
    Holder other = holders.other(looks.last().pid(), target.inode());
    String reason =
        other != null
            ? "it is open as " + other.text() + " too, which may take it"
            : looks.isSame(target, SocketState::moved)
                ? Reasons.toLeave(target, each.set().fd(), looks)
                : "bytes come or go on it";
    if (reason == null) {
      return Confidence.LIKELY;
    }
    evidence.add("but " + reason);
    return Confidence.POSSIBLE;
  }

  private static void add(
      Disease disease, Confidence sure, Lasting each, List<String> evidence, List<Finding> found) {
    found.add(new Finding(disease, sure, each.subject(), List.of(each.item().fd()), evidence));
  }
}
