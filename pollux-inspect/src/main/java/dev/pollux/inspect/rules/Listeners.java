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

  /** Certain if nobody else may accept, and this process waits to. */
  private Finding outOfDescriptors(Looks looks, Descriptor listener) {
    List<String> evidence = new ArrayList<>();
    Holder other = holders.other(looks.last().pid(), listener.inode());
    boolean isOnlyTable =
        looks.last().threads().stream()
            .noneMatch(thread -> instances.mayBeApart(looks.last().pid(), thread.tid()));
    boolean isByNumber = isOnlyTable && !looks.last().usesIoUring();
    boolean isItsOwn = looks.always(view -> Forgotten.isWaitedFor(view, listener));
    evidence.add("all numbers below its limit of " + looks.last().fileLimit() + " are taken");
    evidence.add("fd " + listener.fd() + " (" + listener.text() + ")");
    if (other != null) {
      evidence.add("but it is open as " + other.text() + " too, which may accept");
    } else if (!isItsOwn) {
      evidence.add("but it does not wait for it: it may be somebody else's to accept");
    }
    if (!isByNumber) {
      evidence.add("but a thread may have numbers of its own, or rings of io_uring, and accept");
    }
    evidence.add(looks.span());
    boolean isCertain = other == null && isItsOwn && isByNumber;
    return new Finding(
        Disease.OUT_OF_DESCRIPTORS,
        isCertain ? Confidence.CERTAIN : Confidence.POSSIBLE,
        "listener fd " + listener.fd(),
        List.of(listener.fd()),
        evidence);
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
