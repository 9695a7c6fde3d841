package dev.pollux.guide;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.CloseCause;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.FrameHandler;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The decoder of the guide, over a pair of sockets. */
class VarintTest {

  @Test
  void packets_inPieces_areFound_andNonsenseIsTold() throws Exception {
    List<String> seen = new ArrayList<>();
    FrameHandler noting =
        new FrameHandler() {
          @Override
          public void frame(Connection connection, ByteBuffer packet) {
            seen.add(
                (char) packet.get() + "" + (packet.remaining() > 100 ? packet.remaining() : 0));
          }

          @Override
          public void malformed(Connection connection, CloseCause cause) {
            seen.add(cause.message());
          }
        };
    try (EventLoop loop = EventLoop.open()) {
      int[] pair = Sockets.pair(loop.sys(), Linux.AF_UNIX, Linux.SOCK_STREAM);
      Connection _ =
          Connection.adopt(
              loop, pair[0], ConnectionOptions.DEFAULT, Varint.PACKETS.handler(noting));
      for (String part :
          List.of("A\0B\2x", "yC", "\u00C8\1" + "z".repeat(200), "D\u0080\u0080\u0080\u0080")) {
        IoBuffer io = IoBuffer.allocate(part.length());
        var _ = io.buffer().put(part.getBytes(ISO_8859_1)).flip();
        assertEquals(part.length(), io.write(loop.sys(), pair[1]));
        var _ = loop.runOnce(0);
      }
      int _ = loop.sys().close(pair[1]);
    }
    assertEquals(List.of("A0", "B0", "C202", "a length of more than four bytes"), seen);
  }
}
