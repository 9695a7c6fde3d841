package dev.pollux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        code 3
        """,
        all(sh));
    assertEquals("maven a b\n" + MAVEN_SAYS, Files.readString(root.resolve("target/log")));
  }

  @Test
  void build_thatWorks_showsNothingOfAModuleWithoutTests() throws Exception {
    Process sh =
        sh("maven() { tail -n 2 \"$root/says\"; }; maven_shown \"$root/target/log\" && echo done");
    assertEquals("done\n", all(sh));
  }

  @Test
  void lock_thatAnotherHas_isWaitedForInWords() throws Exception {
    Process first = sh("lock; echo locked; read -r line; unlock");
    BufferedReader firstSays = first.inputReader(UTF_8);
    assertEquals("locked", firstSays.readLine());
    Process second = sh("lock; echo got it; unlock");
    BufferedReader secondSays = second.inputReader(UTF_8);
    String waiting = secondSays.readLine();
    assertTrue(waiting.contains("waiting"), waiting);
    first.getOutputStream().write('\n');
    first.getOutputStream().flush();
    assertEquals("got it", secondSays.readLine());
    assertEquals(0, first.waitFor());
    assertEquals(0, second.waitFor());
  }
}
