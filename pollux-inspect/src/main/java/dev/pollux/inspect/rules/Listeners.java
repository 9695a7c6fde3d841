package dev.pollux.inspect.rules;

import dev.pollux.inspect.Confidence;
import dev.pollux.inspect.Descriptor;
import dev.pollux.inspect.Disease;
import dev.pollux.inspect.Finding;
import dev.pollux.inspect.ProcessView;
import dev.pollux.inspect.SocketState;
import java.util.ArrayList;
import java.util.List;

/** Listeners at which connections wait: there is no descriptor for them, or no room. */
final class Listeners implements Rule {

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
        found.add(full(looks, each));
      }
    }
  }

  private static boolean isAtLimit(ProcessView view) {
    return view.fileLimit() >= 0 && view.descriptors().size() >= view.fileLimit();
  }

  /** The kernel takes one more than was asked for. */
  private static boolean isFull(SocketState state) {
    return state.unsent() >= 0 && state.unread() > state.unsent();
  }

  private static Finding outOfDescriptors(Looks looks, Descriptor listener) {
    ProcessView last = looks.last();
    List<String> evidence = new ArrayList<>();
    evidence.add(
        "the process has "
            + last.descriptors().size()
            + " descriptors, and its limit is "
            + last.fileLimit());
    evidence.add("fd " + listener.fd() + " (" + listener.text() + ")");
    evidence.add(looks.span());
    return new Finding(
        Disease.OUT_OF_DESCRIPTORS,
        Confidence.CERTAIN,
        "listener fd " + listener.fd(),
        List.of(listener.fd()),
        evidence);
  }

  private static Finding full(Looks looks, Descriptor listener) {
    return new Finding(
        Disease.BACKLOG_FULL,
        Confidence.LIKELY,
        "listener fd " + listener.fd(),
        List.of(listener.fd()),
        List.of(
            "fd " + listener.fd() + " (" + listener.text() + ")",
            "more than it was to take wait: what comes may be dropped",
            looks.span()));
  }
}
