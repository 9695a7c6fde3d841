package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.http.wire.FieldParser;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random requests, most of them with something wrong: the parser says what the reference says. */
class ParserFuzzTest {

  private static final int PROGRAMS = Integer.getInteger("pollux.http.programs", 20_000);
  private static final long SEED = Long.getLong("pollux.seed", 1);

  // As in the table of attacks: ¶ is CR LF, and a blank is ␣.
  private static final String[] WORDS =
      words(
          "GET POST OPTIONS CONNECT HEAD ␣ ␣␣ / /a?b=c * a:80 http://h/ https://[::1]:443?x"
              + " HTTP/1.1 HTTP/1.0 HTTP/2.0 HTTP/1.2 http/1.1 ¶ \\r"
              + " \\n"
              + " ¶¶ Host:␣h Host:h:80 host:␣a,b Content-Length:␣5 Content-Length:␣+5"
              + " content-length:0 Content-Length:␣5,␣5 Content-Length:␣99999999999999999999"
              + " Transfer-Encoding:␣chunked Transfer-Encoding:\\tchunked␣"
              + " Transfer-Encoding:␣gzip,␣chunked transfer-encoding:␣chunked,␣x"
              + " Transfer-Encoding:␣identity Expect:␣100-continue Expect:␣x Connection:␣close X:␣y"
              + " ␣X:␣y X␣:␣y X : ; = \" \\\\ \\t \\0 \\x7f \\xe9 # %41 @ 5 0 a FFFFFFFFFFFFFFF %"
              + " %4 [ ] | ^ 01.1 hello 5¶hello¶ 0¶¶ 3;a=b¶abc¶ 3;a=\"x\\\\\"y\"¶abc¶ 3␣;␣a¶abc¶"
              + " 0¶X:␣y¶¶ 0¶Host:␣h¶¶");
  private static final String[] GOOD =
      words(
          "GET␣/␣HTTP/1.1¶Host:␣h¶¶"
              + " POST␣/a␣HTTP/1.1¶Host:␣h:80¶Content-Length:␣5¶¶hello"
              + " POST␣/b␣HTTP/1.1¶Transfer-Encoding:␣chunked¶Host:␣h¶¶3;a=b¶abc¶0¶X:␣y¶¶"
              + " POST␣/c␣HTTP/1.1¶Host:␣h¶Transfer-Encoding:␣chunked¶¶3¶abc¶4¶defg¶0¶¶"
              + " OPTIONS␣*␣HTTP/1.1¶Host:␣¶¶"
              + " CONNECT␣h:443␣HTTP/1.1¶Host:␣h:443¶¶"
              + " ¶GET␣http://h/x␣HTTP/1.0¶¶");

  private static String[] words(String text) {
    String[] words = text.split(" ", -1);
    for (int i = 0; i < words.length; i++) {
      words[i] = new String(AttackTest.bytes(words[i].replace('␣', ' ')), ISO_8859_1);
    }
    return words;
  }

  static byte[] program(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(3); i >= 0; i--) {
      text.append(GOOD[random.nextInt(GOOD.length)]);
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      String word = WORDS[random.nextInt(WORDS.length)];
      int at = random.nextInt(text.length() + 1);
      switch (random.nextInt(4)) {
        case 0 -> text.insert(at, word);
        case 1 -> text.replace(at, Math.min(text.length(), at + word.length()), word);
        case 2 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(3)));
        default -> text.append(word);
      }
    }
    if (random.nextInt(20) == 0) {
      text.setLength(0);
      for (int i = random.nextInt(20); i >= 0; i--) {
        text.append(WORDS[random.nextInt(WORDS.length)]);
      }
    }
    return text.toString().getBytes(ISO_8859_1);
  }

  private static HttpLimits limits(Random random) {
    return random.nextInt(4) > 0
        ? HttpLimits.DEFAULT
        : HttpLimits.DEFAULT
            .withRequestLineBytes(16 + random.nextInt(8))
            .withFieldCount(1 + random.nextInt(3))
            .withFieldBytes(16 + random.nextInt(40))
            .withBodyBytes(random.nextInt(8))
            .withChunkExtensionBytes(random.nextInt(6));
  }

  @Test
  void parser_saysWhatTheReferenceSays_inAnySplit() {
    for (int i = 0; i < PROGRAMS; i++) {
      long seed = SEED + i;
      Random random = new Random(seed);
      byte[] program = program(random);
      HttpLimits limits = limits(random);
      Reference.Outcome expected = Reference.read(program, limits);
      Fast whole = Fast.read(program, limits, all -> all);
      Fast single = Fast.read(program, limits, _ -> 1);
      Fast pieces = Fast.read(program, limits, _ -> 1 + random.nextInt(16));
      String what =
          "-Dpollux.seed="
              + seed
              + " -Dpollux.http.programs=1: "
              + new String(program, ISO_8859_1).replace("\r", "\\r").replace("\n", "\\n\n")
              + " "
              + whole.status
              + " "
              + whole.problem;
      assertAgree(expected, whole, what);
      assertEquals(whole.outcome(), single.outcome(), what);
      assertEquals(whole.outcome(), pieces.outcome(), what);
      assertEquals(whole.problem, single.problem, what);
      assertEquals(whole.status, pieces.status, what);
    }
  }

  /** At a limit the parser does not wait for what it would refuse anyway. */
  static void assertAgree(Reference.Outcome expected, Fast fast, String what) {
    boolean isAtLimit = fast.problem.contains(" more than ");
    if (isAtLimit && expected.end() == FieldParser.Result.MORE) {
      assertEquals(expected.requests(), fast.outcome().requests(), what);
    } else {
      assertEquals(expected, fast.outcome(), what);
    }
  }
}
