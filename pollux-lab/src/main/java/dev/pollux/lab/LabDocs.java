package dev.pollux.lab;

import dev.pollux.kqueue.Difference;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes the laboratory's output into documents, between two comments:
 *
 * <pre>{@code
 * <!-- lab: D7 model -->              the whole timeline
 * <!-- lab: D7 model act 2 -->        one act of it
 * <!-- lab: D3 tree act 2 step 14 --> what is inside the epoll instances after a step
 * <!-- lab: D1 script -->            the experiment in the language of scripts
 * <!-- lab: x.lab model -->          the timeline of a script beside the documents
 * <!-- lab: kqueue differences -->   the table of these
 * <!-- /lab -->
 * }</pre>
 *
 * <p>What stood between them is replaced by a code block, or the table. Two pictures stand beside
 * the documents: the layers, and a recording of {@code lab step}.
 */
public final class LabDocs {

  private static final int COLUMNS = 96;
  private static final String END = "<!-- /lab -->";
  private static final String DIFFERENCES = "<!-- lab: kqueue differences -->";
  private static final String TABLE_HEAD = "| | FreeBSD | macOS | OpenBSD | NetBSD | here |";
  private static final Pattern START =
      Pattern.compile(
          "<!-- lab: (?<name>\\S+) (?<what>native|model|tree|script)"
              + "(?: act (?<act>\\d+))?(?: step (?<step>\\d+))? -->");

  private LabDocs() {}

  /** Brings the documents and pictures of the source tree in this folder up to date. */
  public static void update(Path root, PrintStream out) throws IOException {
    Path folder = root.resolve("docs");
    Map<Path, String> files = new LinkedHashMap<>();
    try (DirectoryStream<Path> documents = Files.newDirectoryStream(folder, "*.md")) {
      for (Path document : documents) {
        files.put(document, renewed(folder, Files.readString(document)));
      }
    }
    for (Map.Entry<String, String> picture : pictures(root).entrySet()) {
      files.put(folder.resolve(picture.getKey()), picture.getValue());
    }
    for (Map.Entry<Path, String> file : files.entrySet()) {
      Path path = file.getKey();
      if (!Files.exists(path) || !Files.readString(path).equals(file.getValue())) {
        Files.writeString(path, file.getValue());
        out.println(path + ": written");
      }
    }
    out.println(files.size() + " documents and pictures are up to date");
  }

  /** The pictures of now, by the names of their files. */
  static Map<String, String> pictures(Path root) throws IOException {
    Experiment filmed = Experiments.find("D3").orElseThrow();
    return Map.of("layers.svg", Layers.of(root), "lab-step.svg", Film.of(filmed, 2));
  }

  /** The document with the output of now. */
  static String renewed(Path folder, String document) throws SysException {
    List<String> lines = new ArrayList<>();
    boolean isSkipping = false;
    for (String line : document.split("\n", -1)) {
      Matcher start = START.matcher(line);
      boolean isOfTable = line.equals(DIFFERENCES);
      if (line.startsWith("<!-- lab:") && !start.matches() && !isOfTable) {
        throw new IllegalArgumentException("not a mark of the laboratory: " + line);
      }
      if (line.equals(END)) {
        isSkipping = false;
      }
      if (!isSkipping) {
        lines.add(line);
      }
      if (isOfTable) {
        lines.addAll(differences());
        isSkipping = true;
      } else if (start.matches()) {
        lines.add("```");
        lines.addAll(output(folder, start));
        lines.add("```");
        isSkipping = true;
      }
    }
    if (isSkipping) {
      throw new IllegalArgumentException("a mark of the laboratory has no " + END);
    }
    return String.join("\n", lines);
  }

  private static List<String> differences() {
    List<String> lines = new ArrayList<>(List.of("", TABLE_HEAD, "|---|---|---|---|---|---|"));
    for (Difference each : Difference.values()) {
      lines.add(
          "| "
              + String.join(
                  " | ",
                  each.what(),
                  each.freebsd(),
                  each.macos(),
                  each.openbsd(),
                  each.netbsd(),
                  each.here())
              + " |");
    }
    lines.add("");
    return lines;
  }

  private static List<String> output(Path folder, Matcher mark) throws SysException {
    String name = mark.group("name");
    Experiment experiment =
        name.endsWith(Laboratory.SCRIPT)
            ? Laboratory.read(folder.resolve(name))
            : Experiments.find(name)
                .orElseThrow(() -> new IllegalArgumentException("no experiment " + name));
    if (mark.group("what").equals("script")) {
      return List.of(Script.write(experiment).strip().split("\n", -1));
    }
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
