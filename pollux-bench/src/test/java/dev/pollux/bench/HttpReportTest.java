package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpReportTest {

  static final int BARS = 14;
  private static final long MB = 1_000_000;

  private final Samples rows = Samples.of(HttpReport.COLUMNS);
  private int rounds = HttpReport.ROUNDS;

  @Test
  void bars_atTheirBounds_areMet() throws IOException {
    // Netty needs 200 ticks in turns of plain text or messages, 400 for pipelined requests, 147 for
    // sums;
    // nginx 100 for files, and as a proxy
    fill(110, 130, 115, 4999, 110);
    assertEquals(BARS, count(Bar.Verdict.MET));
  }

  @Test
  void bars_pastTheirBounds_areMissed() throws IOException {
    fill(141, 141, 116, 5100, 111);
    assertEquals(BARS, count(Bar.Verdict.MISSED));
  }

  @Test
  void bars_onRatiosOfFewRounds_haveNoVerdict() throws IOException {
    rounds--;
    fill(110, 130, 115, 4999, 110);
    assertEquals(12, count(Bar.Verdict.NOT_MEASURED));
  }

  @Test
  void bars_withoutTheServerTheyAreAbout_areNotMeasured() throws IOException {
    add(HttpScenario.PLAINTEXT64, "c", 1, "closed", 100, 1, 0, 1);
    assertEquals(BARS, count(Bar.Verdict.NOT_MEASURED));
  }

  @Test
  void report_printsEveryServerOfEveryScenario_andADashForWhatIsNotKnown() throws IOException {
    fill(110, 130, 115, 4999, 110);
    String text = printed(rows);
    assertEquals(
        List.of(
            "pollux 440000 ±0% 1.100 ±0% 0.550 ±0% 330000 ±0% 110000 ±0% 1000 ±0% 44% ±0%",
            "c 400000 ±0% 1.000 ±0% 0.500 ±0% 300000 ±0% 100000 ±0% 1000 ±0% 40% ±0%",
            "netty-epoll 800000 ±0% 2.000 ±0% 1.000 ±0% 600000 ±0% 200000 ±0% 1000 ±0% 80% ±0%"),
        text.lines()
            .filter(line -> line.matches("(pollux|c|netty-epoll) .*"))
            .map(line -> line.replaceAll(" +", " "))
            .limit(3)
            .map(line -> line.replaceFirst("(% ±0%) 0 ±0%.*", "$1"))
            .toList(),
        text);
    assertTrue(text.lines().anyMatch(line -> line.matches("c .* -")), text);
    assertTrue(text.contains("\nplaintext64 at 5000 a second\n"), text);
    assertTrue(text.contains("9 rounds of 10.0 s. Medians of 9 rounds; ±: "), text);
  }

  @Test
  void report_ofFiles_hasBytesASecond_andSaysWhatDiffers() throws IOException {
    add(HttpScenario.FILES20, "pollux-serve", 1, "closed", 110, 70, -1, 1);
    add(HttpScenario.FILES20, "nginx", 1, "closed", 100, 2, -1, 1);
    String text = printed(rows);
    assertTrue(text.contains("  MB/s"), text);
    // 1,000 a second, of 69 kB in the mean
    assertTrue(text.matches("(?s).*\npollux-serve +440000 +1\\.100 .* 1000 +69 .*"), text);
    assertTrue(text.contains("open_file_cache"), text);
    assertFalse(text.contains("handshakes"), text);
    assertTrue(text.lines().allMatch(line -> line.length() <= Table.COLUMNS), text);
  }

  @Test
  void report_ofTls_isComparedWithNettyAndNginx_andTellsOfHandshakes() throws IOException {
    add(HttpScenario.TLS64, "pollux-tls", 1, "closed", 110, 70, 0, 1);
    add(HttpScenario.TLS64, "netty-jdk", 1, "closed", 100, 70, 0, 1);
    add(HttpScenario.TLS64, "nginx-tls", 1, "closed", 55, 2, -1, 1);
    String text = printed(rows);
    assertTrue(text.matches("(?s).*\npollux-tls +440000 +1\\.100 +2\\.000 .*"), text);
    assertTrue(text.contains("handshakes"), text);
    assertFalse(text.contains("open_file_cache") || text.contains("MB/s"), text);
  }

  @Test
  void report_ofSockets_isComparedWithCAndNetty() throws IOException {
    add(HttpScenario.WS64, "pollux", 1, "closed", 70, 70, 0, 1);
    add(HttpScenario.WS64, "c-ws", 1, "closed", 50, 2, -1, 1);
    add(HttpScenario.WS64, "netty-epoll", 1, "closed", 100, 70, 20, 1);
    String text = printed(rows);
    assertTrue(text.matches("(?s).*\npollux +280000 +1\\.400 +0\\.700 .*"), text);
    assertTrue(text.contains("\nWebSockets: ") && !text.contains("\nProxies: "), text);
  }

  @Test
  void report_ofProxies_isComparedWithOthers_andSaysWhatIsBehind() throws IOException {
    add(HttpScenario.PROXY64, "pollux-proxy", 1, "closed", 110, 70, 100, 1);
    add(HttpScenario.PROXY64, "nginx-proxy", 1, "closed", 100, 2, -1, 1);
    add(HttpScenario.PROXY64, "haproxy", 1, "closed", 55, 2, -1, 1);
    String text = printed(rows);
    assertTrue(text.matches("(?s).*\npollux-proxy +440000 +1\\.100 +2\\.000 .*"), text);
    assertTrue(text.contains("\nProxies: ") && !text.contains("\nWebSockets: "), text);
    assertTrue(text.lines().allMatch(line -> line.length() <= Table.COLUMNS), text);
  }

  @Test
  void scenarios_ofAServer_areThoseInWhichItWas() throws IOException {
    add(HttpScenario.PLAINTEXT64, "c", 1, "closed", 100, 2, -1, 1);
    add(HttpScenario.TLS64, "netty-jdk", 1, "closed", 100, 70, 0, 1);
    assertEquals(List.of(HttpScenario.PLAINTEXT64), new HttpReport(rows).of("c"));
  }

  /** The rows that docs/figures.md comes from, and the medians that stand there. */
  @ParameterizedTest
  @ValueSource(strings = {"pollux", "c", "nio", "netty-epoll"})
  void report_ofTheRowsKeptInTheRepository_isAsPublished_andFitsItsColumns(String server)
      throws IOException {
    Path docs = CPrograms.moduleFolder().resolveSibling("docs");
    Samples kept = Samples.read(docs.resolve("data").resolve("http.csv"), HttpReport.COLUMNS);
    String text = printed(kept);
    assertTrue(text.lines().allMatch(line -> line.length() <= Table.COLUMNS), text);
    assertTrue(text.contains("9 rounds of 1.0 s. "), text);
    assertTrue(new HttpReport(kept).chart().title().endsWith(": 9 rounds of 1.0 s"));
    String published =
        Arrays.stream(HttpScenario.values())
            .filter(scenario -> kept.values("scenario").contains(scenario.label()))
            .map(scenario -> cpu(text, scenario, server))
            .collect(Collectors.joining(" | ", "| ", " |"));
    String figures = Files.readString(docs.resolve("figures.md"));
    assertTrue(figures.contains(published), published + " is not in docs/figures.md");
  }

  /** What the first table of a scenario says of a server's processor time. */
  private static String cpu(String text, HttpScenario scenario, String server) {
    Pattern row =
        Pattern.compile(
            "^%s:.*?^%s +(\\d+) (±\\d+)%%".formatted(scenario.label(), server),
            Pattern.MULTILINE | Pattern.DOTALL);
    Matcher found = row.matcher(text);
    assertTrue(found.find(), text);
    return found.group(1) + " " + found.group(2) + " %";
  }

  private static String printed(Samples of) {
    StringWriter out = new StringWriter();
    new HttpReport(of).print(new Report(new PrintWriter(out), false, false));
    return out.toString();
  }

  private long count(Bar.Verdict verdict) {
    return new HttpReport(rows).bars().stream().filter(bar -> bar.verdict() == verdict).count();
  }

  /** Figures of Pollux beside those of C, which needs 100 ticks, and of Netty. */
  private void fill(long plain, long pipelined, long p99, long allocated, long mb)
      throws IOException {
    for (int round = 1; round <= rounds; round++) {
      for (HttpScenario scenario : HttpScenario.values()) {
        if (scenario.isOfFiles()) {
          add(scenario, "pollux-serve", round, "closed", plain, mb, -1, 1);
          add(scenario, "nginx", round, "closed", 100, 2, -1, 1);
          continue;
        }
        if (scenario.isProxied()) { // 120 is as much as may be
          add(scenario, "pollux-proxy", round, "closed", plain + 10, mb, 9, 1);
          add(scenario, "nginx-proxy", round, "closed", 100, 2, -1, 1);
          continue;
        }
        boolean isPipelined = scenario == HttpScenario.PIPELINED16;
        long ticks = isPipelined ? pipelined : plain;
        add(scenario, "pollux", round, "closed", ticks, mb, allocated, 1);
        add(scenario, "c", round, "closed", 100, 2, -1, 1);
        boolean isSums = scenario.sums() != null;
        long netty = isPipelined ? 400 : isSums ? 147 : 200;
        add(scenario, "netty-epoll", round, "closed", netty, 120, 9, 1);
        if (isSums) {
          add(scenario, "pollux-arena", round, "closed", ticks, mb, -1, 1);
        }
      }
      add(HttpScenario.PLAINTEXT64, "pollux", round, "fixed", plain, mb, allocated, p99);
      add(HttpScenario.PLAINTEXT64, "netty-epoll", round, "fixed", 100, mb, 0, 100);
    }
  }

  /** A turn of 10 s with 10,000 requests, of which Pollux is steady in all of it. */
  private void add(
      HttpScenario scenario,
      String server,
      int round,
      String phase,
      long ticks,
      long mb,
      long allocated,
      long p99)
      throws IOException {
    rows.add(
        scenario.label(),
        server,
        round,
        phase,
        phase.equals("fixed") ? 5000 : 0,
        10_000,
        10_000_000_000L,
        1,
        p99,
        3 * ticks,
        ticks,
        mb * MB,
        mb * MB,
        allocated < 0 ? "" : allocated,
        10_000_000_000L);
  }
}
