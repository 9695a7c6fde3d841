package dev.pollux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code etc/find-jdk.sh} says of a JDK that will not do. */
class FindJdkIT {

  /** The tests run in the folder of their module. */
  private static final Path SCRIPT = Path.of("..", "etc", "find-jdk.sh").toAbsolutePath();

  @TempDir private Path folder;

  private Path jdk(String name, String release, String... programs) throws Exception {
    Path home = folder.resolve(name);
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), release);
    for (String program : programs) {
      Path file = Files.writeString(home.resolve("bin").resolve(program), "#!/bin/sh\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    return home;
  }

  private static String tried(Path home) throws Exception {
    String line = ". \"$1\"; runtimes_found=; try_jdk \"$2\" && echo $jdk || echo $runtimes_found";
    Process sh =
        new ProcessBuilder("sh", "-euc", line, "sh", SCRIPT.toString(), home.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(sh.getInputStream().readAllBytes(), UTF_8).strip();
    assertEquals(0, sh.waitFor(), said);
    return said;
  }

  @Test
  void jdk_thatIsTooOld_isNamedWithItsVersion() throws Exception {
    Path home = jdk("old", "JAVA_VERSION=\"17.0.15\"\n", "java", "javac");
    assertEquals(home + ": 17.0.15, too old", tried(home));
  }

  @Test
  void jre_isNamedAsOne() throws Exception {
    Path home = jdk("jre", "JAVA_VERSION=\"25\"\n", "java");
    assertEquals(home + ": 25, without a compiler (a JRE)", tried(home));
  }

  @Test
  void jdk_thatWillDo_isTaken() throws Exception {
    Path home = jdk("new", "JAVA_VERSION=\"25.0.1\"\n", "java", "javac");
    assertEquals(home.toString(), tried(home));
    assertTrue(tried(folder.resolve("none")).isEmpty());
  }

  /** As on older macOS, whose readlink has no -f. */
  @Test
  void links_areFollowed_withoutHelp() throws Exception {
    Path home = jdk("new", "JAVA_VERSION=\"25\"\n", "java").toRealPath();
    Path second = Files.createDirectory(folder.resolve("bin")).resolve("second");
    Files.createSymbolicLink(second, Path.of("../new/bin/java"));
    Path first = Files.createSymbolicLink(folder.resolve("first"), second);
    String line =
        "readlink() { [ $1 != -f ] || return 1; command readlink \"$1\"; };"
            + " . \"$1\"; behind_links \"$2\"";
    Process sh =
        new ProcessBuilder("sh", "-euc", line, "sh", SCRIPT.toString(), first.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(sh.getInputStream().readAllBytes(), UTF_8).strip();
    assertEquals(home.resolve("bin/java").toString(), said);
  }
}
