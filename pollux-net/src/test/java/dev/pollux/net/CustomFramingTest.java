package dev.pollux.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Decoders and encoders of the program's: what they may do, and what becomes of wrong ones. */
class CustomFramingTest {

  private static final Framing NETSTRINGS = Framing.of(12, Netstring::new, Netstring.ENCODER);

  private final List<String> log = new ArrayList<>();

  private HandlerFactory noting(Framing framing) {
    return _ -> framing.handler((_, payload) -> log.add(text(payload)));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }

  private static String text(ByteBuffer data) {
    return ISO_8859_1.decode(data).toString();
  }

  /** Answers whatever it is asked with these numbers, relative to the position. */
  private static Framing answering(int from, int to, int after) {
    return Framing.of(
        100,
        () ->
            new FrameDecoder() {
              @Override
              protected boolean find(ByteBuffer data) {
                int at = data.position();
                return found(at + from, at + to, at + after);
              }

              @Override
              public String toString() {
                return "careless";
              }
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void frames_ofOnesOwn_goBothWays(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      FrameHandler echo =
          (connection, payload) -> {
            log.add(text(payload.duplicate()));
            assertTrue(NETSTRINGS.write(connection, payload).goesOn());
          };
      NetBox.Peer peer = box.connect(ConnectionOptions.DEFAULT, _ -> NETSTRINGS.handler(echo));
      peer.send("2:hi,0:,9:");
      peer.send("it is now,");
      NetBox.until("frames", () -> log.size() == 3);
      assertEquals(List.of("hi", "", "it is now"), log);
      peer.expect("2:hi,0:,9:it is now,");
      peer.send("3:abc;");
      box.expectClosed(peer, CloseReason.PROTOCOL, "no comma");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void decoderThatIsNeverContent_isNotFedBeyondTheLimit(String kernel) throws Exception {
    Framing never =
        Framing.of(
            10,
            () ->
                new FrameDecoder() {
                  @Override
                  protected boolean find(ByteBuffer data) {
                    return false;
                  }
                });
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer = box.connect(ConnectionOptions.DEFAULT, noting(never));
      peer.send("123456789");
      peer.send("0");
      box.expectClosed(peer, CloseReason.LIMIT, "longer than 10 bytes");
      NetBox.Peer short1 = box.connect(ConnectionOptions.DEFAULT, noting(never));
      short1.send("123");
      short1.end();
      box.expectClosed(short1, CloseReason.PROTOCOL, "3 bytes of at most 10");
    }
  }

  /** Frames of at most ten bytes that end in a semicolon, whatever their length. */
  private static Framing semicolons() {
    return Framing.of(
        10,
        () ->
            new FrameDecoder() {
              @Override
              protected boolean find(ByteBuffer data) {
                for (int i = data.position(); i < data.limit(); i++) {
                  if (data.get(i) == ';') {
                    return found(data.position(), i, i + 1);
                  }
                }
                return false;
              }
            });
  }

  /** The first byte says how long a frame is, itself included. */
  private static Framing counted(int maxFrameBytes) {
    return Framing.of(
        maxFrameBytes,
        () ->
            new FrameDecoder() {
              @Override
              protected boolean find(ByteBuffer data) {
                int first = data.position();
                int size = data.get(first) - '0';
                return size > data.remaining()
                    ? incomplete(size)
                    : found(first + 1, first + size, first + size);
              }
            });
  }

  static Stream<Arguments> longFrames() {
    return Stream.of(
        Arguments.of("whole", semicolons(), "1234567;12345678901;"),
        Arguments.of(
            "within one of another framing", within(semicolons()), "\0241234567;12345678901;"),
        Arguments.of("said to be", counted(5), "4567699"),
        Arguments.of("said to be, within another", within(counted(5)), "\0074567699"));
  }

  private static Framing within(Framing inner) {
    return Framing.lengthPrefix(1, 200).containing(inner);
  }

  /** However it is cut into segments. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("longFrames")
  void frameThatIsTooLong_isNeverGiven(String what, Framing framing, String stream)
      throws Exception {
    for (boolean piecemeal : new boolean[] {false, true}) {
      try (NetBox box = NetBox.on("model")) {
        log.clear();
        NetBox.Peer peer = box.connect(ConnectionOptions.DEFAULT, noting(framing));
        for (String piece : piecemeal ? stream.split("") : new String[] {stream}) {
          peer.send(piece);
        }
        box.expectClosed(peer, CloseReason.LIMIT, "a frame is longer than ");
        assertEquals(1, log.size(), what);
      }
    }
  }

  @Test
  void endWithinAFrame_tellsWhatTheDecoderKnowsOfIt() throws Exception {
    try (NetBox box = NetBox.on("model")) {
      NetBox.Peer peer = box.connect(ConnectionOptions.DEFAULT, noting(counted(8)));
      peer.send("812");
      peer.end();
      box.expectClosed(peer, CloseReason.PROTOCOL, "3 bytes of 8");
    }
  }

  @Test
  void frameSaidToBeLeft_thatIsThere_isTheHandlersFailure() throws Exception {
    for (int size : new int[] {-1, 0, 2, 3}) {
      Framing framing = Framing.of(100, () -> new Waiting(size));
      try (NetBox box = NetBox.on("model")) {
        NetBox.Peer peer = box.connect(ConnectionOptions.DEFAULT, noting(framing));
        peer.send("abc");
        box.expectClosed(peer, CloseReason.HANDLER_FAILED, "" + size);
      }
    }
  }

  /** Always waits for a frame of the same size. */
  private static final class Waiting extends FrameDecoder {
    private final int size;

    Waiting(int size) {
      this.size = size;
    }

    @Override
    protected boolean find(ByteBuffer data) {
      return incomplete(size);
    }
  }

  @Test
  void decoderThatAnswersNonsense_isTheHandlersFailure() throws Exception {
    List<Framing> careless =
        List.of(
            answering(-1, 1, 1),
            answering(1, 0, 1),
            answering(0, 2, 1),
            answering(0, 0, 0),
            answering(0, 1, 1_000),
            answering(0, 1_000, 1_000));
    for (Framing framing : careless) {
      try (NetBox box = NetBox.on("model")) {
        NetBox.Peer peer = box.connect(ConnectionOptions.DEFAULT, noting(framing));
        peer.send("abc");
        box.expectClosed(peer, CloseReason.HANDLER_FAILED, "careless found a frame from");
      }
    }
    assertEquals(List.of(), log);
  }

  /** An outer frame with nothing in it, the last of what has arrived. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void emptyOuterFrame_isNoReasonToAskForAnotherWithoutAByte(String kernel) throws Exception {
    Framing outer = NETSTRINGS.containing(Framing.fixed(1));
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer = box.connect(ConnectionOptions.DEFAULT, noting(outer));
      peer.send("2:ab,0:,");
      NetBox.until("frames", () -> log.size() == 2);
      peer.send("1:c,");
      NetBox.until("frames", () -> log.size() == 3);
      assertEquals(List.of("a", "b", "c"), log);
      peer.end();
      box.expectClosed(peer, CloseReason.END_OF_STREAM, "");
    }
  }

  @Test
  void innerDecoderThatGoesBeyondItsPayload_isTheHandlersFailure() throws Exception {
    Framing outer = Framing.lengthPrefix(1, 200).containing(answering(0, 1, 3));
    try (NetBox box = NetBox.on("model")) {
      NetBox.Peer peer = box.connect(ConnectionOptions.DEFAULT, noting(outer));
      peer.send("\2ab\2cd");
      box.expectClosed(
          peer,
          CloseReason.HANDLER_FAILED,
          "found a frame from 1 to 2, the next one at 4, in bytes from 1 to 3");
    }
    assertEquals(List.of(), log);
  }

  @Test
  void encoderThatDoesNotKeepItsWord_isRefused() {
    FrameEncoder liar =
        new FrameEncoder() {
          @Override
          public int headBytes(int payloadBytes) {
            return 1;
          }

          @Override
          public void putHead(ByteBuffer target, int payloadBytes) {}
        };
    Framing framing = Framing.of(10, Netstring::new, liar);
    assertThrows(IllegalStateException.class, () -> framing.encode(bytes("x")));
  }

  @Test
  void payload_thatTheEncoderRefuses_isNotWritten() {
    assertThrows(IllegalArgumentException.class, () -> NETSTRINGS.encode(bytes("0123456789")));
    Framing whole = Framing.of(4, Netstring::new);
    assertEquals("1:a,", text(whole.encode(bytes("1:a,"))));
    assertThrows(IllegalArgumentException.class, () -> whole.encode(bytes("1:ab,")));
  }

  @Test
  void delimiters_thatCannotBe_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> Framing.delimiters(10));
    assertThrows(IllegalArgumentException.class, () -> Framing.delimiters(10, new byte[0]));
    byte[] inner = bytes("bc").array();
    assertThrows(
        IllegalArgumentException.class, () -> Framing.delimiters(10, bytes("abcd").array(), inner));
    byte[] half = new byte[600];
    assertThrows(IllegalArgumentException.class, () -> Framing.delimiters(10, half, half));
  }

  @Test
  void payload_inWhichAnotherDelimiterEnds_isRefused() {
    Framing either = Framing.delimiters(10, bytes("\n").array(), bytes("\r\n").array());
    assertEquals("a\rb\n", text(either.encode(bytes("a\rb"))));
    for (String wrong : List.of("a\nb", "a\r")) {
      assertThrows(IllegalArgumentException.class, () -> either.encode(bytes(wrong)));
    }
  }
}
