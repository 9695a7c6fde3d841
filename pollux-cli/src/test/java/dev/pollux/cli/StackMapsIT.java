package dev.pollux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code etc/StackMaps.java} does to picocli, so that an AOT cache takes it. */
class StackMapsIT {

  private static final int FIRST_WITH_STACK_MAPS = 50;

  /** The tests run in the folder of their module. */
  private static final Path PROGRAM = Path.of("..", "etc", "StackMaps.java").toAbsolutePath();

  @TempDir private Path folder;
  private Path original;
  private Path jar;

  @BeforeEach
  void copy() throws Exception {
    original =
        Path.of(CommandLine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    jar = Files.copy(original, folder.resolve("picocli.jar"));
  }

  @Test
  void picocli_hasStackMapsAfterwards() throws Exception {
    assertTrue(version(jar) < FIRST_WITH_STACK_MAPS, "it has them by now: delete the program");
    rewrite();
    assertTrue(version(jar) >= FIRST_WITH_STACK_MAPS);
    byte[] once = Files.readAllBytes(jar);
    rewrite();
    assertArrayEquals(once, Files.readAllBytes(jar));
  }

  @Test
  void commands_sayTheSameWithIt() throws Exception {
    rewrite();
    String path = System.getProperty("java.class.path");
    assertTrue(path.contains(original.toString()), path);
    String other = path.replace(original.toString(), jar.toString());
    for (String arguments : new String[] {"--help", "echo --help", "lab list --jsn", "sim -x"}) {
      try (Command before = new Command(arguments.split(" ", -1));
          Command after = Command.withJvm(new String[] {"-cp", other}, arguments.split(" ", -1))) {
        assertEquals(before.rest(), after.rest());
        assertEquals(before.errors(), after.errors());
        assertEquals(before.exitCode(), after.exitCode());
      }
    }
  }

  private void rewrite() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(java, PROGRAM.toString(), jar.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertEquals("", said);
    assertEquals(1, folder.toFile().listFiles(File::isFile).length, "nothing stays beside it");
  }

  /** The version of its classes. */
  private static int version(Path jar) throws Exception {
    try (JarFile file = new JarFile(jar.toFile());
        DataInputStream in =
            new DataInputStream(
                file.getInputStream(file.getJarEntry("picocli/CommandLine.class")))) {
      int _ = in.readInt(); // the magic number
      int _ = in.readUnsignedShort();
      return in.readUnsignedShort();
    }
  }
}
