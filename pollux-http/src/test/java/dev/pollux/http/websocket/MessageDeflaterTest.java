package dev.pollux.http.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One deflater compresses for all WebSockets of a loop. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class MessageDeflaterTest {

  private static ByteBuffer noise(int size) {
    byte[] some = new byte[1 << 16];
    new Random(1).nextBytes(some);
    ByteBuffer all = ByteBuffer.allocateDirect(size);
    while (all.hasRemaining()) {
      all.put(some, 0, Math.min(some.length, all.remaining()));
    }
    return all.flip();
  }

  @Test
  void memory_ofALongMessage_isGivenBackWhenItIsSent() {
    try (MessageDeflater deflater = new MessageDeflater(false)) {
      assertTrue(deflater.deflate(noise(1 << 20)).remaining() > 1 << 20);
      assertTrue(deflater.heldBytes() > 1 << 20);
      deflater.sent();
      assertEquals(0, deflater.heldBytes());
    }
  }

  /** In a process with little memory: the next one is another's. */
  @Test
  void failure_inTheMiddle_leavesNothingForTheNext() throws Exception {
    String[] command = {
      Path.of(System.getProperty("java.home"), "bin", "java").toString(),
      "-Xmx48m",
      "-XX:+UseSerialGC",
      "-cp",
      System.getProperty("java.class.path"),
      Starved.class.getName()
    };
    Process starved = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(starved.getInputStream().readAllBytes(), UTF_8);
    assertEquals("false failed, true failed", said.strip());
  }

  /** The process. */
  static final class Starved {

    private Starved() {}

    /** Says of both kinds whether the message was refused, and what the next one is. */
    public static void main(String[] args) {
      System.out.println(next(false) + ", " + next(true));
    }

    private static String next(boolean keepsContext) {
      try (MessageDeflater deflater = new MessageDeflater(keepsContext);
          MessageInflater inflater = new MessageInflater(false, 1 << 20)) {
        ByteBuffer much = noise(20 << 20); // beside the heap
        try {
          return "no failure: " + deflater.deflate(much);
        } catch (OutOfMemoryError e) {
          deflater.sent();
        }
        byte[] hello = "hello of another".getBytes(UTF_8);
        ByteBuffer next = deflater.deflate(ByteBuffer.wrap(hello));
        MessageBuffer out = new MessageBuffer();
        var _ = inflater.take(next, next.position(), next.limit(), out);
        return keepsContext + (out.whole().equals(ByteBuffer.wrap(hello)) ? " failed" : " leaks");
      }
    }
  }
}
