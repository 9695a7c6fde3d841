package dev.pollux.inspect.rules;

import dev.pollux.inspect.Confidence;
import dev.pollux.inspect.Descriptor;
import dev.pollux.inspect.Disease;
import dev.pollux.inspect.Finding;
import dev.pollux.inspect.ProcessThread;
import dev.pollux.inspect.ProcessView;
import dev.pollux.inspect.SocketState;
import dev.pollux.inspect.SocketState.State;
import dev.pollux.inspect.SystemCall;
import dev.pollux.inspect.SystemCall.Kind;
import dev.pollux.inspect.proc.Holders;
import dev.pollux.inspect.proc.Holders.Holder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sockets with news that nobody waits for; many that the peers have closed. */
final class Forgotten implements Rule {

  private static final int HEAP = 10;
  private static final String INTERRUPTED = "restart_syscall";

  private final Holders holders;
  private final long silenceMillis;

  Forgotten(Holders holders, Duration silence) {
    this.holders = holders;
    this.silenceMillis = silence.toMillis();
  }

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
      if (hasNews && looks.isUnwatched(each)) {
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

  /** Whether all ways of waiting were seen; a call that a signal has interrupted is not. */
  private static boolean isSeen(ProcessView view) {
    for (ProcessThread thread : view.threads()) {
      SystemCall call = thread.call();
      if (call == null) {
        return false;
      }
      boolean isUntold = call.isWait() && call.kind() != Kind.EPOLL && call.watched().isEmpty();
      if (isUntold || call.name().equals(INTERRUPTED)) {
        return false;
      }
    }
    return true;
  }

  /** Why it may be well; null if nothing is seen. */
  private @Nullable String reason(Looks looks, Descriptor each) {
    ProcessView view = looks.last();
    if (view.usesIoUring()) {
      return "the process has rings of io_uring, which may wait for it";
    }
    if (!isSeen(view)) {
      return "not all that its threads wait for may be seen (--deep)";
    }
    Holder other = holders.other(view.pid(), each.inode());
    if (other != null) {
      return "it is open as " + other.text() + " too, which may wait for it";
    }
    boolean isServer = view.all().stream().anyMatch(o -> o.fd() != each.fd() && isListener(o));
    if (isServer) {
      return "it listens: this one may wait for a partner that has yet to come";
    }
    if (view.threads().size() > 1) {
      return "one of its other threads may have it, and wait for something else";
    }
    return Reasons.toLeave(each, -1, looks);
  }

  private static boolean isListener(Descriptor each) {
    SocketState socket = each.socket();
    return socket != null && socket.isListening();
  }

  private Finding finding(Looks looks, Descriptor each) {
    List<String> evidence = new ArrayList<>();
    evidence.add("fd " + each.fd() + " (" + each.text() + ")");
    evidence.add("it is in no epoll instance, and no thread waits for it");
    String reason = reason(looks, each);
    if (reason != null) {
      evidence.add("but " + reason);
    }
    evidence.add(looks.span());
    return new Finding(
        Disease.FORGOTTEN,
        reason == null ? Confidence.LIKELY : Confidence.POSSIBLE,
        "fd " + each.fd(),
        List.of(each.fd()),
        evidence);
  }

  private void heap(Looks looks, List<Descriptor> ended, List<Finding> found) {
    long idleMillis = ended.stream().mapToLong(Forgotten::idleMillis).max().orElse(-1);
    boolean isOld = idleMillis >= silenceMillis;
    found.add(
        new Finding(
            Disease.CLOSE_WAIT_HEAP,
            isOld ? Confidence.LIKELY : Confidence.POSSIBLE,
            ended.size() + " sockets",
            ended.stream().map(Descriptor::fd).toList(),
            List.of(
                ended.size() + " sockets are in CLOSE_WAIT: their peers have closed",
                "the first is fd " + ended.getFirst().fd() + " (" + ended.getFirst().text() + ")",
                isOld
                    ? "from one of them nothing came for " + Peers.time(idleMillis)
                    : idleMillis < 0
                        ? "how long, may not be seen"
                        : "none of them for long: they may still be answered",
                looks.span())));
  }

  private static long idleMillis(Descriptor each) {
    SocketState socket = each.socket();
    return socket == null ? -1 : socket.idleMillis();
  }
}
