package dev.pollux.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames on connections, on both kernels. */
class FramingTest {

  private static final ConnectionOptions OPTIONS = ConnectionOptions.DEFAULT;
  private static final Framing LINES = Framing.lines(8);

  private final List<String> log = new CopyOnWriteArrayList<>();

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }

  private static String text(ByteBuffer payload) {
    return ISO_8859_1.decode(payload.duplicate()).toString();
  }

  /** Notes every frame. */
  private HandlerFactory noting(Framing framing) {
    return _ -> framing.handler((_, payload) -> log.add(text(payload)));
  }

  private static HandlerFactory echo(Framing framing) {
    return _ ->
        framing.handler((connection, payload) -> {
          WriteResult _ = framing.write(connection, payload);
        });
  }

  private void expectLog(String... lines) {
    NetBox.until("frames", () -> log.size() >= lines.length);
    assertEquals(List.of(lines), log);
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void echo_everyFraming_comesBackAsSent(String kernel) throws Exception {
    List<Framing> framings =
        List.of(
            LINES,
            Framing.crlfLines(9),
            Framing.delimiter(bytes("--").array(), 9),
            Framing.lengthPrefix(2, 9),
            Framing.lengthPrefix(8, ByteOrder.LITTLE_ENDIAN, true, 9),
            Framing.lengthPrefix(4, 20).containing(Framing.lines(9)));
    try (NetBox box = NetBox.on(kernel)) {
      for (Framing framing : framings) {
        NetBox.Peer peer = box.connect(OPTIONS, echo(framing));
        StringBuilder stream = new StringBuilder();
        for (String payload : List.of("", "a", "four", "", "12345678")) {
          stream.append(text(framing.encode(bytes(payload))));
        }
        peer.send(stream.toString());
        peer.expect(stream.toString());
        peer.end();
        box.expectClosed(peer, CloseReason.END_OF_STREAM, "");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void echo_linesThatEndInCr_comeBackAsSent(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer = box.connect(OPTIONS, echo(LINES));
      peer.send("x\r\r\n\r\r\ny\n");
      peer.expect("x\r\r\n\r\r\ny\n");
      peer.end();
      box.expectClosed(peer, CloseReason.END_OF_STREAM, "");
    }
  }

  /** More than is sent together. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void echo_largeFrames_comeBackAsSent(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      for (Framing framing :
          List.of(Framing.lengthPrefix(4, 60_000), Framing.delimiter(new byte[] {0, 1}, 60_000))) {
        NetBox.Peer peer = box.connect(OPTIONS, echo(framing));
        String frame = text(framing.encode(bytes("x".repeat(60_000))));
        peer.send(frame);
        peer.expect(frame);
        peer.send(frame);
        peer.expect(frame);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void frame_thatPauses_holdsTheOthersUntilResumed(String kernel) throws Exception {
    Framing nested = Framing.lengthPrefix(1, 9).containing(Framing.fixed(1));
    for (Framing framing : List.of(Framing.fixed(1), nested)) {
      log.clear();
      try (NetBox box = NetBox.on(kernel)) {
        NetBox.Peer peer =
            box.connect(
                OPTIONS,
                _ ->
                    framing.handler((connection, payload) -> {
                      log.add(text(payload));
                      connection.pauseReading();
                    }));
        peer.send(framing.equals(nested) ? "\2ab\0\1c" : "abc");
        for (int i = 1; i <= 3; i++) {
          expectLog(List.of("a", "b", "c").subList(0, i).toArray(String[]::new));
          box.onLoop(() -> assertTrue(peer.connection().isReadingPaused()));
          box.onLoop(() -> peer.connection().resumeReading());
        }
        peer.end();
        box.expectClosed(peer, CloseReason.END_OF_STREAM, "");
        expectLog("a", "b", "c");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void frame_thatCloses_isTheLast(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer =
          box.connect(
              OPTIONS,
              _ ->
                  LINES.handler((connection, payload) -> {
                    log.add(text(payload));
                    WriteResult _ = LINES.write(connection, bytes("bye"));
                    connection.close();
                  }));
      peer.send("a\nb\nc\n");
      assertEquals("bye\n", peer.readAll());
      expectLog("a");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void frame_thatSetsAnotherHandler_givesItTheRest(String kernel) throws Exception {
    ConnectionHandler after = Framing.fixed(2).handler((_, payload) -> log.add(text(payload)));
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer =
          box.connect(
              OPTIONS,
              _ ->
                  LINES.handler((connection, payload) -> {
                    log.add(text(payload));
                    connection.setHandler(after);
                  }));
      peer.send("upgrade\nb\nc\nd");
      expectLog("upgrade", "b\n", "c\n");
      peer.send("e");
      expectLog("upgrade", "b\n", "c\n", "de");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void limit_atAndPast_closesOnlyPast(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer line = box.connect(OPTIONS, noting(LINES));
      line.send("12345678\r\n");
      expectLog("12345678");
      line.send("123456789"); // without an end, which nobody waits for
      box.expectClosed(line, CloseReason.LIMIT, "longer than 8 bytes");

      NetBox.Peer length = box.connect(OPTIONS, noting(Framing.lengthPrefix(4, 3)));
      length.send("\0\0\0\3abc");
      expectLog("12345678", "abc");
      length.send("\0\0\0\4");
      box.expectClosed(length, CloseReason.LIMIT, "length 4; the limit is 3");

      NetBox.Peer huge = box.connect(OPTIONS, noting(Framing.lengthPrefix(8, 3)));
      huge.send("\u00FF".repeat(8));
      box.expectClosed(huge, CloseReason.LIMIT, "length 18446744073709551615");

      Framing self = Framing.lengthPrefix(2, ByteOrder.BIG_ENDIAN, true, 3);
      NetBox.Peer small = box.connect(OPTIONS, noting(self));
      small.send("\0\1");
      box.expectClosed(small, CloseReason.PROTOCOL, "less than its prefix");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void stream_thatEndsWithinAFrame_isTruncated(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer fixed = box.connect(OPTIONS, noting(Framing.fixed(5)));
      fixed.send("abcdeab");
      fixed.end();
      box.expectClosed(fixed, CloseReason.PROTOCOL, "ended within a frame, 2 bytes of 5");
      NetBox.Peer length = box.connect(OPTIONS, noting(Framing.lengthPrefix(1, 9)));
      length.send("\7ab");
      length.end();
      box.expectClosed(length, CloseReason.PROTOCOL, "3 bytes of 8");
      expectLog("abcde");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void framing_largerThanReadBytesAndWhatMayBeLeft_isReadAllTheSame(String kernel)
      throws Exception {
    Framing framing = Framing.lengthPrefix(4, 100_000);
    ConnectionOptions options = OPTIONS.withReadBytes(100).withMaxUnreadBytes(50);
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer good = box.connect(options, noting(framing));
      String small = "x".repeat(96);
      String large = "y".repeat(100_000);
      good.send(text(framing.encode(bytes(small))).repeat(3));
      good.send(text(framing.encode(bytes(large))));
      expectLog(small, small, small, large);
    }
  }
}
