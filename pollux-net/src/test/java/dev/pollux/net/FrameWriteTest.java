package dev.pollux.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What may be written as a frame, and what it costs. */
class FrameWriteTest {

  private static final int TURNS = 20_000;
  private static final int ROUNDS = 10;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }

  private static void refuses(Framing framing, String payload) {
    ByteBuffer buffer = bytes(payload);
    assertThrows(IllegalArgumentException.class, () -> framing.encode(buffer), payload);
  }

  @Test
  void payload_thatNoReaderWouldGet_isRefused() {
    refuses(Framing.lines(3), "abcd");
    refuses(Framing.lines(3), "a\nb");
    refuses(Framing.lines(3), "abc\r");
    refuses(Framing.lengthPrefix(1, 3).containing(Framing.unframed(2)), "abcd");
    refuses(Framing.delimiter(bytes("ab").array(), 5), "xabx");
    refuses(Framing.delimiter(bytes("aba").array(), 5), "xab"); // xab + aba has one at 1
    refuses(Framing.fixed(3), "ab");
    refuses(Framing.lengthPrefix(1, 3), "abcd");
    refuses(Framing.lines(9).containing(Framing.lengthPrefix(1, 3)), "a\nb");
  }

  @Test
  void framing_withImpossibleLimits_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> Framing.lines(-1));
    assertThrows(IllegalArgumentException.class, () -> Framing.fixed(0));
    assertThrows(IllegalArgumentException.class, () -> Framing.unframed(0));
    assertThrows(IllegalArgumentException.class, () -> Framing.lengthPrefix(3, 10));
    assertThrows(IllegalArgumentException.class, () -> Framing.lengthPrefix(1, 256));
    assertEquals(255, Framing.lengthPrefix(1, 255).maxPayloadBytes());
    assertThrows(IllegalArgumentException.class, () -> Framing.delimiter(new byte[0], 10));
    Framing outer = Framing.fixed(5);
    Framing inner = Framing.fixed(6);
    assertThrows(IllegalArgumentException.class, () -> outer.containing(inner));
  }

  /** Any line that a reader is given can be written, and arrives as the same line. */
  @Test
  void line_endingInCr_isWrittenWithCrLf() {
    for (Framing lines : List.of(Framing.lines(3), Framing.crlfLines(3))) {
      for (String line : List.of("\r", "x\r", "x\r\r", "\r\r\r")) {
        ByteBuffer frame = lines.encode(bytes(line));
        assertEquals(line + "\r\n", ISO_8859_1.decode(frame).toString());
        String hex = HexFormat.of().formatHex(line.getBytes(ISO_8859_1));
        byte[] stream = (line + "\r\n").getBytes(ISO_8859_1);
        assertEquals(List.of(hex, "end"), FrameFeeder.decode(lines, stream));
      }
    }
    assertEquals("x\ry\n", ISO_8859_1.decode(Framing.lines(3).encode(bytes("x\ry"))).toString());
  }

  /** What is not refused comes back as it was. */
  @ParameterizedTest
  @MethodSource("dev.pollux.net.FramingCase#all")
  void payload_encodedAndDecoded_isTheSame(FramingCase example) {
    SplittableRandom random = new SplittableRandom(7);
    int accepted = 0;
    for (int k = 0; k < 2000; k++) {
      byte[] payload = new byte[random.nextInt(5)];
      for (int i = 0; i < payload.length; i++) {
        payload[i] = example.alphabet()[random.nextInt(example.alphabet().length)];
      }
      ByteBuffer frame;
      try {
        frame = example.framing().encode(ByteBuffer.wrap(payload));
      } catch (IllegalArgumentException _) {
        continue;
      }
      accepted++;
      String hex = HexFormat.of().formatHex(payload);
      assertEquals(List.of(hex, "end"), FrameFeeder.decode(example.framing(), frame.array()));
    }
    assertTrue(accepted > 0);
  }

  @Test
  void framesReadAndWritten_allocateNothing() throws SysException {
    for (Framing framing :
        List.of(
            Framing.lines(64),
            Framing.delimiter(new byte[] {1, 2}, 64),
            Framing.lengthPrefix(4, 64),
            Framing.fixed(16),
            Framing.unframed(64))) {
      assertEquals(0, allocatedBytes(framing), framing::toString);
    }
  }

  /** The bytes that 20,000 turns allocate, each of 4 frames there and back, in the best round. */
  private static long allocatedBytes(Framing framing) throws SysException {
    Sys sys = NativeSys.open();
    int[] pair = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    long least = Long.MAX_VALUE;
    try (EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT)) {
      FrameHandler echo =
          (connection, payload) -> {
            WriteResult _ = framing.write(connection, payload);
          };
      Connection _ =
          Connection.adopt(loop, pair[0], ConnectionOptions.DEFAULT, framing.handler(echo));
      IoBuffer io = IoBuffer.allocate(1 << 12);
      for (int i = 0; i < 4; i++) {
        var _ = io.buffer().put(framing.encode(bytes("sixteen bytes!!!")));
      }
      int size = io.buffer().position();
      for (int round = 0; round < ROUNDS && least > 0; round++) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < TURNS; i++) {
          exchange(loop, pair[1], io, size);
        }
        least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
      }
    }
    assertEquals(0, sys.close(pair[1]));
    return least;
  }

  private static void exchange(EventLoop loop, int fd, IoBuffer io, int size) throws SysException {
    int sent = loop.sys().send(fd, io.address(), size, 0);
    int _ = loop.runOnce(0); // reads, and sends at the end of the same work
    int received = loop.sys().recv(fd, io.address(), size, 0);
    if (sent != size || received != size) {
      throw new AssertionError(sent + " sent, " + received + " received");
    }
  }
}
