package dev.pollux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@code etc/build.sh} shows of a build and of a wait for another, with a Maven of its own.
 */
class BuildScriptIT {

  /** The tests run in the folder of their module. */
  private static final Path SCRIPTS = Path.of("..", "etc").toAbsolutePath();

  private static final String MAVEN_SAYS =
      """
      WARNING: something deprecated
      [INFO] -----------------------< dev.pollux:pollux-sys >------------------------
      [INFO] Building Pollux system calls 0.1.0-SNAPSHOT                       [2/9]
      [INFO] Running dev.pollux.sys.AbiTest
      [INFO] Tests run: 18, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.2 s -- in x.AbiTest
      [INFO] Running dev.pollux.sys.EpollTest
      [ERROR] Tests run: 5, Failures: 1, Errors: 1, Skipped: 0, Time elapsed: 1 s <<< FAILURE!
      java.lang.AssertionError: 100 %s
        at EpollTest
      [INFO] Tests run: 23, Failures: 1, Errors: 1, Skipped: 0
      not to be seen
      [INFO] -----------------------< dev.pollux:pollux-bom >------------------------
      [INFO] Building Pollux versions 0.1.0-SNAPSHOT                           [3/9]
      """;

  @TempDir private Path root;
  private final List<Process> started = new ArrayList<>();

  @BeforeEach
  void copyScripts() throws Exception {
    Path etc = Files.createDirectory(root.resolve("etc"));
    for (String name : new String[] {"build.sh", "progress.sh"}) {
      Files.copy(SCRIPTS.resolve(name), etc.resolve(name));
    }
    Files.writeString(root.resolve("says"), MAVEN_SAYS);
  }

  @AfterEach
  void endProcesses() {
    started.forEach(Process::destroyForcibly);
  }

  private Process sh(String line) throws Exception {
    String all = "root=$1; . \"$root/etc/build.sh\"; " + line;
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-euc", all, "sh", root.toString()).redirectErrorStream(true);
    var _ = builder.environment().remove("POLLUX_BUILD_LOCKED"); // of the build that runs this
    Process sh = builder.start();
    started.add(sh);
    return sh;
  }

  private static String all(Process sh) throws Exception {
    return new String(sh.getInputStream().readAllBytes(), UTF_8);
  }

  @Test
  void build_thatFails_showsModulesAndFailuresAndKeepsTheRest() throws Exception {
    Process sh =
        sh(
            "maven() { echo \"maven $*\"; cat \"$root/says\"; return 3; }; code=0;"
                + " maven_shown \"$root/target/log\" a b || code=$?; echo \"code $code\"");
    assertEquals(
        """
        [ERROR] Tests run: 5, Failures: 1, Errors: 1, Skipped: 0, Time elapsed: 1 s <<< FAILURE!
        java.lang.AssertionError: 100 %s
          at EpollTest
        pollux-sys: 23 tests; so far 23, 2 failed
        The whole of it is in %s/target/log
        code 3
        """
            .replace("100 %s", "100 %%s")
            .formatted(root),
        all(sh));
    assertEquals("maven a b\n" + MAVEN_SAYS, Files.readString(root.resolve("target/log")));
  }

  @Test
  void build_thatWorks_showsNothingOfAModuleWithoutTests() throws Exception {
    Process sh =
        sh("maven() { tail -n 2 \"$root/says\"; }; maven_shown \"$root/target/log\" && echo done");
    assertEquals("done\n", all(sh));
  }

  /** What Maven says before it runs is no error of its own form. */
  @Test
  void maven_thatCannotStart_isHeard() throws Exception {
    Process sh =
        sh(
            "maven() { echo 'no such JVM'; return 1; };"
                + " maven_shown \"$root/target/log\" || echo \"code $?\"");
    assertEquals("no such JVM\nThe whole of it is in " + root + "/target/log\ncode 1\n", all(sh));
  }

  /** What was made for scratch goes with the shell, whatever ends it. */
  @Test
  void scratchFolder_isRemovedAtASignal() throws Exception {
    Process sh = sh("TMPDIR=$root; work_in 'a b'; echo \"$work\"; read -r line || :");
    Path work = Path.of(sh.inputReader(UTF_8).readLine());
    assertTrue(Files.isDirectory(work));
    sh.destroy(); // SIGTERM, which is heard when the read has ended
    sh.getOutputStream().close();
    assertEquals(143, sh.waitFor());
    assertFalse(Files.exists(work.getParent()));
  }

  @Test
  void tests_ofOneModule_leaveTheAppsToBeBuilt() throws Exception {
    Files.copy(SCRIPTS.resolveSibling("dev"), root.resolve("dev"));
    Files.copy(SCRIPTS.resolve("find-jdk.sh"), root.resolve("etc/find-jdk.sh"));
    Files.copy(SCRIPTS.resolve("package.sh"), root.resolve("etc/package.sh"));
    Path mvn = Files.createDirectory(root.resolve("bin")).resolve("mvn");
    Files.writeString(
        mvn, "#!/bin/sh\nmkdir -p \"$REPORTS\"; echo '<testcase />' >\"$REPORTS/TEST-x.xml\"\n");
    assertTrue(mvn.toFile().setExecutable(true));
    for (String arguments : new String[] {"-pl pollux-sys", ""}) {
      Process dev =
          sh(
              "export PATH=$root/bin:$PATH REPORTS=$root/pollux-sys/target/x-reports;"
                  + " sh $root/dev test "
                  + arguments);
      assertEquals("1 passed, 0 failed\n", all(dev));
      assertEquals(arguments.isEmpty(), Files.exists(root.resolve("pollux-cli/target/built")));
    }
  }

  /** With a Java that says how it was called. */
  @ParameterizedTest
  @CsvSource({
    "bench seam --quick, pollux-bench, seam --quick",
    "--color never bench seam --quick, pollux-bench, --color=never seam --quick",
    "--color=never bench seam --quick, pollux-bench, --color=never seam --quick",
    "--color never echo bench, pollux-cli, --color never echo bench",
    "--color, pollux-cli, --color",
  })
  void pollux_withAColorBeforeTheCommand_startsTheSameProgram(
      String arguments, String app, String passed) throws Exception {
    Files.copy(SCRIPTS.resolveSibling("pollux"), root.resolve("pollux"));
    Files.writeString(
        root.resolve("etc/find-jdk.sh"), "find_jdk() { jdk=$root/jdk; jdk_version=25; }\n");
    Path java = Files.createDirectories(root.resolve("jdk/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\necho \"$*\"\n");
    assertTrue(java.toFile().setExecutable(true));
    Files.createFile(root.resolve("pom.xml"));
    for (String each : new String[] {"pollux-cli", "pollux-bench"}) {
      Path target = Files.createDirectories(root.resolve(each).resolve("target"));
      Files.createFile(Files.createDirectory(target.resolve("app")).resolve(each + ".jar"));
      Files.createFile(target.resolve("pollux-25.aot"));
      Files.createFile(target.resolve("built"));
    }
    String said = all(sh("sh \"$root/pollux\" " + arguments));
    assertTrue(said.endsWith("/" + app + ".jar " + passed + "\n"), said);
    assertEquals(arguments.contains("echo"), said.contains("-Xmn8m"), said);
  }

  @Test
  void consumers_areGivenTheLibrary_andTheUsersRepositoryIsLeftAlone() throws Exception {
    Files.copy(SCRIPTS.resolve("consumers.sh"), root.resolve("etc/consumers.sh"));
    Process sh =
        sh(
            "prepare() { :; }; work_in() { work=$root; }; artifacts=.; maven() { echo \"$*\"; exit;"
                + " }; . \"$root/etc/consumers.sh\"; consumers");
    String called = all(sh);
    assertTrue(called.contains(" deploy ") && called.contains("-Dmaven.install.skip=true"), called);
  }

  @Test
  void dist_namesTheOwnersOfAllJars_andHasTheirLicences() throws Exception {
    for (String name : new String[] {"dist.sh", "LICENSE-jline.txt"}) {
      Files.copy(SCRIPTS.resolve(name), root.resolve("etc").resolve(name));
    }
    Path lib = Files.createDirectories(root.resolve("packed/lib"));
    for (String name : new String[] {"pollux-cli", "picocli", "jline-terminal"}) {
      Files.createFile(lib.resolve(name + ".jar"));
    }
    String others = "folder=$root/packed; . \"$root/etc/dist.sh\"; others";
    assertEquals("", all(sh(others)));
    assertEquals(
        """
        lib/jline-terminal.jar is a part of JLine, under the BSD 3-Clause License (see \
        LICENSE-jline.txt).
        lib/picocli.jar is picocli, under the Apache License, Version 2.0 (see LICENSE). It was \
        changed: its classes have stack maps.
        """,
        Files.readString(root.resolve("packed/NOTICE")));
    assertTrue(Files.readString(root.resolve("packed/LICENSE-jline.txt")).contains("DISCLAIMED"));
    Files.createFile(lib.resolve("surprise.jar"));
    Process sh = sh(others);
    assertEquals("dev: etc/dist.sh does not say whose lib/surprise.jar is\n", all(sh));
    assertEquals(1, sh.waitFor());
  }

  /** With a javap that shows what stands in a file. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a.B#gone(int,long) | ''",
        "a.B#stays() | lists a break of a.B#stays()",
        "a.B#gome() | lists a break of a.B#gome()",
        "'' | ''",
      })
  void breaks_thatAreListed_areThere(String listed, String complaint) throws Exception {
    Files.copy(SCRIPTS.resolve("release.sh"), root.resolve("etc/release.sh"));
    Path javap = Files.createDirectories(root.resolve("jdk/bin")).resolve("javap");
    Files.writeString(javap, "#!/bin/sh\ncat \"$3\"\n");
    assertTrue(javap.toFile().setExecutable(true));
    Path old = root.resolve("api");
    Path now = root.resolve("now");
    Files.writeString(
        old, "class B {\n  public void gone(int, long);\n  public void stays();\n}\n");
    Files.writeString(now, "class B {\n  public void stays();\n}\n");
    Files.writeString(
        root.resolve("CHANGELOG.md"),
        "## Unreleased\n\n- Break: `%s`: so.\n\n## 0.1\n\n- Break: `x.Y`\n".formatted(listed));
    String said =
        all(
            sh(
                ". \"$root/etc/release.sh\"; jdk=$root/jdk report=$root old=$root/api"
                    + " new=$root/now; listed=$(listed_breaks); check_breaks"));
    assertTrue(complaint.isEmpty() ? said.isEmpty() : said.contains(complaint), said);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void lock_thatAnotherHas_isWaitedForInWords(boolean flock) throws Exception {
    String before = flock ? "" : withoutFlock();
    Process first = sh(before + "lock; echo locked; read -r line; unlock");
    BufferedReader firstSays = first.inputReader(UTF_8);
    assertEquals("locked", firstSays.readLine());
    Process second = sh(before + "lock; echo got it; unlock");
    BufferedReader secondSays = second.inputReader(UTF_8);
    String waiting = secondSays.readLine();
    assertTrue(waiting.contains("waiting"), waiting);
    assertEquals(!flock, waiting.contains("process " + first.pid()), waiting);
    first.getOutputStream().write('\n');
    first.getOutputStream().flush();
    assertEquals("got it", secondSays.readLine());
    assertEquals(0, first.waitFor());
    assertEquals(0, second.waitFor());
    assertEquals(flock, Files.exists(root.resolve(".build.lock")));
    assertFalse(Files.exists(root.resolve(".build.lock.d")));
  }

  /** Nobody waits for who was killed with the lock, or as he was about to write his number. */
  @ParameterizedTest
  @ValueSource(strings = {"lock; kill -9 $$", "mkdir \"$root/.build.lock.d\""})
  void lock_ofADeadOwner_isInherited(String end) throws Exception {
    String before = withoutFlock();
    assertEquals("", all(sh(before + end)));
    List<String> said =
        all(sh(before + "sleep() { :; }; lock; echo got it; unlock")).lines().toList();
    assertEquals("got it", said.getLast());
    assertTrue(said.getFirst().contains("waiting"), said.getFirst());
    assertEquals(2, said.size());
    assertFalse(Files.exists(root.resolve(".build.lock.d")));
  }

  /** As on macOS: a PATH with what a lock needs, and no flock. */
  private String withoutFlock() throws Exception {
    Path bin = root.resolve("bin");
    if (!Files.exists(bin)) {
      Files.createDirectory(bin);
      for (String tool : new String[] {"mkdir", "mv", "ps", "rm", "rmdir", "sleep"}) {
        Path from =
            Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
        Files.createSymbolicLink(bin.resolve(tool), from);
      }
    }
    return "PATH=$root/bin; ";
  }
}
