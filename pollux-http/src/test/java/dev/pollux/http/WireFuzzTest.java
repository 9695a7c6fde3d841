package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.wire.FieldParser;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Random bytes served on a connection, whatever the handler does with bodies: the program sees no
 * request that the reference does not see, in their order; each of them is answered once, and
 * behind what is no request nothing is answered but that.
 */
class WireFuzzTest {

  private static final int PROGRAMS = Integer.getInteger("pollux.http.wires", 1_500);
  private static final long SEED = Long.getLong("pollux.seed", 1);
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 ([0-9]{3}) ");
  private static final Pattern ID = Pattern.compile("X-Id: ([0-9]+)¶");

  /** Answers in one of the ways there are, each time another. */
  private static final class Program implements HttpHandler {
    final Random random;
    final List<String> seen = new ArrayList<>();
    final List<Runnable> later = new ArrayList<>();

    Program(Random random) {
      this.random = random;
    }

    @Override
    public void handle(HttpRequest request, HttpResponse response) throws Exception {
      response.field("X-Id", Integer.toString(seen.size()));
      seen.add(request.method() + " " + request.target());
      switch (random.nextInt(5)) {
        case 0 -> response.send("deaf");
        case 1 -> request.body().whole(body -> response.send(body));
        case 2 -> request.body().stream(new Piecewise(response));
        case 3 -> {
          response.later();
          later.add(() -> response.send("later"));
        }
        default -> request.body().whole(_ -> later.add(() -> response.send("later")));
      }
    }
  }

  /** Sends each piece on. */
  private record Piecewise(HttpResponse response) implements HttpBodyHandler {

    @Override
    public void data(ByteBuffer data) {
      response.write(data);
    }

    @Override
    public void end() {
      response.end();
    }
  }

  @Test
  void programSeesWhatTheReferenceSees_andEachIsAnsweredOnce() {
    for (int i = 0; i < PROGRAMS; i++) {
      serve(SEED + i);
    }
  }

  private static void serve(long seed) {
    serve(ParserFuzzTest.program(new Random(seed)), seed);
  }

  /** Serves these bytes, in pieces and by handlers that the seed chooses. */
  static void serve(byte[] bytes, long seed) {
    Random random = new Random(seed);
    Reference.Outcome expected = Reference.read(bytes, HttpLimits.DEFAULT);
    Program program = new Program(random);
    String what =
        "-Dpollux.seed="
            + seed
            + " -Dpollux.http.wires=1: "
            + new String(bytes, ISO_8859_1).replace("\r\n", "¶\n");
    try (HttpWire wire = HttpWire.to(program)) {
      StringBuilder answers = new StringBuilder();
      for (int at = 0; at < bytes.length && !wire.isEnded() && !wire.isReset(); ) {
        int end = Math.min(bytes.length, at + 1 + random.nextInt(bytes.length));
        wire.write(Arrays.copyOfRange(bytes, at, end)).turn();
        at = end;
        answers.append(answerAll(wire, program));
      }
      boolean isLost = wire.isReset(); // in the middle of an answer
      if (random.nextBoolean() && !isLost) {
        wire.end();
      }
      answers.append(answerAll(wire, program));
      check(expected, program, answers.toString(), what);
      boolean isOver = isLost || wire.isReset() || wire.isEnded();
      assertTrue(isOver || isAnsweredAll(expected, answers), what + "\n" + answers);
      assertEquals(List.of(), wire.reported, what);
    }
  }

  /** Where a connection is left open, nobody who sent a request waits. */
  private static boolean isAnsweredAll(Reference.Outcome expected, StringBuilder answers) {
    return expected.end() == FieldParser.Result.MORE
        && count(ID, answers.toString()) >= expected.requests().size();
  }

  private static String answerAll(HttpWire wire, Program program) {
    StringBuilder answers = new StringBuilder(wire.read());
    while (!program.later.isEmpty()) {
      program.later.removeFirst().run();
      answers.append(wire.turn().read());
    }
    return answers.toString();
  }

  private static void check(
      Reference.Outcome expected, Program program, String answers, String what) {
    List<String> requests =
        expected.requests().stream().map(r -> r.method() + " " + r.target()).toList();
    String all = what + "\nseen " + program.seen + "\nexpected " + requests + "\n" + answers;
    // The last one may have a body that is none, which is found out while it is handled.
    int known = Math.min(program.seen.size(), requests.size());
    assertTrue(program.seen.size() <= requests.size() + 1, all);
    assertEquals(requests.subList(0, known), program.seen.subList(0, known), all);
    Matcher ids = ID.matcher(answers);
    for (int id = 0; ids.find(); id++) {
      assertEquals(Integer.toString(id), ids.group(1), all);
    }
    int finals = 0;
    Matcher statuses = STATUS.matcher(answers);
    while (statuses.find()) {
      finals += statuses.group(1).equals("100") ? 0 : 1;
    }
    assertTrue(finals <= program.seen.size() + 1, all);
  }

  private static int count(Pattern pattern, String text) {
    return (int) pattern.matcher(text).results().count();
  }
}
