package dev.pollux.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link Framing#unframed}: alone, in frames, and on connections on both kernels. */
class UnframedTest {

  private static final long SEED = Long.getLong("pollux.seed", 20261122);
  private static final ConnectionOptions OPTIONS = ConnectionOptions.DEFAULT;

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }

  private static String text(ByteBuffer payload) {
    return ISO_8859_1.decode(payload.duplicate()).toString();
  }

  /** Each piece is cut for itself: nothing is kept for what comes later. */
  @Test
  void decoder_randomPieces_agreesWithPlainDecoderOfEachPiece() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int k = 0; k < 2000; k++) {
      int max = random.nextInt(1, 6);
      FrameFeeder feeder = new FrameFeeder(Framing.unframed(max));
      List<String> expected = new ArrayList<>();
      for (int i = random.nextInt(6); i > 0; i--) {
        byte[] piece = new byte[random.nextInt(14)];
        random.nextBytes(piece);
        feeder.feed(piece);
        assertEquals(0, feeder.keptBytes());
        List<String> naive = NaiveFraming.unframed(max).decode(piece);
        expected.addAll(naive.subList(0, naive.size() - 1));
      }
      expected.add("end");
      assertEquals(expected, feeder.end(), () -> "again with -Dpollux.seed=" + SEED);
    }
  }

  @Test
  void decoder_nothing_isNoPayload() {
    assertEquals(List.of("end"), FrameFeeder.decode(Framing.unframed(1), new byte[0]));
  }

  @Test
  void decoder_atTheBoundAndPast_cutsPast() {
    Framing four = Framing.unframed(4);
    assertEquals(List.of("61616161", "end"), FrameFeeder.decode(four, bytes("aaaa").array()));
    assertEquals(
        List.of("61616161", "61", "end"), FrameFeeder.decode(four, bytes("aaaaa").array()));
  }

  @Test
  void bound_outsideItsRange_isRefused() {
    assertEquals(1, Framing.unframed(1).maxFrameBytes());
    int most = ConnectionOptions.MAX_UNREAD_BYTES;
    assertEquals(most, Framing.unframed(most).maxPayloadBytes());
    for (int wrong : new int[] {0, -1, most + 1}) {
      assertThrows(IllegalArgumentException.class, () -> Framing.unframed(wrong));
    }
  }

  @Test
  void payload_ofAnySize_isWrittenAsItIs() {
    for (String payload : List.of("", "a", "more than four")) {
      assertEquals(payload, text(Framing.unframed(4).encode(bytes(payload))));
    }
  }

  @Test
  void frames_withinUnframed_areRefused() {
    Framing outer = Framing.unframed(100);
    Framing inner = Framing.lines(10);
    String message =
        assertThrows(IllegalArgumentException.class, () -> outer.containing(inner)).getMessage();
    assertTrue(message.contains("use lines of at most 10 bytes alone"), message);
  }

  @Test
  void unframed_withinFrames_isCutByBoth() {
    Framing framing = Framing.lengthPrefix(1, 9).containing(Framing.unframed(4));
    byte[] stream = bytes("\5abcde\0\1f\4wxyz").array();
    String[] expected = {"61626364", "65", "66", "7778797a", "end"};
    for (int cut = 0; cut <= stream.length; cut++) {
      List<String> payloads = FrameFeeder.decode(framing, stream, cut);
      assertEquals(Arrays.asList(expected), payloads, "cut at " + cut);
    }
    assertEquals("0461626364", HexFormat.of().formatHex(framing.encode(bytes("abcd")).array()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void echo_anyBytes_comeBackAndTheEndIsNeverTruncated(String kernel) throws Exception {
    Framing framing = Framing.unframed(OPTIONS.readBytes());
    HandlerFactory echo =
        _ ->
            framing.handler((connection, payload) -> {
              WriteResult _ = framing.write(connection, payload);
            });
    try (NetBox box = NetBox.on(kernel)) {
      for (String all : List.of("", "a", "\r\r\n\0\u00FF".repeat(5000))) {
        NetBox.Peer peer = box.connect(OPTIONS, echo);
        peer.send(all);
        peer.expect(all);
        peer.end();
        box.expectClosed(peer, CloseReason.END_OF_STREAM, "");
      }
    }
  }

  /** Not even when it pauses with more of what has arrived behind it. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void end_whileTheRestWaits_comesAfterIt(String kernel) throws Exception {
    List<String> log = new CopyOnWriteArrayList<>();
    FrameHandler pausing =
        (connection, payload) -> {
          log.add(text(payload));
          connection.pauseReading();
        };
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer = box.connect(OPTIONS, _ -> Framing.unframed(2).handler(pausing));
      peer.send("abcde");
      peer.end();
      for (String piece : List.of("ab", "cd", "e")) {
        NetBox.until("the next", () -> log.size() > 0 && log.getLast().equals(piece));
        box.onLoop(() -> assertTrue(peer.connection().isReadingPaused()));
        box.onLoop(() -> peer.connection().resumeReading());
      }
      box.expectClosed(peer, CloseReason.END_OF_STREAM, "");
      assertEquals(List.of("ab", "cd", "e"), log);
    }
  }
}
