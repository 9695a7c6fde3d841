package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EchoSyscallsTest {

  @Test
  void parse_ofASummary_countsCallsAndNeitherErrorsNorTheTotal() throws IOException {
    List<String> summary =
        List.of(
            "% time     seconds  usecs/call     calls    errors syscall",
            "------ ----------- ----------- --------- --------- ----------------",
            " 69.11    0.077968          10      7535           sendto",
            "  0.00    0.000000           0        65         1 accept4",
            "------ ----------- ----------- --------- --------- ----------------",
            "100.00    0.112810           7     15320         1 total");
    assertEquals(Map.of("sendto", 7535L, "accept4", 65L), EchoSyscalls.parse(summary));
  }

  @Test
  void parse_withoutCalls_isAnError() {
    assertThrows(IOException.class, () -> EchoSyscalls.parse(List.of("nothing")));
  }

  @Test
  void table_hasEveryCallThatOneMakes_leavesOutTheRare_andSums() {
    Map<String, Map<String, Double>> calls = new LinkedHashMap<>();
    calls.put("c", Map.of("recvfrom", 1.0));
    calls.put("nio", Map.of("read", 1.5, "futex", 0.001));
    assertEquals(
        List.of(
            "              c    nio",
            "read          -  1.500",
            "recvfrom  1.000      -",
            "all       1.000  1.501"),
        EchoSyscalls.table(calls).lines());
  }
}
