package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.bench.EchoProcess.Usage;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class EchoProcessTest {

  @Test
  void sample_ofAnAnswer_hasItsFigures() throws IOException {
    EchoLoad.Sample sample =
        EchoLoad.Sample.parse("1000 2000000000 6000000 7 1100 10 20 30 40 990");
    assertEquals(500, sample.throughput());
    assertEquals(1100, sample.total());
    assertEquals(990, sample.figures().getLast());
  }

  @Test
  void sample_ofSomethingElse_saysWhatIsWrong() {
    IOException few = assertThrows(IOException.class, () -> EchoLoad.Sample.parse("1 2 3"));
    assertEquals("the load gave 3 figures, not 10", few.getMessage());
    IOException words =
        assertThrows(IOException.class, () -> EchoLoad.Sample.parse("1 2 3 4 5 6 7 8 9 x"));
    assertTrue(words.getMessage().startsWith("the figures of the load are not numbers"));
  }

  @Test
  void payload_isWhatFollowsOk_andAnythingElseIsAnErrorThatQuotesIt() throws IOException {
    assertEquals("1 2 3", Child.payload("ok 1 2 3"));
    assertEquals("", Child.payload("ok"));
    IOException e =
        assertThrows(IOException.class, () -> Child.payload("error poll: Too many open files"));
    assertEquals("the C program says: poll: Too many open files", e.getMessage());
    e = assertThrows(IOException.class, () -> Child.payload("okay"));
    assertEquals("the C program says: 'okay'", e.getMessage());
  }

  @Test
  void port_isInTheFirstLine_ofOurServersAndOfThoseThatShip() throws IOException {
    assertEquals(8080, EchoProcess.port("listening 8080"));
    assertEquals(8081, EchoProcess.port("listening on 127.0.0.1:8081 (epoll)"));
    assertEquals(8082, EchoProcess.port("serving /a site on http://127.0.0.1:8082/"));
    IOException e = assertThrows(IOException.class, () -> EchoProcess.port("serving nothing"));
    assertEquals("a server says 'serving nothing'", e.getMessage());
  }

  @Test
  void usage_ofAProcessWhoseNameHasBlanksAndParentheses_isFound() throws IOException {
    String stat = "7 (a ) b) S 1 7 7 0 -1 4194304 10 0 0 0 123 45 0 0 20 0 1 0 99 1000 2";
    List<String> status = List.of("Name:\ta ) b", "VmHWM:\t    2048 kB", "VmRSS:\t    1024 kB");
    Usage usage = Usage.parse(stat, status);
    assertEquals(new Usage(123, 45, 1 << 20, 2 << 20), usage);
    Usage since = usage.since(new Usage(120, 44, 5, 6));
    assertEquals(new Usage(3, 1, 1 << 20, 2 << 20), since);
  }

  @Test
  void usage_withoutItsLine_saysWhichOne() {
    IOException e =
        assertThrows(
            IOException.class,
            () -> Usage.parse("7 (a) S 1 7 7 0 -1 4 10 0 0 0 1 4 0", List.of("VmRSS: 1 kB")));
    assertEquals("/proc/PID/status has no VmHWM:", e.getMessage());
  }

  @Test
  void usage_ofThisProcess_isThere() throws IOException {
    Usage usage = Usage.of(ProcessHandle.current().pid());
    assertTrue(usage.residentBytes() > 1 << 20 && usage.peakBytes() >= usage.residentBytes() / 2);
  }
}
