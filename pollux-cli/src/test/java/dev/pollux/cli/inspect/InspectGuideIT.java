package dev.pollux.cli.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.cli.Command;
import dev.pollux.inspect.Disease;
import dev.pollux.inspect.Finding;
import dev.pollux.inspect.InspectOptions;
import dev.pollux.inspect.Inspector;
import dev.pollux.inspect.Report;
import dev.pollux.inspect.proc.Holders;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The output in the guide is that of the zoo of {@code pollux-inspect}. {@code
 * -Dpollux.docs.write=true} writes it anew; numbers that differ each time are left as they were.
 */
class InspectGuideIT {

  private static final Path GUIDE = Path.of("..", "docs", "inspect.md");
  private static final Path SOURCES = Path.of("..", "pollux-inspect", "src", "test", "c");
  private static final Path ZOO = Path.of("target", "zoo").toAbsolutePath();
  private static final Pattern BLOCK =
      Pattern.compile("(?s)<!-- zoo: (\\S+)(.*?) -->\n(.*?)<!-- /zoo -->");
  private static final int COLUMNS = 96;
  private static final int TRIES = 10;
  private static final boolean ARE_ALL_SEEN = new Holders().areAllSeen();
  private static final String UNSEEN =
      "- a process that may not be seen may have it as well, and accept";
  private static final long BOUND_NANOS = 10_000_000_000L;

  private final Sys sys = NativeSys.open();

  @Test
  void guide_hasASectionForEachDisease() throws Exception {
    String guide = Files.readString(GUIDE);
    for (Disease each : Disease.values()) {
      assertTrue(guide.contains("\n## " + each.label() + "\n"), () -> "no section " + each.label());
    }
  }

  @TestFactory
  Stream<DynamicTest> output_isThatOfTheZoo() throws Exception {
    if (!hasCompiler()) {
      return Stream.of(DynamicTest.dynamicTest("there is no C compiler here", () -> {}));
    }
    compile();
    List<DynamicTest> tests = new ArrayList<>();
    String guide = Files.readString(GUIDE);
    Matcher block = BLOCK.matcher(guide);
    while (block.find()) {
      int heading = guide.lastIndexOf("\n## ", block.start()) + "\n## ".length();
      String disease = guide.substring(heading, guide.indexOf('\n', heading));
      String name = block.group(1);
      String options = block.group(2);
      String shown = block.group(3);
      tests.add(DynamicTest.dynamicTest(name, () -> isShown(name, options, disease, shown)));
    }
    tests.add(DynamicTest.dynamicTest("emfile, exit code", this::certain_exitsWith2));
    return tests.stream();
  }

  private void certain_exitsWith2() throws Exception {
    Process animal = new ProcessBuilder(ZOO.toString(), "emfile").start();
    try (Command inspect = new Command("inspect", Long.toString(awaitReady(animal)))) {
      String text = inspect.rest();
      assertEquals(ARE_ALL_SEEN ? 2 : 1, inspect.exitCode(), text);
    } finally {
      animal.destroyForcibly().waitFor();
    }
  }

  private static boolean hasCompiler() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "cc")));
  }

  private static void compile() throws Exception {
    List<String> command = new ArrayList<>(List.of("cc", "-O1", "-pthread", "-o", ZOO.toString()));
    try (Stream<Path> files = Files.list(SOURCES)) {
      files.map(Path::toString).filter(name -> name.endsWith(".c")).sorted().forEach(command::add);
    }
    assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
  }

  private void isShown(String name, String options, String disease, String shown) throws Exception {
    String now = "";
    for (int i = 0;
        i < TRIES && !asIfAllWereSeen(plain(now)).equals(plain(shown));
        i++) { // it may just move
      now = "```\n" + output(name, options, disease) + "```\n";
    }
    if (Boolean.getBoolean("pollux.docs.write") && !plain(now).equals(plain(shown))) {
      String guide = Files.readString(GUIDE);
      String mark = "<!-- zoo: " + name + options + " -->\n";
      int start = guide.indexOf(mark) + mark.length();
      int end = guide.indexOf("<!-- /zoo -->", start);
      Files.writeString(GUIDE, guide.substring(0, start) + now + guide.substring(end));
      return;
    }
    assertEquals(
        plain(shown), asIfAllWereSeen(plain(now)), "bring it up to date: -Dpollux.docs.write=true");
  }

  /** The guide is written by who may look at all processes. */
  private static String asIfAllWereSeen(String text) {
    return ARE_ALL_SEEN
        ? text
        : text.replace(UNSEEN + " ", "").replace("likely listener", "certain listener");
  }

  /** Without numbers and line ends, which differ each time. */
  private static String plain(String text) {
    return text.replaceAll("\\d+", "N").replaceAll("\\s+", " ");
  }

  private String output(String name, String options, String disease) throws Exception {
    Process animal = new ProcessBuilder(ZOO.toString(), name).start();
    InspectOptions how =
        InspectOptions.DEFAULT
            .withDeep(options.contains("--deep"))
            .withPause(Duration.ofMillis(100))
            .withSilence(Duration.ZERO);
    try (Inspector inspector = Inspector.open(sys, awaitReady(animal), how)) {
      long end = sys.nanoTime() + BOUND_NANOS;
      Report report = inspector.diagnose();
      while (!isFound(report, disease) && sys.nanoTime() < end) {
        report = inspector.diagnose();
      }
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      try (PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8)) {
        new ReportText(out, COLUMNS, false, false).print(of(report, disease));
      }
      return text.toString(StandardCharsets.UTF_8);
    } finally {
      animal.destroyForcibly().waitFor();
    }
  }

  /** What the section is about; other programs of this machine may add to the rest. */
  private static Report of(Report report, String disease) {
    List<Finding> findings =
        report.findings().stream().filter(each -> each.disease().label().equals(disease)).toList();
    return new Report(report.view(), findings, report.looks());
  }

  private static boolean isFound(Report report, String disease) {
    return report.findings().stream().anyMatch(each -> each.disease().label().equals(disease));
  }

  private static long awaitReady(Process animal) throws Exception {
    var out = animal.inputReader(StandardCharsets.UTF_8);
    String line = out.readLine();
    while (line != null && !line.equals("ready")) {
      line = out.readLine();
    }
    return animal.pid();
  }
}
