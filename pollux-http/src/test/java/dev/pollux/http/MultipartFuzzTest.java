package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/** Random forms: their parts come back in any split, and any split of a bad one is as bad. */
class MultipartFuzzTest {

  private static final int PROGRAMS = Integer.getInteger("pollux.http.programs", 10_000);
  private static final long SEED = Long.getLong("pollux.seed", 1);
  private static final String[] BOUNDARIES = {"b", "--", "-", "b b", "----WebKitFormBoundary7MA4"};
  private static final String[] WORDS = {
    "\r", "\n", "\r\n", "-", "--", "b", "x", "\r\n--", "\r\n-", "\0", "\377", ":", "\"", "\\"
  };

  private static String words(Random random, int most) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most); i > 0; i--) {
      text.append(WORDS[random.nextInt(WORDS.length)]);
    }
    return text.toString();
  }

  /** Data in which there is no boundary; a boundary's own beginning is likely. */
  private static String data(Random random, String boundary) {
    while (true) {
      String piece = "\r\n--" + boundary.substring(0, random.nextInt(boundary.length()));
      String data = words(random, 8) + (random.nextBoolean() ? piece : "") + words(random, 4);
      if (!("\r\n" + data + "\r\n").contains("\r\n--" + boundary)) {
        return data;
      }
    }
  }

  /** A body; what its parts are goes to the log. */
  private static String form(Random random, String boundary, StringBuilder log) {
    StringBuilder body = new StringBuilder(random.nextInt(4) == 0 ? "before\r\n" : "");
    for (int parts = random.nextInt(4); parts > 0; parts--) {
      boolean isFile = random.nextBoolean();
      boolean hasType = random.nextBoolean();
      String name = words(random, 4).replaceAll("[\\r\\n\\x00\\xff]", "n");
      String data = data(random, boundary);
      String quoted = name.replace("\\", "\\\\").replace("\"", "\\\"");
      body.append("--").append(boundary).append("\r\n");
      body.append(hasType ? "Content-Type: t\r\n" : "");
      body.append("Content-Disposition: form-data; name=\"").append(quoted).append('"');
      body.append(isFile ? "; filename=\"f" + quoted + "\"" : "");
      body.append("\r\n\r\n").append(data).append("\r\n");
      log.append('[').append(name).append('|').append(isFile ? "f" + name : "null").append('|');
      log.append(hasType ? "t" : "null").append(':').append(data).append(']');
    }
    log.append('.');
    body.append("--").append(boundary).append("--");
    return body.append(random.nextBoolean() ? "\r\n" + words(random, 4) : "").toString();
  }

  private static String changed(Random random, String body) {
    int at = random.nextInt(body.length() + 1);
    String word = WORDS[random.nextInt(WORDS.length)];
    return switch (random.nextInt(3)) {
      case 0 -> body.substring(0, at);
      case 1 -> body.substring(0, at) + word + body.substring(at);
      default -> body.substring(0, at) + body.substring(Math.min(body.length(), at + 2));
    };
  }

  @Test
  void forms_comeBack_inAnySplit() {
    int bad = 0;
    for (int i = 0; i < PROGRAMS; i++) {
      long seed = SEED + i;
      Random random = new Random(seed);
      String what = "-Dpollux.seed=" + seed + " -Dpollux.http.programs=1";
      String boundary = BOUNDARIES[random.nextInt(BOUNDARIES.length)];
      String type = "multipart/form-data; boundary=\"" + boundary + "\"";
      StringBuilder log = new StringBuilder();
      String good = form(random, boundary, log);
      boolean isGood = random.nextBoolean();
      String body = isGood ? good : changed(random, good);
      MultipartLimits limits =
          random.nextInt(4) > 0
              ? MultipartLimits.DEFAULT
              : MultipartLimits.DEFAULT
                  .withPartCount(random.nextInt(4))
                  .withPartBytes(random.nextInt(12))
                  .withTotalBytes(random.nextInt(20))
                  .withHeadBytes(60 + random.nextInt(40))
                  .withPaddingBytes(random.nextInt(12));
      String whole = MultipartTest.read(type, body, limits, () -> 1 << 20);
      int most = 1 + random.nextInt(20);
      IntSupplier sizes = () -> 1 + random.nextInt(most);
      assertEquals(whole, MultipartTest.read(type, body, limits, sizes), what);
      assertEquals(whole, MultipartTest.read(type, body, limits, () -> 1), what);
      bad += whole.startsWith("4") ? 1 : 0;
      boolean isTooMuch = limits.partCount() < 1_000 && whole.startsWith("413");
      assertTrue(!isGood || isTooMuch || log.toString().equals(whole), () -> what + ": " + whole);
    }
    assertTrue(PROGRAMS < 100 || (bad > PROGRAMS / 10 && bad < PROGRAMS * 3 / 4), "bad: " + bad);
  }
}
