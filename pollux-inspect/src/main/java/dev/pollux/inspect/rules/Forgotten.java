package dev.pollux.inspect.rules;

import dev.pollux.inspect.Confidence;
import dev.pollux.inspect.Descriptor;
import dev.pollux.inspect.Disease;
import dev.pollux.inspect.EpollSet;
import dev.pollux.inspect.Finding;
import dev.pollux.inspect.ProcessThread;
import dev.pollux.inspect.ProcessView;
import dev.pollux.inspect.SocketState;
import dev.pollux.inspect.SocketState.State;
import dev.pollux.inspect.SystemCall;
import dev.pollux.inspect.SystemCall.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Sockets with news that nobody waits for; many that the peers have closed. */
final class Forgotten implements Rule {

  private static final int HEAP = 10;

  @Override
  public void find(Looks looks, List<Finding> found) {
    List<Descriptor> ended = new ArrayList<>();
    List<Descriptor> forgotten = new ArrayList<>();
    for (Descriptor each : looks.last().all()) {
      if (each.socket() == null) {
        continue;
      }
      boolean hasEnded = looks.socketAlways(each, state -> state.state() == State.CLOSE_WAIT);
      if (hasEnded) {
        ended.add(each);
      }
      boolean hasNews =
          hasEnded || looks.socketAlways(each, state -> state.unread() > 0 && isStream(state));
      if (hasNews && looks.always(view -> !isWaitedFor(view, each.fd()))) {
        forgotten.add(each);
      }
    }
    if (ended.size() >= HEAP) {
      heap(looks, ended, found);
      forgotten.removeAll(ended);
    }
    forgotten.forEach(each -> found.add(finding(looks, each)));
  }

  private static boolean isStream(SocketState state) {
    return state.state() == State.ESTABLISHED || state.isListening();
  }

  /** Whether it is in a set, or a thread waits for it. */
  private static boolean isWaitedFor(ProcessView view, int fd) {
    for (EpollSet set : view.epolls()) {
      if (set.items().stream().anyMatch(item -> item.fd() == fd)) {
        return true;
      }
    }
    for (ProcessThread thread : view.threads()) {
      SystemCall call = thread.call();
      boolean isCalled = call != null && call.kind() == Kind.OTHER && call.fd() == fd;
      boolean isPolled = call != null && call.watched().stream().anyMatch(each -> each.fd() == fd);
      if (isCalled || isPolled) {
        return true;
      }
    }
    return false;
  }

  /** Whether all ways of waiting were seen. */
  private static boolean isSure(ProcessView view) {
    Set<Kind> kinds = new HashSet<>();
    for (ProcessThread thread : view.threads()) {
      SystemCall call = thread.call();
      if (call == null) {
        return false;
      }
      kinds.add(call.watched().isEmpty() || call.kind() == Kind.EPOLL ? call.kind() : Kind.OTHER);
    }
    return !view.usesIoUring() && !kinds.contains(Kind.POLL) && !kinds.contains(Kind.SELECT);
  }

  private static Finding finding(Looks looks, Descriptor each) {
    List<String> evidence = new ArrayList<>();
    evidence.add("fd " + each.fd() + " (" + each.text() + ")");
    evidence.add("it is in no epoll instance, and no thread waits for it");
    boolean isSure = isSure(looks.last());
    if (!isSure) {
      evidence.add(
          looks.last().usesIoUring()
              ? "but the process has rings of io_uring, which may wait for it"
              : "but not all that its threads wait for may be seen (--deep)");
    }
    evidence.add(looks.span());
    return new Finding(
        Disease.FORGOTTEN,
        isSure ? Confidence.LIKELY : Confidence.POSSIBLE,
        "fd " + each.fd(),
        List.of(each.fd()),
        evidence);
  }

  private static void heap(Looks looks, List<Descriptor> ended, List<Finding> found) {
    found.add(
        new Finding(
            Disease.CLOSE_WAIT_HEAP,
            Confidence.LIKELY,
            ended.size() + " sockets",
            ended.stream().map(Descriptor::fd).toList(),
            List.of(
                ended.size() + " sockets are in CLOSE_WAIT: their peers have closed",
                "the first is fd " + ended.getFirst().fd() + " (" + ended.getFirst().text() + ")",
                looks.span())));
  }
}
