package dev.pollux.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process that is told to end by a signal. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ShutdownIT {

  private static final int BY_SIGTERM = 143;

  @Test
  void signal_waitsForTheAnswersUnderWay() throws Exception {
    Process child = ChildJvm.start(ShutdownChild.class, "PT1H");
    try (BufferedReader out = child.inputReader();
        Socket client = ask(out, 'a')) {
      child.destroy(); // SIGTERM
      assertEquals("answer", new String(client.getInputStream().readAllBytes(), US_ASCII));
      assertEquals(BY_SIGTERM, child.waitFor());
    } finally {
      child.destroyForcibly();
    }
  }

  @Test
  void signal_waitsNoLongerThanItIsTold() throws Exception {
    Process child = ChildJvm.start(ShutdownChild.class, "PT0.05S");
    try (BufferedReader out = child.inputReader();
        Socket client = ask(out, 'x')) {
      child.destroy();
      assertThrows(IOException.class, () -> client.getInputStream().read(), "cut off: a reset");
      assertEquals(BY_SIGTERM, child.waitFor());
    } finally {
      child.destroyForcibly();
    }
  }

  private static Socket ask(BufferedReader out, char what) throws IOException {
    int port = Integer.parseInt(out.readLine());
    Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
    client.getOutputStream().write(what);
    assertEquals("asked", out.readLine());
    return client;
  }

  @Test
  void close_takesItBack_andTheTimeHasToBeOne() {
    Shutdown shutdown = Shutdown.stopping(Duration.ZERO);
    shutdown.close();
    shutdown.close();
    assertThrows(IllegalArgumentException.class, () -> Shutdown.stopping(Duration.ofMillis(-1)));
  }
}
