package dev.pollux.http.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Random frames, in any split: the reader says what the plain one says, and a WebSocket answers
 * that.
 */
class FrameFuzzTest {

  private static final int PROGRAMS = Integer.getInteger("pollux.ws.programs", 4_000);
  private static final int WIRES = Integer.getInteger("pollux.ws.wires", 300);
  private static final long SEED = Long.getLong("pollux.seed", 1);

  /** Notes what it is given, and leaves the buffer in any state. */
  private static final class Notes implements FrameReader.Sink {
    final List<String> events = new ArrayList<>();

    @Override
    public void message(boolean isText, ByteBuffer data) {
      note(isText ? "text " : "binary ", data);
    }

    @Override
    public void control(int opcode, ByteBuffer data) {
      switch (opcode) {
        case Opcode.CLOSE -> note("close " + closing(data) + " ", data);
        case Opcode.PING -> note("ping ", data);
        default -> note("pong ", data);
      }
    }

    private static int closing(ByteBuffer data) {
      int code = FrameReader.closeCode(data);
      if (code == 0) {
        return CloseCodes.PROTOCOL_ERROR;
      }
      boolean isRight =
          code == CloseCodes.NO_STATUS || FrameReader.closeReason(data.duplicate()) != null;
      return isRight ? code : CloseCodes.INVALID_DATA;
    }

    private void note(String what, ByteBuffer data) {
      assertEquals(ByteOrder.BIG_ENDIAN, data.order());
      byte[] bytes = new byte[data.remaining()];
      data.get(data.position(), bytes);
      events.add(what + HexFormat.of().formatHex(bytes));
      data.order(ByteOrder.LITTLE_ENDIAN).position(bytes.length % 2 == 0 ? 0 : data.limit());
      data.limit(data.position());
    }
  }

  /** Feeds the reader as a connection does: what it leaves is given again, in front. */
  static PlainReader.Outcome read(byte[] in, PlainReader.Rules rules, IntUnaryOperator split) {
    Notes notes = new Notes();
    MessageInflater inflater =
        rules.inflates()
            ? new MessageInflater(rules.keepsContext(), rules.maxMessageBytes())
            : null;
    try (FrameReader reader =
        new FrameReader(
            rules.masked(), rules.maxMessageBytes(), rules.maxFrames(), inflater, notes)) {
      ByteBuffer lent = ByteBuffer.allocateDirect(in.length + 8).position(3);
      int given = 0;
      int from = 0;
      while (given < in.length && reader.failure() == 0) {
        int count = Math.clamp(split.applyAsInt(in.length - given), 1, in.length - given);
        byte[] left = Arrays.copyOfRange(in, from, given + count);
        lent.clear().position(3).put(left).flip().position(3);
        given += count;
        while (reader.read(lent)) {}
        from = given - lent.remaining();
        assertTrue(reader.failure() != 0 || lent.remaining() < 14 + 126, "left: " + lent);
      }
      return new PlainReader.Outcome(notes.events, reader.failure());
    }
  }

  @Test
  void reader_saysWhatThePlainOneSays_inAnySplit() {
    for (int i = 0; i < PROGRAMS; i++) {
      Random random = new Random(SEED + i);
      PlainReader.Rules rules = FramePrograms.rules(random);
      byte[] program = FramePrograms.program(random, rules);
      String what = "-Dpollux.seed=" + (SEED + i) + " -Dpollux.ws.programs=1: ";
      check(program, rules, random, what);
    }
  }

  static void check(byte[] in, PlainReader.Rules rules, Random random, String what) {
    String all = what + rules + " " + HexFormat.of().formatHex(in);
    PlainReader.Outcome expected = PlainReader.read(in, rules);
    assertAlike(expected, read(in, rules, left -> left), rules, all);
    assertAlike(expected, read(in, rules, _ -> 1 + random.nextInt(40)), rules, all);
    if (in.length < 4_000) {
      assertAlike(expected, read(in, rules, _ -> 1), rules, all);
    }
  }

  /** Where something compressed is wrong in two ways, the split says which is found first. */
  static void assertAlike(
      PlainReader.Outcome expected, PlainReader.Outcome found, PlainReader.Rules rules, String in) {
    assertEquals(expected.events(), found.events(), in);
    boolean isEither = rules.inflates() && isOfContent(expected) && isOfContent(found);
    if (!isEither) {
      assertEquals(expected.failure(), found.failure(), in);
    }
  }

  private static boolean isOfContent(PlainReader.Outcome outcome) {
    return outcome.failure() == CloseCodes.TOO_BIG || outcome.failure() == CloseCodes.INVALID_DATA;
  }

  @Test
  void socket_answersWhatThePlainReaderSays() {
    for (int i = 0; i < WIRES; i++) {
      Random random = new Random(SEED + i);
      PlainReader.Rules rules = FramePrograms.rules(random);
      if (rules.masked()) {
        byte[] program = FramePrograms.program(random, rules);
        serve(program, rules, random, "-Dpollux.seed=" + (SEED + i) + " -Dpollux.ws.wires=1: ");
      }
    }
  }

  /** Sends these bytes to a server that echoes. */
  static void serve(byte[] in, PlainReader.Rules rules, Random random, String what) {
    String all = what + rules + " " + HexFormat.of().formatHex(in);
    WebSocketOptions options =
        WebSocketOptions.DEFAULT
            .withMaxMessageBytes(rules.maxMessageBytes())
            .withMaxFrames(rules.maxFrames())
            .withCompression(rules.inflates())
            .withContextTakeover(rules.keepsContext())
            .withCompressFromBytes(Integer.MAX_VALUE);
    String offer = "Sec-WebSocket-Extensions: permessage-deflate¶";
    SocketWire.Echo echo = new SocketWire.Echo();
    try (SocketWire wire =
        SocketWire.open(options, dev.pollux.net.ConnectionOptions.DEFAULT, offer, echo)) {
      List<String> answers = new ArrayList<>();
      for (int at = 0; at < in.length && !wire.isEnded(); ) {
        int to = Math.min(in.length, at + 1 + random.nextInt(in.length));
        wire.send(Arrays.copyOfRange(in, at, to));
        answers.addAll(SocketFrames.read(wire.http.readBytes()));
        at = to;
      }
      List<String> expected = SocketFrames.answers(PlainReader.read(in, rules));
      boolean isOver = !expected.isEmpty() && expected.getLast().startsWith("close");
      if (isOver && rules.inflates() && SocketFrames.isOfContent(expected.getLast())) {
        assertTrue(SocketFrames.isOfContent(answers.removeLast()), all);
        assertEquals(expected.subList(0, expected.size() - 1), answers, all);
      } else {
        assertEquals(expected, answers, all);
      }
      assertEquals(isOver, wire.isEnded(), all);
      assertEquals(List.of(), wire.http.reported, all);
    }
    assertEquals(1, echo.seen.stream().filter(each -> each.startsWith("closed")).count(), all);
  }
}
