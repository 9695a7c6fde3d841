package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShippedCopyTest {

  private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000_000_000L);

  @TempDir private Path root;

  @Test
  void copy_hasWhatWasBuiltWithItsTimes_andNoCache() throws IOException {
    Path built = Path.of("pollux-cli", "target", "app", "a.jar");
    fill();
    Path launcher;
    try (ShippedCopy copy = ShippedCopy.of(root)) {
      launcher = copy.launcher();
      assertEquals("pollux", Files.readString(launcher));
      Path jar = launcher.resolveSibling(built);
      assertEquals("pollux-cli/target/app/a.jar", Files.readString(jar));
      assertEquals(LONG_AGO, Files.getLastModifiedTime(jar));
      assertFalse(Files.exists(launcher.resolveSibling("pollux-cli/target/x.aot")));
      assertThrows(IOException.class, copy::checkCache);
    }
    assertFalse(Files.exists(launcher));
  }

  @Test
  void cache_ofTheCopy_isCheckedAndRemoved_andTheOneOfTheTreeStays() throws IOException {
    fill();
    try (ShippedCopy copy = ShippedCopy.of(root)) {
      Path cache = copy.launcher().resolveSibling("pollux-cli/target/x.aot");
      Files.writeString(cache, "");
      assertThrows(IOException.class, copy::checkCache);
      Files.writeString(cache, "learned");
      copy.checkCache();
      copy.removeCache();
      assertFalse(Files.exists(cache));
    }
    assertTrue(Files.exists(root.resolve("pollux-cli/target/x.aot")));
  }

  private void fill() throws IOException {
    for (String name :
        List.of(
            "pollux",
            "pom.xml",
            "etc/find-jdk.sh",
            "pollux-cli/target/built",
            "pollux-cli/target/x.aot",
            "pollux-cli/target/app/a.jar")) {
      Path file = root.resolve(name);
      Files.createDirectories(file.resolveSibling(""));
      Files.writeString(file, name);
      Files.setLastModifiedTime(file, LONG_AGO);
    }
  }
}
