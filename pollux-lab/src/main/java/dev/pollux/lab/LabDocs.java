package dev.pollux.lab;

import dev.pollux.sys.SysException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes the laboratory's output into documents, between two comments:
 *
 * <pre>{@code
 * <!-- lab: D7 model -->              the whole timeline
 * <!-- lab: D7 model act 2 -->        one act of it
 * <!-- lab: D3 tree act 2 step 14 --> what is inside the epoll instances after a step
 * <!-- /lab -->
 * }</pre>
 *
 * <p>What stood between them is replaced by a code block.
 */
public final class LabDocs {

  private static final int COLUMNS = 96;
  private static final String END = "<!-- /lab -->";
  private static final Pattern START =
      Pattern.compile(
          "<!-- lab: (?<name>\\S+) (?<what>native|model|tree)"
              + "(?: act (?<act>\\d+))?(?: step (?<step>\\d+))? -->");

  private LabDocs() {}

  /** Brings a document up to date; whether it was not. */
  public static boolean update(Path document, PrintStream out) throws IOException {
    String before = Files.readString(document);
    String after = renewed(before);
    if (!before.equals(after)) {
      Files.writeString(document, after);
    }
    out.println(document + (before.equals(after) ? ": up to date" : ": written"));
    return !before.equals(after);
  }

  /** The document with the output of now. */
  static String renewed(String document) throws SysException {
    List<String> lines = new ArrayList<>();
    boolean isSkipping = false;
    for (String line : document.split("\n", -1)) {
      Matcher start = START.matcher(line);
      if (line.startsWith("<!-- lab:") && !start.matches()) {
        throw new IllegalArgumentException("not a mark of the laboratory: " + line);
      }
      if (line.equals(END)) {
        isSkipping = false;
      }
      if (!isSkipping) {
        lines.add(line);
      }
      if (start.matches()) {
        lines.add("```");
        lines.addAll(output(start));
        lines.add("```");
        isSkipping = true;
      }
    }
    if (isSkipping) {
      throw new IllegalArgumentException("a mark of the laboratory has no " + END);
    }
    return String.join("\n", lines);
  }

  private static List<String> output(Matcher mark) throws SysException {
    Experiment experiment =
        Experiments.find(mark.group("name"))
            .orElseThrow(() -> new IllegalArgumentException("no experiment " + mark.group("name")));
    int act = mark.group("act") == null ? 0 : Integer.parseInt(mark.group("act"));
    if (mark.group("what").equals("tree")) {
      return tree(experiment.acts().get(act - 1), Integer.parseInt(mark.group("step")));
    }
    Kernel kernel = mark.group("what").equals("native") ? Kernel.NATIVE : Kernel.MODEL;
    Timeline timeline = Runner.on(kernel).run(experiment);
    if (act > 0) {
      timeline = new Timeline(experiment, kernel, List.of(timeline.acts().get(act - 1)));
    }
    List<String> lines = TextReport.timeline(timeline, COLUMNS);
    return lines.subList(1, lines.size()); // without the blank line at the top
  }

  private static List<String> tree(Act act, int step) throws SysException {
    List<String> lines = new ArrayList<>();
    try (ActRun run = new ActRun(Runner.machines(Kernel.MODEL).get(), act)) {
      for (int i = 0; i < step; i++) {
        Timeline.Entry _ = run.next();
      }
      StepScreen screen = new StepScreen(COLUMNS, false);
      run.views().forEach(view -> lines.addAll(screen.view(view)));
    }
    return lines;
  }
}
