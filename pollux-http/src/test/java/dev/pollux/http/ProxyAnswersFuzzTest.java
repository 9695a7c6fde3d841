package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.proxy.ProxyOptions;
import dev.pollux.http.proxy.ProxyWire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Answers from behind a proxy, most of them with something wrong, and in random pieces: the client
 * sees one answer to each request, or the visible end of its connection, and in no answer anything
 * of another; what was right behind is right in front.
 */
class ProxyAnswersFuzzTest {

  private static final int PROGRAMS = Integer.getInteger("pollux.http.answers", 500);
  private static final long SEED = Long.getLong("pollux.seed", 1);
  private static final String[] METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"};
  private static final int FIRST_MARK = 0xc0; // a character for each request
  private static final String[] WORDS =
      ("Content-Length: 3¶ Content-Length: 0¶ Content-Length: 300¶ Content-Length: 5, 5¶"
              + " Content-Length:¶ Transfer-Encoding: chunked¶ Transfer-Encoding: gzip, chunked¶"
              + " Transfer-Encoding: identity¶ Connection: close¶ Connection: Content-Length¶"
              + " Connection: keep-alive¶ Upgrade: websocket¶ Date: x¶ Trailer: X¶ X: y¶ Bad : y¶"
              + " HTTP/1.1_200_OK¶ HTTP/1.0_200_OK¶ HTTP/1.1_100_Continue¶¶ HTTP/1.1_103_Early¶¶"
              + " HTTP/1.1_204_No¶¶ HTTP/1.1_304_Not¶¶ HTTP/1.1_101_Switching¶¶ HTTP/1.1 ¶ ¶¶ 0¶¶"
              + " 0¶ 1¶ 5¶ ;a=b 0¶Date: x¶¶ 0¶Content-Length: 3¶¶ \n \r \0 : _ 2 é".trim())
          .split(" (?=[^:]|: _)", -1);

  /** What is behind, which the test writes. */
  private static final class Behind {
    final Random random;
    final List<Reply> due = new ArrayList<>();
    final List<String> right = new ArrayList<>(); // bodies, or empty where nobody knows

    Behind(Random random) {
      this.random = random;
    }

    /** Something came on a connection: a reply is due to each request that is whole. */
    void came(ProxyWire.Far far) {
      StringBuilder in = far.received();
      while (true) {
        int head = in.indexOf("\r\n\r\n");
        if (head < 0) {
          return;
        }
        int length = in.indexOf("\r\nContent-Length: ");
        boolean hasLength = length >= 0 && length < head;
        int digits = length + "\r\nContent-Length: ".length();
        int size = hasLength ? Integer.parseInt(in.substring(digits, in.indexOf("\r", digits))) : 0;
        if (in.length() < head + 4 + size) {
          return;
        }
        int slash = in.indexOf("/");
        int number = Integer.parseInt(in.substring(slash + 1, in.indexOf(" ", slash)));
        String method = in.substring(0, in.indexOf(" "));
        in.delete(0, head + 4 + size);
        due.add(new Reply(far, number, reply(number, method)));
      }
    }

    private String reply(int number, String method) {
      char mark = (char) (FIRST_MARK + number);
      String body = String.valueOf(mark).repeat(1 + random.nextInt(20));
      String early =
          random.nextInt(6) == 0 ? "HTTP/1.1 103 Early\r\nX-Id: " + mark + "\r\n\r\n" : "";
      boolean isBodiless = method.equals("HEAD");
      String head = "HTTP/1.1 200 OK\r\nX-Id: " + mark + "\r\n";
      String text =
          switch (random.nextInt(4)) {
            case 0 -> head + "Connection: close\r\n\r\n" + body;
            case 1 -> {
              int half = random.nextInt(body.length());
              String chunks = chunk(body.substring(0, half)) + chunk(body.substring(half));
              yield head + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\nX-T: 1\r\n\r\n";
            }
            default -> head + "Content-Length: " + body.length() + "\r\n\r\n" + body;
          };
      boolean isEnded = text.contains("close");
      String whole = isBodiless ? text.substring(0, text.indexOf("\r\n\r\n") + 4) : text;
      boolean isRight = random.nextInt(3) == 0;
      while (right.size() <= number) {
        right.add("");
      }
      right.set(number, isRight && !isEnded && !isBodiless ? body : "");
      return early + (isRight ? whole : broken(whole));
    }

    private String broken(String text) {
      StringBuilder broken = new StringBuilder(text);
      for (int i = random.nextInt(3); i >= 0; i--) {
        String word = WORDS[random.nextInt(WORDS.length)].replace("¶", "\r\n").replace('_', ' ');
        int line = broken.indexOf("\r\n", random.nextInt(broken.length() + 1));
        int at = random.nextInt(broken.length() + 1);
        switch (random.nextInt(5)) {
          case 0 -> broken.insert(at, word);
          case 1 -> broken.insert(line < 0 ? at : line + 2, word);
          case 2 -> broken.replace(at, Math.min(broken.length(), at + word.length()), word);
          case 3 -> broken.delete(at, Math.min(broken.length(), at + 1 + random.nextInt(3)));
          default -> broken.append(random.nextBoolean() ? text : word);
        }
      }
      return broken.toString();
    }

    private static String chunk(String data) {
      return data.isEmpty() ? "" : Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
    }
  }

  private record Reply(ProxyWire.Far far, int number, String text) {}

  @Test
  void clientSeesOneAnswerToEachRequest_andNothingOfAnotherInIt() throws Exception {
    for (int i = 0; i < PROGRAMS; i++) {
      pass(SEED + i);
    }
  }

  static void pass(long seed) throws Exception {
    Random random = new Random(seed);
    Behind behind = new Behind(random);
    StringBuilder what = new StringBuilder("-Dpollux.seed=" + seed + " -Dpollux.http.answers=1:");
    StringBuilder came = new StringBuilder();
    List<String> methods = new ArrayList<>();
    try (ProxyWire net = new ProxyWire()) {
      var _ = net.to(ProxyOptions.DEFAULT, net.raw(behind::came));
      HttpWire wire = net.wire;
      for (int i = 1 + random.nextInt(5); i > 0 && !wire.isEnded() && !wire.isReset(); i--) {
        String method = METHODS[random.nextInt(METHODS.length)];
        boolean hasBody = random.nextInt(3) == 0;
        wire.send(
            method
                + " /"
                + methods.size()
                + " HTTP/1.1¶Host: a¶"
                + (hasBody ? "Content-Length: 3¶¶abc" : "¶"));
        methods.add(method);
        while (!behind.due.isEmpty()) {
          Reply reply = behind.due.removeFirst();
          what.append("\n").append(method).append(' ').append(reply.text.replace("\r\n", "¶"));
          reply(reply, wire, behind);
        }
        came.append(wire.read());
        if (count(came, methods, wire) < methods.size()) {
          came.append(wire.pass(Duration.ofSeconds(70)).read());
        }
        boolean isOver = wire.isEnded() || wire.isReset();
        check(came, methods, behind, isOver, wire.isEnded(), what);
      }
      assertEquals(List.of(), wire.reported, what + "\n" + came);
    }
  }

  private static void reply(Reply reply, HttpWire wire, Behind behind) {
    Random random = behind.random;
    byte[] bytes = reply.text.getBytes(ISO_8859_1);
    for (int at = 0; at < bytes.length; ) {
      int end = Math.min(bytes.length, at + 1 + random.nextInt(bytes.length));
      var _ = reply.far.connection.write(Arrays.copyOfRange(bytes, at, end));
      at = end;
      if (random.nextInt(3) > 0) {
        wire.turn();
      }
    }
    switch (random.nextInt(6)) {
      case 0 -> reply.far.connection.close();
      case 1 -> {
        behind.right.set(reply.number, ""); // it may not have come
        reply.far.connection.reset();
      }
      case 2 -> {
        wire.turn();
        reply.far.connection.close();
      }
      default -> {}
    }
    wire.turn();
  }

  private static long count(StringBuilder came, List<String> methods, HttpWire wire) {
    return answers(came, methods, wire.isEnded()).stream()
        .filter(answer -> answer.isFinal() && answer.isWhole())
        .count();
  }

  private static List<Answers.Answer> answers(
      StringBuilder came, List<String> methods, boolean isEnded) {
    return Answers.read(came.toString().replace("¶", "\r\n"), methods, isEnded);
  }

  private static void check(
      StringBuilder came,
      List<String> methods,
      Behind behind,
      boolean isOver,
      boolean isEnded,
      StringBuilder what) {
    String all = what + "\ncame " + came;
    int number = 0;
    for (Answers.Answer answer : answers(came, methods, isEnded)) {
      char mark = (char) (FIRST_MARK + number);
      for (char c : (answer.fields() + answer.body()).toCharArray()) {
        assertTrue(c < FIRST_MARK || c == mark || c == 'é', all);
      }
      assertTrue(answer.isWhole() || isOver, all);
      if (answer.isFinal()) {
        String right = number < behind.right.size() ? behind.right.get(number) : "";
        assertTrue(right.isEmpty() || right.equals(answer.body()) || !answer.isWhole(), all);
        number++;
      }
    }
    assertTrue(number <= methods.size(), all);
    assertTrue(number == methods.size() || isOver, all);
  }
}
