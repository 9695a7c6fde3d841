package dev.pollux.cli.inspect;

import dev.pollux.cli.terminal.Failure;
import dev.pollux.cli.terminal.Look;
import dev.pollux.inspect.Descriptor;
import dev.pollux.inspect.Disease;
import dev.pollux.inspect.EpollItem;
import dev.pollux.inspect.EpollSet;
import dev.pollux.inspect.Finding;
import dev.pollux.inspect.ProcessView;
import dev.pollux.inspect.Report;
import dev.pollux.lab.Laboratory;
import dev.pollux.lab.Story;
import java.io.PrintStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How an item came to be as it is, told by the laboratory on the model kernel. */
final class ItemStory {

  private ItemStory() {}

  static void print(Report report, int fd, PrintStream out) {
    ProcessView view = report.view();
    EpollSet set = setOf(view, fd);
    EpollItem item = set.items().stream().filter(each -> each.fd() == fd).findFirst().orElseThrow();
    Descriptor target = view.target(item);
    String what = target == null ? "closed here" : target.text();
    out.println(
        "fd "
            + fd
            + " in epoll "
            + set.fd()
            + " for "
            + item.text()
            + ": "
            + Look.harmless(what)
            + ".");
    Finding finding = findingOf(report, fd);
    if (finding != null) {
      String sure = finding.confidence().name().toLowerCase(Locale.ROOT);
      out.println("What is wrong (" + sure + "): " + finding.disease().title() + ".");
    } else {
      out.println("Nothing wrong was found with it. This is how it is told of what comes:");
    }
    out.println();
    Story story = finding == null ? plain(item) : story(finding.disease(), item);
    int columns = Look.columns(Look.DEFAULT_COLUMNS);
    int _ = new Laboratory(out, columns).tell(story, "fd" + fd, "epoll" + set.fd());
  }

  private static EpollSet setOf(ProcessView view, int fd) {
    for (EpollSet each : view.epolls()) {
      if (each.items().stream().anyMatch(item -> item.fd() == fd)) {
        return each;
      }
    }
    throw new Failure(
        ("fd " + fd + " is in no epoll instance of process " + view.pid())
            + ", so it has no story; --all lists those that are");
  }

  private static @Nullable Finding findingOf(Report report, int fd) {
    for (Finding each : report.findings()) {
      if (each.fds().contains(fd)) {
        return each;
      }
    }
    return null;
  }

  private static Story plain(EpollItem item) {
    return item.isOneshot() ? Story.ONESHOT_NOT_ARMED : item.isEdge() ? Story.EDGE : Story.LEVEL;
  }

  /** Those that are not about an item have the story of a healthy one. */
  private static Story story(Disease disease, EpollItem item) {
    return switch (disease) {
      case LOST_EDGE -> Story.LOST_EDGE;
      case ONESHOT_NOT_ARMED -> Story.ONESHOT_NOT_ARMED;
      case HANGUP_ON_EMPTY_MASK -> Story.HANGUP_ON_EMPTY_MASK;
      case WRITABLE_SPIN -> Story.WRITABLE_SPIN;
      case END_UNREAD -> Story.END_UNREAD;
      case ORPHAN -> Story.ORPHAN;
      case THUNDERING_HERD -> Story.THUNDERING_HERD;
      case SMALL_BATCH -> Story.SMALL_BATCH;
      case PAUSED_INPUT -> Story.PAUSED_INPUT;
      default -> plain(item);
    };
  }
}
