package dev.pollux.http.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What answers come to, good ones and those of an enemy, in pieces of all sizes: the outcome, and
 * whether the connection is kept for another request. What an answer leaves behind it is never the
 * beginning of the next.
 */
class AnswersTest {

  private static final int PROGRAMS = Integer.getInteger("pollux.http.programs", 20_000) / 20;
  private static final long SEED = Long.getLong("pollux.seed", 1);
  private static final ClientOptions OPTIONS = ClientOptions.DEFAULT.withDecompression(false);

  /** Sends an answer in pieces of this size, and the end behind it if that is said by a $. */
  private static String outcome(String method, String answer, int size) {
    try (ClientWire wire = new ClientWire(OPTIONS)) {
      ClientRequest request =
          method.equals("CONNECT")
              ? wire.of(method, "/").withTarget("h:443")
              : wire.of(method, "/");
      Heard heard = new Heard();
      heard.next = (_, data) -> data.position(data.limit());
      var _ = wire.ask(request, heard);
      ClientWire.Peer peer = wire.accept();
      peer.read();
      boolean hasEnd = answer.endsWith("$");
      byte[] bytes =
          ClientWire.bytes(
              (hasEnd ? answer.substring(0, answer.length() - 1) : answer)
                  .replace("\\n", "\n")
                  .replace("\\r", "\r")
                  .replace("\\t", "\t")
                  .replace("\\0", "\0")
                  .replace('␣', ' '));
      for (int at = 0; at < bytes.length; at += size) {
        byte[] piece = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + size));
        try {
          peer.write(piece);
        } catch (AssertionError _) {
          at = bytes.length; // the client wants no more
        }
        wire.turn();
      }
      if (hasEnd) {
        peer.end();
      }
      String outcome = heard.outcome();
      int kept = wire.client.idleCount();
      if (kept > 0) {
        Heard next = wire.ask("/next");
        assertTrue(peer.read().startsWith("GET /next "), answer);
        peer.send("HTTP/1.1 200 OK¶Content-Length: 4¶¶mine");
        assertEquals("200 mine", next.outcome(), answer);
      }
      assertEquals(List.of(), wire.reported);
      return outcome + (kept > 0 ? " kept" : "");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      maxCharsPerColumn = 10_000,
      textBlock =
          """
          GET|HTTP/1.1 200 OK¶Content-Length: 2¶¶ok|200 ok kept
          GET|HTTP/1.1 200␣¶Content-Length: 2¶¶ok|200 ok kept
          GET|HTTP/1.1 200¶Content-Length: 2¶¶ok|200 ok kept
          GET|HTTP/1.1 404 No\tsuch \u00e9¶Content-Length: 0¶¶|404 kept
          GET|HTTP/1.1 599 x¶content-length:␣␣2␣␣¶¶ok|599 ok kept
          GET|HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶2¶ok¶0¶¶|200 ok kept
          GET|HTTP/1.1 200 OK¶Transfer-Encoding: Chunked¶¶1;a="b;¶|200  BAD_ANSWER
          GET|HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶1;a="b;"¶o¶1¶k¶0¶A: b¶¶|200 ok kept
          GET|HTTP/1.1 200 OK¶Content-Length: 2¶Connection: close¶¶ok|200 ok
          GET|HTTP/1.1 200 OK¶Content-Length: 2¶Connection: a, CLOSE¶¶ok|200 ok
          GET|HTTP/1.0 200 OK¶Content-Length: 2¶¶ok|200 ok
          GET|HTTP/1.0 200 OK¶Content-Length: 2¶Connection: keep-alive¶¶ok|200 ok
          GET|HTTP/1.0 200 OK¶¶ok$|200 ok
          GET|HTTP/1.1 200 OK¶¶ok$|200 ok
          GET|HTTP/1.1 200 OK¶¶$|200
          GET|HTTP/1.1 200 OK¶¶ok|200 ok ...
          HEAD|HTTP/1.1 200 OK¶Content-Length: 5¶¶|200 kept
          HEAD|HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶|200 kept
          HEAD|HTTP/1.1 200 OK¶¶|200 kept
          HEAD|HTTP/1.1 200 OK¶Content-Length: 5¶¶hello|200
          GET|HTTP/1.1 204 No Content¶¶|204 kept
          GET|HTTP/1.1 204 No Content¶Content-Length: 0¶¶|204 kept
          GET|HTTP/1.1 204 No Content¶Content-Length: 5¶¶|204
          GET|HTTP/1.1 204 No Content¶Transfer-Encoding: chunked¶¶|204
          GET|HTTP/1.1 304 Not Modified¶Content-Length: 5¶¶|304 kept
          GET|HTTP/1.1 304 Not Modified¶Content-Length: 5¶¶hello|304
          GET|HTTP/1.1 100 Continue¶¶HTTP/1.1 200 OK¶Content-Length: 2¶¶ok|200 ok kept
          GET|HTTP/1.1 103 Hints¶A: b¶¶HTTP/1.1 103 Hints¶¶HTTP/1.1 204 x¶¶|204 kept
          GET|HTTP/1.1 103 Hints¶Content-Length: 5¶¶|BAD_ANSWER
          GET|HTTP/1.1 103 Hints¶Transfer-Encoding: chunked¶¶|BAD_ANSWER
          GET|HTTP/1.1 101 Switching Protocols¶Upgrade: x¶Connection: upgrade¶¶|BAD_ANSWER
          CONNECT|HTTP/1.1 200 OK¶Content-Length: 5¶Transfer-Encoding: chunked¶¶|200 switched
          CONNECT|HTTP/1.1 407 No¶Content-Length: 2¶¶no|407 no kept
          """)
  void answer_good_orEnding_isTakenAsItIs(String method, String answer, String outcome) {
    check(method, answer, outcome);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      maxCharsPerColumn = 10_000,
      textBlock =
          """
          HTTP/1.1 200 OK¶Content-Length: 2¶Transfer-Encoding: chunked¶¶0¶¶|BAD_ANSWER
          HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶Content-Length: 0¶¶0¶¶|BAD_ANSWER
          HTTP/1.1 200 OK¶Content-Length: 2¶Content-Length: 2¶¶ok|BAD_ANSWER
          HTTP/1.1 200 OK¶Content-Length: 2¶content-length: 5¶¶ok|BAD_ANSWER
          HTTP/1.1 200 OK¶Content-Length: 2, 2¶¶ok|BAD_ANSWER
          HTTP/1.1 200 OK¶Content-Length: +2¶¶ok|BAD_ANSWER
          HTTP/1.1 200 OK¶Content-Length: -1¶¶ok|BAD_ANSWER
          HTTP/1.1 200 OK¶Content-Length: 0x2¶¶ok|BAD_ANSWER
          HTTP/1.1 200 OK¶Content-Length: 2.0¶¶ok|BAD_ANSWER
          HTTP/1.1 200 OK¶Content-Length:¶¶ok|BAD_ANSWER
          HTTP/1.1 200 OK¶Content-Length: 9999999999999999999¶¶ok|BAD_ANSWER
          HTTP/1.1 200 OK¶Content-Length : 2¶¶ok|BAD_ANSWER
          HTTP/1.1 200 OK¶Content-Length: 2\\r¶¶ok|BAD_ANSWER
          HTTP/1.1 200 OK¶A: b\\nContent-Length: 2¶¶ok|BAD_ANSWER
          HTTP/1.1 200 OK¶A: b\\0¶¶|BAD_ANSWER
          HTTP/1.1 200 OK¶A: b¶␣Content-Length: 2¶¶ok|BAD_ANSWER
          HTTP/1.1 200 OK¶␣A: b¶¶|BAD_ANSWER
          HTTP/1.1 200 OK¶: b¶¶|BAD_ANSWER
          HTTP/1.1 200 OK¶A b¶¶|BAD_ANSWER
          HTTP/1.1 200 OK¶Transfer-Encoding: gzip, chunked¶¶0¶¶|BAD_ANSWER
          HTTP/1.1 200 OK¶Transfer-Encoding: chunked, chunked¶¶0¶¶|BAD_ANSWER
          HTTP/1.1 200 OK¶Transfer-Encoding: identity¶¶|BAD_ANSWER
          HTTP/1.1 200 OK¶Transfer-Encoding: xchunked¶¶|BAD_ANSWER
          HTTP/1.1 200 OK¶Transfer-Encoding:¶¶|BAD_ANSWER
          HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶Transfer-Encoding: chunked¶¶0¶¶|BAD_ANSWER
          HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶Transfer-Encoding: x¶¶0¶¶|BAD_ANSWER
          HTTP/1.0 200 OK¶Transfer-Encoding: chunked¶¶0¶¶|BAD_ANSWER
          HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶2\\nok¶0¶¶|200  BAD_ANSWER
          HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶g¶|200  BAD_ANSWER
          HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶0x2¶ok¶0¶¶|200  BAD_ANSWER
          HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶␣2¶ok¶0¶¶|200  BAD_ANSWER
          HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶2¶okay¶0¶¶|200 ok BAD_ANSWER
          HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶2¶ok¶¶0¶¶|200 ok BAD_ANSWER
          HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶FFFFFFFFFFFFFFFFF¶|200  BAD_ANSWER
          HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶0¶Content-Length: 5¶¶|200  BAD_ANSWER
          HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶0¶a b¶¶|200  BAD_ANSWER
          HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶2¶ok¶0¶$|200 ok CLOSED_EARLY
          HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶5¶ok$|200 ok CLOSED_EARLY
          HTTP/1.1 200 OK¶Content-Length: 5¶¶ok$|200 ok CLOSED_EARLY
          HTTP/1.1 200 OK¶Content-Length: 5¶$|CLOSED_EARLY
          HTTP/1.1 200 OK¶Content-Length: 0¶¶HTTP/1.1 200 OK¶Content-Length: 4¶¶evil|200
          HTTP/1.1 200 OK¶Content-Length: 2¶¶okHTTP/1.1 200 OK¶¶evil|200 ok
          HTTP/1.1 200 OK¶Content-Length: 2¶¶ok¶|200 ok
          HTTP/1.1 204 No¶¶HTTP/1.1 200 OK¶Content-Length: 4¶¶evil|204
          HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶¶0¶¶x|200
          """)
  void answer_hostile_isNoAnswer_orTheLast(String answer, String outcome) {
    check("GET", answer, outcome);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ¶HTTP/1.1 200 OK¶¶|BAD_ANSWER
          ␣HTTP/1.1 200 OK¶¶|BAD_ANSWER
          http/1.1 200 OK¶¶|BAD_ANSWER
          HTTP/2.0 200 OK¶¶|BAD_ANSWER
          HTTP/1.2 200 OK¶¶|BAD_ANSWER
          HTTP/0.9 200 OK¶¶|BAD_ANSWER
          HTTP/1.10 200 OK¶¶|BAD_ANSWER
          HTTP/1.1␣␣200 OK¶¶|BAD_ANSWER
          HTTP/1.1\\t200 OK¶¶|BAD_ANSWER
          HTTP/1.1 20 OK¶¶|BAD_ANSWER
          HTTP/1.1 2000 OK¶¶|BAD_ANSWER
          HTTP/1.1 600 OK¶¶|BAD_ANSWER
          HTTP/1.1 099 OK¶¶|BAD_ANSWER
          HTTP/1.1 -20 OK¶¶|BAD_ANSWER
          HTTP/1.1 200 O\\0K¶¶|BAD_ANSWER
          HTTP/1.1 200 OK\\n\\n|BAD_ANSWER
          HTTP/1.1 200 OK\\rX¶¶|BAD_ANSWER
          HTTP/1.1¶¶|BAD_ANSWER
          <html>hello</html>|BAD_ANSWER
          $|CLOSED_EARLY
          HT$|CLOSED_EARLY
          """)
  void statusLine_thatIsNone_isNoAnswer(String answer, String outcome) {
    check("GET", answer, outcome);
  }

  private static void check(String method, String answer, String outcome) {
    int size = answer.length() + 1;
    assertEquals(outcome, outcome(method, answer, size), answer);
    for (int pieces : new int[] {1, 2, 3, 7}) {
      assertEquals(outcome, outcome(method, answer, pieces), answer + " by " + pieces);
    }
  }

  @Test
  void answer_atEverySplit_isTheSame() {
    String answer =
        "HTTP/1.1 103 Hints¶A: b¶¶HTTP/1.1 200 OK¶Transfer-Encoding: chunked¶C: ¶¶"
            + "3;x=\"y\"¶abc¶10¶0123456789abcdef¶0¶T: u¶¶";
    for (int split = 1; split < ClientWire.bytes(answer).length; split++) {
      try (ClientWire wire = new ClientWire(OPTIONS)) {
        Heard heard = wire.ask("/");
        ClientWire.Peer peer = wire.accept();
        byte[] bytes = ClientWire.bytes(answer);
        peer.write(Arrays.copyOf(bytes, split));
        wire.turn();
        peer.write(Arrays.copyOfRange(bytes, split, bytes.length));
        wire.turn();
        assertEquals("200 abc0123456789abcdef", heard.outcome(), "split at " + split);
        assertEquals(1, heard.informed.size());
        assertEquals("u", heard.trailers.get("T"));
        assertEquals(1, wire.client.idleCount());
      }
    }
  }

  /** Random answers, most of them with something wrong: one end each, whatever the pieces. */
  @Test
  void answers_random_comeToTheSame_inWhateverPieces() {
    String[] words =
        ("HTTP/1.1␣200␣OK¶ HTTP/1.0␣200␣OK¶ HTTP/1.1␣204␣x¶ HTTP/1.1␣103␣x¶ HTTP/1.1␣101␣x¶"
                + " Content-Length:␣2¶ Content-Length:␣0¶ content-length:␣+2¶ ¶ ¶ ¶ ok 2¶ok¶ 0¶¶"
                + " 0¶A:␣b¶¶ Transfer-Encoding:␣chunked¶ Transfer-Encoding:␣gzip,␣chunked¶"
                + " Connection:␣close¶ A:␣b¶ ␣ \\n \\r \\0 : x 3;a=\"b\"¶abc¶ HTTP/1.1␣200¶¶")
            .split(" ", -1);
    for (int program = 0; program < PROGRAMS; program++) {
      Random random = new Random(SEED + program);
      StringBuilder answer = new StringBuilder(words[random.nextInt(5)]);
      for (int i = random.nextInt(7); i >= 0; i--) {
        answer.append(words[random.nextInt(words.length)]);
      }
      answer.append(random.nextBoolean() ? "$" : "");
      String method = random.nextInt(4) == 0 ? "HEAD" : "GET";
      String whole = outcome(method, answer.toString(), 1_000);
      String message = "-Dpollux.seed=" + (SEED + program) + ": " + answer;
      assertEquals(whole, outcome(method, answer.toString(), 1), message);
      assertEquals(whole, outcome(method, answer.toString(), 1 + random.nextInt(9)), message);
    }
  }
}
