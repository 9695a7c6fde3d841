package dev.pollux.inspect.rules;

import dev.pollux.inspect.Confidence;
import dev.pollux.inspect.Descriptor;
import dev.pollux.inspect.Disease;
import dev.pollux.inspect.Finding;
import dev.pollux.inspect.ProcessView;
import dev.pollux.inspect.SocketState;
import dev.pollux.inspect.proc.Holders;
import dev.pollux.inspect.proc.Holders.Holder;
import dev.pollux.inspect.proc.Instances;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Listeners at which connections wait: there is no descriptor for them, or no room. */
final class Listeners implements Rule {

  private final Holders holders;
  private final Instances instances;

  Listeners(Holders holders, Instances instances) {
    this.holders = holders;
    this.instances = instances;
  }

  @Override
  public void find(Looks looks, List<Finding> found) {
    boolean isAtLimit = looks.always(Listeners::isAtLimit);
    for (Descriptor each : looks.last().all()) {
      SocketState socket = each.socket();
      if (socket == null || !socket.isListening()) {
        continue;
      }
      if (isAtLimit && looks.socketAlways(each, state -> state.unread() > 0)) {
        found.add(outOfDescriptors(looks, each));
      }
      if (looks.socketAlways(each, Listeners::isFull)) {
        found.add(full(looks, each, socket));
      }
    }
  }

  /** The kernel refuses by number: those above a limit that was lowered do not count. */
  private static boolean isAtLimit(ProcessView view) {
    int limit = (int) Math.min(view.fileLimit(), Integer.MAX_VALUE);
    return limit > 0 && view.descriptors().headMap(limit).size() >= limit;
  }

  /** The kernel takes one more than was asked for. */
  private static boolean isFull(SocketState state) {
    return state.unsent() >= 0 && state.unread() > state.unsent();
  }

  private Finding outOfDescriptors(Looks looks, Descriptor listener) {
    List<String> evidence = new ArrayList<>();
    evidence.add("all numbers below its limit of " + looks.last().fileLimit() + " are taken");
    evidence.add("fd " + listener.fd() + " (" + listener.text() + ")");
    String whoElse = whoElse(looks, listener);
    boolean areAllSeen = holders.areAllSeen();
    if (whoElse != null) {
      evidence.add("but " + whoElse);
    } else if (!areAllSeen) {
      evidence.add("a process that may not be seen may have it as well, and accept");
    }
    evidence.add(looks.span());
    Confidence sure = areAllSeen ? Confidence.CERTAIN : Confidence.LIKELY;
    return new Finding(
        Disease.OUT_OF_DESCRIPTORS,
        whoElse == null ? sure : Confidence.POSSIBLE,
        "listener fd " + listener.fd(),
        List.of(listener.fd()),
        evidence);
  }

  /** Who may accept all the same; null if nobody is seen. */
  private @Nullable String whoElse(Looks looks, Descriptor listener) {
    ProcessView last = looks.last();
    Holder other = holders.other(last.pid(), listener.inode());
    if (other != null) {
      return "it is open as " + other.text() + " too, which may accept";
    }
    if (!looks.isWatched(listener)) {
      return "it does not wait for it: it may be somebody else's to accept";
    }
    if (last.usesIoUring()) {
      return "it has rings of io_uring, which may accept without a number";
    }
    boolean isApart =
        last.threads().stream().anyMatch(t -> instances.mayBeApart(last.pid(), t.tid()));
    return isApart ? "a thread may have numbers of its own, and accept" : null;
  }

  private static Finding full(Looks looks, Descriptor listener, SocketState socket) {
    boolean isDropping = socket.dropped() > 0;
    return new Finding(
        Disease.BACKLOG_FULL,
        isDropping ? Confidence.LIKELY : Confidence.POSSIBLE,
        "listener fd " + listener.fd(),
        List.of(listener.fd()),
        List.of(
            "fd " + listener.fd() + " (" + listener.text() + ")",
            isDropping
                ? "it has dropped " + socket.dropped() + " since it was made"
                : "more than it was to take wait: what comes may be dropped, or has to wait",
            looks.span()));
  }
}
