package dev.pollux.bench.abi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Abi;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tables agree with the headers installed, and a wrong value does not pass. */
class AbiCheckTest {

  private static final Toolchain ABSENT =
      new Toolchain("vax", "vax-no-such-compiler", "none, VAX", Abi.CURRENT, true);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, UTF_8);

  private String printed() {
    return bytes.toString(UTF_8);
  }

  static List<Toolchain> installed() {
    List<Toolchain> installed = Toolchain.known().stream().filter(Toolchain::installed).toList();
    return installed.isEmpty() ? List.of(ABSENT) : installed;
  }

  @Test
  void run_installedToolchains_agreeWithTheTables() {
    assertEquals(0, AbiCheck.run(List.of(), out), this::printed);
    for (Toolchain toolchain : Toolchain.known()) {
      assertTrue(printed().contains(toolchain.command() + " ("), this::printed);
    }
  }

  @ParameterizedTest
  @MethodSource("installed")
  void check_wrongConstant_isNamedAndNothingElse(Toolchain toolchain) {
    if (!toolchain.installed()) {
      System.out.println("no C compiler is installed: the ABI check compared nothing");
      return;
    }
    for (String name : List.of("EPOLLIN", "SIZEOF_MSGHDR", "MSGHDR__MSG_IOV", "oDirectory")) {
      bytes.reset();
      List<Constant> constants = new ArrayList<>();
      for (Constant c : Constant.tables(toolchain.abi())) {
        boolean wrong = c.name().equals(name);
        constants.add(
            new Constant(c.name(), c.expression(), c.macro(), c.value() + (wrong ? 1 : 0)));
      }
      Set<String> ignored = new HashSet<>();
      assertFalse(AbiCheck.check(toolchain, "x: ", constants, out, ignored, ignored));
      assertTrue(printed().contains(" constants checked, 1 differ"), this::printed);
      assertTrue(printed().contains("\n  " + name + " is "), this::printed);
    }
  }

  @ParameterizedTest
  @MethodSource("installed")
  void check_macroThatNoHeaderHas_isNamedAsUndefined(Toolchain toolchain) {
    if (!toolchain.installed()) {
      return; // said by the test above
    }
    var slip = new Constant("EPOLLINN", "(int) (EPOLLINN)", "EPOLLINN", 1);
    Set<String> undefined = new HashSet<>();
    assertTrue(AbiCheck.check(toolchain, "x: ", List.of(slip), out, new HashSet<>(), undefined));
    assertEquals(Set.of("EPOLLINN"), undefined);
    assertTrue(printed().contains("not in these headers: EPOLLINN"), this::printed);
  }

  @ParameterizedTest
  @MethodSource("installed")
  void check_otherArchitecturesTable_differs(Toolchain toolchain) {
    if (!toolchain.installed()) {
      return; // said by the test above
    }
    Abi other = toolchain.abi() == Abi.X86_64 ? Abi.AARCH64 : Abi.X86_64;
    Set<String> ignored = new HashSet<>();
    assertFalse(AbiCheck.check(toolchain, "x: ", Constant.tables(other), out, ignored, ignored));
    for (String name :
        List.of("epollEventSize", "epollDataOffset", "oDirectory", "oNofollow", "oDirect")) {
      assertTrue(printed().contains("\n  " + name + " is "), this::printed);
    }
  }

  @Test
  void run_requiredToolchainMissing_isAnError() {
    assertEquals(1, AbiCheck.run(List.of("--require", "vax"), out, List.of(ABSENT)));
    assertEquals("vax-no-such-compiler (none, VAX): not installed, but required\n", printed());
  }

  @Test
  void run_optionalToolchainMissing_isReported() {
    assertEquals(0, AbiCheck.run(List.of(), out, List.of(ABSENT)));
    assertEquals("vax-no-such-compiler (none, VAX): not installed; not checked\n", printed());
  }

  @Test
  void run_wrongArguments_printsUsage() {
    assertEquals(2, AbiCheck.run(List.of("--require", "vax"), out));
    assertEquals(2, AbiCheck.run(List.of("--require"), out));
    assertEquals(2, AbiCheck.run(List.of("--bogus", "gcc"), out));
    assertTrue(
        printed().startsWith("usage: abi [--require NAME,NAME,...]; the names are gcc, musl"));
  }

  @Test
  void tables_everyName_isThereOnce() {
    List<String> names = Constant.tables(Abi.CURRENT).stream().map(Constant::name).toList();
    assertEquals(names.size(), new HashSet<>(names).size());
    assertTrue(names.size() > 250, () -> names.size() + " constants");
  }
}
