package dev.pollux.cli.inspect;

import dev.pollux.cli.terminal.Look;
import dev.pollux.inspect.Confidence;
import dev.pollux.inspect.Descriptor;
import dev.pollux.inspect.EpollItem;
import dev.pollux.inspect.EpollSet;
import dev.pollux.inspect.FileKind;
import dev.pollux.inspect.Finding;
import dev.pollux.inspect.ProcessThread;
import dev.pollux.inspect.ProcessView;
import dev.pollux.inspect.Report;
import dev.pollux.inspect.SystemCall;
import dev.pollux.inspect.SystemCall.Watched;
import java.io.PrintStream;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A report for eyes: a summary, what is wrong, and who watches what. */
final class ReportText {

  private static final int MARGIN = 10; // the width of a confidence
  private static final int MOST_SHOWN = 20; // items of an instance, if not all
  private static final long NANOS_PER_MILLI = 1_000_000;

  private static final String NESTED = " ".repeat(6); // an instance in an instance

  private final PrintStream out;
  private final int columns;
  private final boolean coloured;
  private final boolean isAll;

  ReportText(PrintStream out, int columns, boolean coloured, boolean isAll) {
    this.out = out;
    this.columns = columns;
    this.coloured = coloured;
    this.isAll = isAll;
  }

  void print(Report report) {
    ProcessView view = report.view();
    line(
        0,
        Look.harmless(view.name())
            + ", process "
            + view.pid()
            + ": "
            + counted(view.epolls().size(), "epoll instance")
            + " with "
            + counted(view.itemCount(), "item")
            + ", "
            + counted(view.threads().size(), "thread")
            + ", "
            + counted(view.descriptors().size(), "descriptor")
            + (view.fileLimit() < 0 ? "" : " of " + view.fileLimit())
            + ". "
            + counted(report.looks(), "look")
            + "; the last took "
            + view.tookNanos() / NANOS_PER_MILLI
            + " ms.");
    if (report.findings().isEmpty()) {
      line(0, Look.good("Nothing wrong was found.", coloured));
    }
    report.findings().forEach(this::finding);
    Set<Integer> suspects = new HashSet<>();
    report.findings().forEach(each -> suspects.addAll(each.fds()));
    new Sets(view, suspects).print();
    view.threads().forEach(thread -> otherWait(view, thread));
    if (isAll) {
      inNoSet(view);
    }
    view.unseen().forEach(each -> line(2, "- " + each));
  }

  private static String name(ProcessThread thread) {
    return "thread " + thread.tid() + " (" + Look.harmless(thread.name()) + ")";
  }

  private static String counted(int count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  // ---- what is wrong

  private void finding(Finding finding) {
    out.println();
    String sure = finding.confidence().name().toLowerCase(Locale.ROOT);
    boolean isCertain = finding.confidence() == Confidence.CERTAIN;
    String word = isCertain ? Look.bad(sure, coloured) : sure;
    String gap = " ".repeat(MARGIN - sure.length());
    line(MARGIN, word + gap + Look.harmless(finding.subject()) + ": " + finding.disease().title());
    finding
        .evidence()
        .forEach(each -> line(MARGIN + 2, " ".repeat(MARGIN) + "- " + Look.harmless(each)));
    line(MARGIN, " ".repeat(MARGIN) + "Cure: " + finding.disease().cure());
    line(MARGIN, " ".repeat(MARGIN) + "See docs/inspect.md#" + finding.disease().label());
  }

  // ---- who watches what

  /** The instances, as trees: what is watched by another stands below it. */
  private final class Sets {
    private final ProcessView view;
    private final Set<Integer> suspects;
    private final Set<Integer> printed = new HashSet<>();

    Sets(ProcessView view, Set<Integer> suspects) {
      this.view = view;
      this.suspects = suspects;
    }

    void print() {
      Set<Integer> inner = new HashSet<>();
      view.epolls().forEach(set -> set.items().forEach(item -> inner.add(item.fd())));
      for (EpollSet set : view.epolls()) {
        if (!inner.contains(set.fd())) {
          out.println();
          epoll(set, "");
        }
      }
    }

    private void epoll(EpollSet set, String pad) {
      printed.add(set.fd());
      Boolean ready = set.hasReady();
      line(
          2,
          (pad + "epoll " + set.fd() + ": " + counted(set.items().size(), "item"))
              + (ready == null ? "" : ready ? ", something is ready" : ", nothing is ready"));
      for (ProcessThread thread : view.threads()) {
        SystemCall call = thread.call();
        if (call != null && thread.waitsOn(set.fd())) {
          line(6, pad + "    waits: " + name(thread) + ", " + call.text());
        }
      }
      List<EpollItem> shown = set.items().stream().filter(this::isShown).toList();
      int most = isAll ? Integer.MAX_VALUE : MOST_SHOWN;
      shown.stream().limit(most).forEach(item -> item(item, pad));
      int hidden = set.items().size() - Math.min(shown.size(), most);
      if (hidden > 0) {
        line(6, pad + "    " + hidden + (shown.isEmpty() ? "" : " more") + " not shown (--all)");
      }
    }

    private boolean isShown(EpollItem item) {
      return isAll || suspects.contains(item.fd()) || nested(item) != null;
    }

    private void item(EpollItem item, String pad) {
      Descriptor target = view.target(item);
      String what =
          target != null ? target.text() : "closed here, inode " + item.inode() + " lives on";
      line(
          10,
          pad
              + "    fd %-5d %-14s %s, data 0x%x"
                  .formatted(item.fd(), item.text(), Look.harmless(what), item.data()));
      EpollSet inner = nested(item);
      if (inner != null && !printed.contains(inner.fd())) {
        epoll(inner, pad + NESTED);
      }
    }

    private @Nullable EpollSet nested(EpollItem item) {
      Descriptor target = view.target(item);
      return target != null && target.kind() == FileKind.EPOLL ? view.epoll(item.fd()) : null;
    }
  }

  /** A wait by poll or select, or one on an epoll whose list is empty. */
  private void otherWait(ProcessView view, ProcessThread thread) {
    SystemCall call = thread.call();
    boolean isOther = call != null && call.isWait() && call.kind() != SystemCall.Kind.EPOLL;
    if (call == null || !isOther) {
      return;
    }
    out.println();
    line(2, name(thread) + " waits: " + call.text());
    for (Watched each : call.watched()) {
      Descriptor target = view.descriptor(each.fd());
      String mask = new EpollItem(each.fd(), each.events(), 0, 0, 0).text();
      String what = target == null ? "not open" : target.text();
      line(10, "    fd %-5d %-14s %s".formatted(each.fd(), mask, Look.harmless(what)));
    }
  }

  private void inNoSet(ProcessView view) {
    Set<Integer> watched = new HashSet<>();
    view.epolls().forEach(set -> set.items().forEach(item -> watched.add(item.fd())));
    view.threads().stream()
        .flatMap(
            thread -> thread.call() == null ? Stream.empty() : thread.call().watched().stream())
        .forEach(each -> watched.add(each.fd()));
    List<Descriptor> others =
        view.all().stream()
            .filter(each -> each.socket() != null && !watched.contains(each.fd()))
            .toList();
    if (!others.isEmpty()) {
      out.println();
      line(2, "in no set: " + counted(others.size(), "socket"));
      others.forEach(
          each -> line(10, "    fd %-5d %s".formatted(each.fd(), Look.harmless(each.text()))));
    }
  }

  private void line(int indent, String text) {
    String rest = text.stripLeading();
    int blanks = text.length() - rest.length();
    out.println(" ".repeat(blanks) + Look.wrapped(rest, indent, columns - blanks));
  }
}
