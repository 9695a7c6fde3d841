package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class AotCacheTest {

  private static final List<String> COMMAND =
      List.of("/jdk/bin/java", "-XX:AOTCache=/a/old.aot", "-XX:AOTCache=/a/b.aot", "-jar", "x.jar");

  @Test
  void parse_ofAFileInMemory_isInUse() {
    AotCache cache =
        AotCache.parse(
            COMMAND,
            List.of(
                "3a001000-3b0e0000 rw-p 00001000 fe:00 5368076                     /a/b.aot",
                "7fbf1c5f2000-7fbf1c5f3000 rw-p 00000000 00:00 0 "));
    assertEquals("/a/b.aot is in use", cache.toString());
    assertTrue(cache.mapped());
  }

  @Test
  void parse_ofAFileThatIsNotInMemory_isRefused() {
    AotCache cache =
        AotCache.parse(COMMAND, List.of("3a001000-3b0e0000 rw-p 0 fe:00 1       /a/old.aot"));
    assertEquals("/a/b.aot was given and refused by the JVM", cache.toString());
    assertFalse(cache.mapped());
  }

  @Test
  void of_thisJvm_whichWasGivenNone_saysSo() throws IOException {
    AotCache cache = AotCache.of(ProcessHandle.current().pid());
    assertEquals("none was given", cache.toString());
    assertFalse(cache.mapped());
  }
}
