package dev.pollux.inspect.rules;

import dev.pollux.inspect.Confidence;
import dev.pollux.inspect.Descriptor;
import dev.pollux.inspect.Disease;
import dev.pollux.inspect.EpollSet;
import dev.pollux.inspect.Finding;
import dev.pollux.inspect.ProcessThread;
import dev.pollux.inspect.SocketState;
import dev.pollux.inspect.SystemCall;
import dev.pollux.inspect.rules.Looks.Lasting;
import dev.pollux.sys.Linux;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Items are ready, nobody waits on their instance, and no thread spins: the loop is elsewhere. */
final class BlockedLoop implements Rule {

  @Override
  public void find(Looks looks, List<Finding> found) {
    boolean isSpinning = looks.hot().stream().anyMatch(looks::makesCalls);
    if (isSpinning || looks.last().isStopped()) {
      return;
    }
    for (EpollSet set : looks.last().epolls()) {
      if (!set.items().isEmpty() && looks.isNobodyOn(set.fd())) {
        Lasting ready = ready(looks, set);
        if (ready != null || looks.isSomethingReady(set)) {
          found.add(finding(looks, set, ready));
        }
      }
    }
  }

  /** An item with input that nobody has taken since the first look. */
  private static @Nullable Lasting ready(Looks looks, EpollSet set) {
    for (Lasting each : looks.items()) {
      Descriptor target = each.target();
      if (each.set().fd() == set.fd()
          && target != null
          && each.item().wants(Linux.EPOLLIN)
          && !each.item().isEdge()
          && looks.socketAlways(target, socket -> socket.unread() > 0)
          && looks.neverLess(target, SocketState::unread)) {
        return each;
      }
    }
    return null;
  }

  private static Finding finding(Looks looks, EpollSet set, @Nullable Lasting ready) {
    List<ProcessThread> elsewhere = looks.elsewhere();
    List<ProcessThread> held = elsewhere.stream().filter(looks::isHeld).toList();
    List<ProcessThread> suspects = held.isEmpty() ? elsewhere : held;
    List<String> evidence = new ArrayList<>();
    evidence.add(
        ready == null
            ? "the ready list of epoll " + set.fd() + " has something in each look"
            : ready.fact());
    evidence.add("nobody waits on epoll " + set.fd());
    for (ProcessThread thread : suspects) {
      evidence.add(
          name(thread) + (held.isEmpty() ? " moves, and was last " : " is ") + where(thread));
    }
    evidence.add(looks.span());
    ProcessThread only = suspects.size() == 1 ? suspects.getFirst() : null;
    List<Integer> fds = ready == null ? List.of(set.fd()) : List.of(ready.item().fd(), set.fd());
    return new Finding(
        Disease.BLOCKED_LOOP,
        confidence(held),
        only == null ? "epoll " + set.fd() : name(only),
        fds,
        evidence);
  }

  /** A thread that moves may be on its way to the item. */
  private static Confidence confidence(List<ProcessThread> held) {
    boolean isWaiting = held.stream().anyMatch(ProcessThread::isInWait); // perhaps for its own
    return held.size() != 1 || isWaiting ? Confidence.POSSIBLE : Confidence.LIKELY;
  }

  private static String name(ProcessThread thread) {
    return "thread " + thread.tid() + " (" + thread.name() + ")";
  }

  private static String where(ProcessThread thread) {
    SystemCall call = thread.call();
    if (call != null && call.kind() != SystemCall.Kind.NONE) {
      return "in " + call.text();
    }
    return thread.place().isEmpty() ? "on a processor" : "in the kernel at " + thread.place();
  }
}
