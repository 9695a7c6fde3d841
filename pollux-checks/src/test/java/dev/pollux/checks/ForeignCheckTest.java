package dev.pollux.checks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pollux.sys.SystemTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** The tables of other systems agree with every source there is, and a wrong value is found. */
class ForeignCheckTest {

  @TempDir Path scratch;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, UTF_8);

  private String printed() {
    return bytes.toString(UTF_8);
  }

  /** What {@code ./dev abi --fetch} downloaded, from the folder of this module or the root. */
  private static Downloads downloads() {
    Path here = Path.of("target", "abi");
    return new Downloads(Files.exists(here) ? here : Path.of("..", "target", "abi"));
  }

  private static DynamicTest ifThere(boolean there, String name, Executable test) {
    return there
        ? dynamicTest(name, test)
        : dynamicTest(
            name + ": the source is missing, so nothing was compared: ./dev abi --fetch gets it",
            () -> {});
  }

  private static SystemTable table(String system, String architecture) {
    return SystemTable.all().stream()
        .filter(t -> t.system().equals(system) && t.architecture().equals(architecture))
        .findFirst()
        .orElseThrow();
  }

  /** A table in which one number, one size, one offset and one symbol are wrong. */
  private static SystemTable spoiled(SystemTable table) {
    Map<String, String> symbols = new HashMap<>(table.symbols());
    symbols.put("select", "select_of_before");
    return new SystemTable(
        table.system(),
        table.architecture(),
        table.values().stream().map(ForeignCheckTest::spoiled).toList(),
        table.layouts().stream().map(ForeignCheckTest::spoiled).toList(),
        table.members().stream().map(ForeignCheckTest::spoiled).toList(),
        table.controlAlignment(),
        table.controlDataOffset(),
        symbols);
  }

  private static SystemTable.Value spoiled(SystemTable.Value value) {
    Long number = value.value();
    return number != null && value.name().equals("ECANCELED")
        ? new SystemTable.Value(value.kind(), value.name(), value.cName(), number + 1)
        : value;
  }

  private static SystemTable.Layout spoiled(SystemTable.Layout layout) {
    return layout.name().equals("MSGHDR")
        ? new SystemTable.Layout(layout.name(), layout.cName(), 56)
        : layout;
  }

  private static SystemTable.Member spoiled(SystemTable.Member member) {
    return member.name().equals("KEVENT_FLAGS")
        ? new SystemTable.Member(member.name(), member.layout(), member.cName(), 4, member.width())
        : member;
  }

  @TestFactory
  Stream<DynamicTest> run_everyTable_agrees() throws IOException {
    Downloads downloads = downloads();
    boolean there = downloads.zig() != null && downloads.tables().size() > 1;
    return Stream.of(
        ifThere(
            there,
            "all systems",
            () -> {
              ForeignCheck check = new ForeignCheck(downloads, ForeignCheck.NAMES, out);
              assertTrue(check.run(SystemTable.all()), this::printed);
              assertTrue(printed().contains("macOS, aarch64: "), this::printed);
              assertTrue(printed().contains("DragonFly, x86-64: "), this::printed);
              assertFalse(printed().contains("missing"), this::printed);
            }));
  }

  @TestFactory
  Stream<DynamicTest> apple_wrongValues_areNamedAndNothingElse() {
    Path zig = downloads().zig();
    return Stream.of("x86-64", "aarch64")
        .map(architecture ->
            ifThere(
                zig != null,
                architecture,
                () -> {
                  SystemTable table = spoiled(table("macOS", architecture));
                  AppleHeaders headers = new AppleHeaders(zig, scratch);
                  assertEquals(
                      List.of(
                          "ECANCELED is not 90, as in the table, or is not defined",
                          "MSGHDR size is not 56: sizeof(struct msghdr)",
                          "KEVENT_FLAGS offset is not 4:"
                              + " __builtin_offsetof(struct kevent, flags)",
                          "select has the symbol select$DARWIN_EXTSN, not select_of_before"),
                      headers.compare(table).differences());
                }));
  }

  @TestFactory
  Stream<DynamicTest> apple_whatIsNotDefinedOrIsThoughLacking_isNamed() {
    Path zig = downloads().zig();
    return Stream.of(
        ifThere(
            zig != null,
            "lacking",
            () -> {
              AppleHeaders headers = new AppleHeaders(zig, scratch);
              List<SystemTable.Value> values =
                  List.of(
                      new SystemTable.Value("ERRNO", "EPERM", "EPERM", null),
                      new SystemTable.Value("ERRNO", "ENONSENSE", "ENONSENSE", 1L),
                      new SystemTable.Value("ERRNO", "ENOTHING", "ENOTHING", null));
              SystemTable table =
                  new SystemTable(
                      "macOS",
                      "aarch64",
                      values,
                      List.of(),
                      List.of(),
                      4,
                      12,
                      table("macOS", "aarch64").symbols());
              assertEquals(
                  List.of(
                      "EPERM is defined, which the table lacks",
                      "ENONSENSE is not 1, as in the table, or is not defined"),
                  headers.compare(table).differences());
            }));
  }

  @TestFactory
  Stream<DynamicTest> bsds_wrongValues_areNamedAndNothingElse() throws IOException {
    Downloads downloads = downloads();
    return Stream.of("FreeBSD", "OpenBSD", "NetBSD", "DragonFly")
        .map(system ->
            ifThere(
                sources(downloads, system).size() > 1,
                system,
                () -> {
                  SystemTable table = spoiled(table(system, "x86-64"));
                  List<String> found =
                      Comparison.of(table, sources(downloads, system), Comparison.MISTAKES)
                          .contradictions();
                  for (String name :
                      List.of("ECANCELED is ", "MSGHDR size is ", "KEVENT_FLAGS offset is ")) {
                    assertTrue(found.stream().anyMatch(f -> f.startsWith(name)), name);
                  }
                  assertTrue(
                      found.stream()
                          .allMatch(f -> f.matches("(ECANC|MSGHDR si|KEVENT_FLAGS o|select ).*")),
                      found::toString);
                }));
  }

  private static List<SourceTable> sources(Downloads downloads, String system) {
    try {
      List<SourceTable> sources = new ArrayList<>();
      for (Downloads.Tables tables : downloads.tables()) {
        sources.add(tables.read(system, "x86-64"));
      }
      return sources;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void comparison_countsWhoConfirms_andNamesWhoContradicts() {
    SystemTable table =
        new SystemTable(
            "VaxBSD",
            "x86-64",
            List.of(
                new SystemTable.Value("ERRNO", "EONE", "EONE", 1L),
                new SystemTable.Value("ERRNO", "ETWO", "E_TWO", 2L),
                new SystemTable.Value("ERRNO", "ETHREE", "ETHREE", 3L),
                new SystemTable.Value("ERRNO", "EFOUR", "EFOUR", null)),
            List.of(),
            List.of(),
            8,
            16,
            Map.of("wait", "__wait50"));
    List<SourceTable> sources =
        List.of(
            source("Go", Map.of("EONE", 1L, "E_TWO", 2L, "EFOUR", 4L), Map.of()),
            source("Rust", Map.of("EONE", 1L, "E_TWO", 22L, "_ALIGNBYTES", 7L), Map.of()),
            source("Zig", Map.of("EONE", 10L), Map.of("wait", "__wait60")));
    Comparison comparison = Comparison.of(table, sources, Map.of("Zig VaxBSD EONE", "a test"));
    assertEquals(
        List.of("ETWO is 22 in Rust, here 2", "wait symbol is __wait60 in Zig, here __wait50"),
        comparison.contradictions());
    assertEquals(Map.of("Go", 2, "Rust", 2, "Zig", 0), comparison.counts());
    assertEquals(
        List.of(
            new Comparison.Item("EONE", "1", List.of("Go", "Rust")),
            new Comparison.Item("ETWO", "2", List.of("Go")),
            new Comparison.Item("ETHREE", "3", List.of()),
            new Comparison.Item("control alignment", "8", List.of("Rust")),
            new Comparison.Item("wait symbol", "__wait50", List.of())),
        comparison.items());
    assertEquals(2, comparison.confirmedBy(1).size());
  }

  @Test
  void comparison_symbolThatTheTableForgot_isNamed() {
    SystemTable table =
        new SystemTable("VaxBSD", "x86-64", List.of(), List.of(), List.of(), 8, 16, Map.of());
    Map<String, String> symbols = Map.of("socket", "__socket30", "fopen", "__fopen9");
    assertEquals(
        List.of("socket symbol is __socket30 in Rust, here socket"),
        Comparison.of(table, List.of(source("Rust", Map.of(), symbols)), Map.of())
            .contradictions());
  }

  @Test
  void comparison_mistakeThatIsNone_isReported() {
    List<SystemTable.Value> values = List.of(new SystemTable.Value("ERRNO", "EONE", "EONE", 1L));
    SystemTable table =
        new SystemTable("VaxBSD", "x86-64", values, List.of(), List.of(), 8, 16, Map.of());
    List<SourceTable> sources = List.of(source("Zig", Map.of("EONE", 1L), Map.of()));
    for (String mistake : List.of("Zig VaxBSD EONE", "Zig VaxBSD EONE x86-64")) {
      assertEquals(
          List.of("Zig VaxBSD EONE is no mistake any more: it says 1"),
          Comparison.of(table, sources, Map.of(mistake, "a test")).contradictions());
    }
    assertEquals(
        List.of(),
        Comparison.of(table, sources, Map.of("Zig VaxBSD EONE aarch64", "a test"))
            .contradictions());
  }

  private static SourceTable source(
      String name, Map<String, Long> constants, Map<String, String> symbols) {
    return new SourceTable(name, constants, new Layouts(), symbols);
  }
}
