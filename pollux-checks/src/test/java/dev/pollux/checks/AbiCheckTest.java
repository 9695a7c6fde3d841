package dev.pollux.checks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pollux.sys.Abi;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The tables agree with the headers installed, and a wrong value does not pass. */
class AbiCheckTest {

  private static final Toolchain ABSENT =
      new Toolchain("vax", "vax-no-such-compiler", "none, VAX", Abi.CURRENT, true);

  /** Where nothing was downloaded. */
  private static final Downloads NONE = new Downloads(Path.of("target", "no-downloads"));

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, UTF_8);

  private String printed() {
    return bytes.toString(UTF_8);
  }

  /** One test for each toolchain; what is missing here stands in the name of its test. */
  private static Stream<DynamicTest> forEachToolchain(Consumer<Toolchain> test) {
    return forEach(Toolchain.known(), test);
  }

  private static Stream<DynamicTest> forEach(List<Toolchain> toolchains, Consumer<Toolchain> test) {
    return toolchains.stream()
        .map(toolchain ->
            toolchain.installed()
                ? dynamicTest(toolchain.headers(), () -> test.accept(toolchain))
                : dynamicTest(
                    toolchain.command()
                        + " is missing, so nothing was compared: ./dev setup installs it",
                    () -> {}));
  }

  /** glibc's headers define every name, others leave some out. */
  @TestFactory
  Stream<DynamicTest> run_allToolchains_agreeWithTheTables() {
    return forEach(
        Toolchain.known().subList(0, 1),
        gcc -> {
          bytes.reset();
          assertEquals(0, AbiCheck.run(List.of(), out, Toolchain.known(), NONE), this::printed);
          assertTrue(
              printed().contains(gcc.command() + " (" + gcc.headers() + "): "), this::printed);
          assertTrue(printed().contains(" constants checked, 0 differ"), this::printed);
        });
  }

  @TestFactory
  Stream<DynamicTest> check_tables_agree() {
    return forEachToolchain(toolchain -> {
      Set<String> undefined = new HashSet<>();
      List<Constant> constants = Constant.tables(toolchain.abi());
      assertTrue(check(toolchain, constants, undefined), this::printed);
      assertTrue(undefined.size() < constants.size() / 10, this::printed);
    });
  }

  @TestFactory
  Stream<DynamicTest> check_wrongConstants_areNamedAndNothingElse() {
    List<String> wrong = List.of("EPOLLIN", "SIZEOF_MSGHDR", "MSGHDR__MSG_IOV", "oDirectory");
    return forEachToolchain(toolchain -> {
      bytes.reset();
      List<Constant> constants = new ArrayList<>();
      for (Constant c : Constant.tables(toolchain.abi())) {
        long value = c.value() + (wrong.contains(c.name()) ? 1 : 0);
        constants.add(new Constant(c.name(), c.expression(), c.macro(), value));
      }
      assertFalse(check(toolchain, constants, new HashSet<>()));
      assertTrue(printed().contains(" constants checked, 4 differ"), this::printed);
      for (String name : wrong) {
        assertTrue(printed().contains("\n  " + name + " is "), this::printed);
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> check_macroThatNoHeaderHas_isNamedAsUndefined() {
    return forEachToolchain(toolchain -> {
      var slip = new Constant("EPOLLINN", "(int) (EPOLLINN)", "EPOLLINN", 1);
      Set<String> undefined = new HashSet<>();
      assertTrue(check(toolchain, List.of(slip), undefined));
      assertEquals(Set.of("EPOLLINN"), undefined);
      assertTrue(printed().contains("not in these headers: EPOLLINN"), this::printed);
    });
  }

  @TestFactory
  Stream<DynamicTest> check_otherArchitecturesTable_differs() {
    return forEachToolchain(toolchain -> {
      Abi other = toolchain.abi() == Abi.X86_64 ? Abi.AARCH64 : Abi.X86_64;
      assertFalse(check(toolchain, Constant.tables(other), new HashSet<>()));
      for (String name :
          List.of(
              "epollEventSize",
              "epollDataOffset",
              "oDirectory",
              "oNofollow",
              "oDirect",
              "kcmpNumber")) {
        assertTrue(printed().contains("\n  " + name + " is "), this::printed);
      }
    });
  }

  private boolean check(Toolchain toolchain, List<Constant> constants, Set<String> undefined) {
    return AbiCheck.check(toolchain, "x: ", constants, out, new HashSet<>(), undefined);
  }

  @Test
  void run_requiredToolchainMissing_isAnError() {
    assertEquals(1, AbiCheck.run(List.of("--require", "vax"), out, List.of(ABSENT), NONE));
    assertTrue(
        printed().startsWith("vax-no-such-compiler (none, VAX): not installed, but required\n"),
        this::printed);
  }

  @Test
  void run_optionalToolchainMissing_isReported_andNoneAtAllIsAnError() {
    assertEquals(1, AbiCheck.run(List.of(), out, List.of(ABSENT), NONE));
    assertEquals(
        """
        vax-no-such-compiler (none, VAX): not installed; not checked
        no toolchain is installed, so nothing was compared: ./dev setup installs them
        macOS: Zig is not there; not checked: ./dev abi --fetch gets it
        the BSDs: two of Go, Rust and Zig are not there; not checked: ./dev abi --fetch gets it
        """,
        printed());
  }

  @Test
  void run_requiredSystemCannotBeCompared_isAnError() {
    for (String name : ForeignCheck.NAMES) {
      bytes.reset();
      assertEquals(1, AbiCheck.run(List.of("--require", name), out, Toolchain.known(), NONE));
      assertTrue(printed().contains(" there, but required: ./dev abi --fetch gets it\n"));
    }
    assertEquals(1, AbiCheck.run(List.of("--list"), out, Toolchain.known(), NONE));
  }

  @Test
  void run_wrongArguments_printsUsage() {
    assertEquals(2, AbiCheck.run(List.of("--require", "vax"), out, Toolchain.known(), NONE));
    assertEquals(2, AbiCheck.run(List.of("--require"), out, Toolchain.known(), NONE));
    assertEquals(2, AbiCheck.run(List.of("--bogus", "gcc"), out, Toolchain.known(), NONE));
    assertTrue(
        printed()
            .startsWith(
                "usage: ./dev abi [--fetch | --list | --require NAME,NAME,...];"
                    + " the names are gcc, musl, aarch64, macos, bsd\n"));
  }

  @Test
  void tables_everyName_isThereOnce() {
    List<String> names = Constant.tables(Abi.CURRENT).stream().map(Constant::name).toList();
    assertEquals(names.size(), new HashSet<>(names).size());
    assertTrue(names.size() > 250, () -> names.size() + " constants");
  }
}
