package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HttpLoadTest {

  private static final String H2LOAD =
      """
      finished in 1.01s, 101.00 req/s
      requests: 102 total, 104 started, 101 done, %d succeeded, 0 failed, 0 errored
      """;

  @Test
  void result_amongOtherLines_isWhatTheLoadSaw() throws IOException {
    HttpLoad.Sample sample = HttpLoad.parse("Requests/sec: 7\nresult 1000 500000000 10 90 0\n");
    assertEquals(new HttpLoad.Sample(1000, 500_000_000, 10, 90), sample);
    assertEquals(2000, sample.throughput());
  }

  @Test
  void result_withErrorsOrMissing_isAnError() {
    assertMessage("the load met 3 errors", () -> HttpLoad.parse("result 1000 500000000 10 90 3"));
    assertMessage("the load gave no result: a | b", () -> HttpLoad.parse("a\nb\n"));
    assertMessage("the load gave no result: a", () -> HttpLoad.parse("a", List.of("0\t200\t1")));
    assertMessage(
        "the load gave no result: " + H2LOAD.formatted(101).strip().replace("\n", " | "),
        () -> HttpLoad.parse(H2LOAD.formatted(101), List.of()));
    assertMessage(
        "of 101 answers 100 are good",
        () -> HttpLoad.parse(H2LOAD.formatted(100), List.of("0\t200\t1")));
  }

  @Test
  void percentiles_ofALog_areOfItsAnswers() throws IOException {
    // 101 answers, sent 10 us apart, the first of which takes 101 us, the last one 1 us
    List<String> log =
        IntStream.rangeClosed(0, 100)
            .mapToObj(i -> (1_000_000 + 10 * i) + "\t200\t" + (101 - i))
            .toList();
    assertEquals(
        new HttpLoad.Sample(101, 1_000_000, 51_000, 100_000),
        HttpLoad.parse(H2LOAD.formatted(101), log));
  }

  @Test
  void load_ofThisModule_sendsNeitherForFilesNorWithTls() {
    List<HttpScenario> left =
        Arrays.stream(HttpScenario.values()).filter(each -> !HttpLoad.sends(true, each)).toList();
    assertEquals(List.of(HttpScenario.FILE13, HttpScenario.FILES20, HttpScenario.TLS64), left);
    assertTrue(left.stream().allMatch(each -> HttpLoad.sends(false, each)));
  }

  @Test
  void url_ofAScenario_namesTheFirstOfItsPaths() {
    assertEquals("http://127.0.0.1:81/", HttpScenario.POST1K.url(81));
    assertEquals("http://127.0.0.1:81/static/hello.txt", HttpScenario.FILE13.url(81));
    assertEquals("http://127.0.0.1:81/static/file00.html", HttpScenario.FILES20.url(81));
    assertEquals("https://localhost:81/", HttpScenario.TLS64.url(81)); // whom the key is for
  }

  private static void assertMessage(String expected, ThrowingCall call) {
    assertEquals(expected, assertThrows(IOException.class, call::run).getMessage());
  }

  private interface ThrowingCall {
    HttpLoad.Sample run() throws IOException;
  }
}
