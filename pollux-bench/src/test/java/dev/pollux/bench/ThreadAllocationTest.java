package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ThreadAllocationTest {

  private static final String MAIN =
      "\"main\" #3 [77] prio=5 os_prio=0 cpu=67.36ms elapsed=1.02s allocated=%s"
          + " defined_classes=77 tid=0x00007f nid=77 runnable  [0x00007f]";

  @Test
  void parse_ofTheThreadsLine_isItsBytes() throws IOException {
    assertEquals(940, bytes("940B"));
    assertEquals(2048, bytes("2048B"));
    assertEquals(5123L * 1024, bytes("5123K"));
    assertEquals(33L << 20, bytes("33M"));
    assertEquals(12L << 30, bytes("12G"));
  }

  @Test
  void parse_ofADumpWithoutTheThread_isAnError() {
    List<String> dump = List.of("Full thread dump", MAIN.formatted("1B"));
    assertThrows(IOException.class, () -> ThreadAllocation.parse(dump, "other"));
  }

  @Test
  void ofMain_ofThisJvm_isKnown() throws IOException {
    assertTrue(ThreadAllocation.ofMain(ProcessHandle.current().pid()) > 0);
  }

  private static long bytes(String text) throws IOException {
    List<String> dump =
        List.of(
            "Full thread dump", MAIN.formatted(text).replace("main", "a"), MAIN.formatted(text));
    return ThreadAllocation.parse(dump, "main");
  }
}
