package dev.pollux.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pollux serve --proxy}, in front of others of its kind. */
class ServeProxyIT {

  @TempDir private Path folder;

  @BeforeEach
  void fill() throws IOException {
    Files.writeString(folder.resolve("index.html"), "home");
    Files.write(folder.resolve("big.bin"), new byte[8 << 20]);
  }

  @Test
  void requests_arePassedOn() throws Exception {
    try (Serving behind = new Serving(folder.toString(), "--port", "0")) {
      String target = "http://127.0.0.1:" + behind.port();
      try (Serving proxy = new Serving("--port", "0", "--proxy", target)) {
        assertTrue(proxy.lines.getLast().startsWith("serving " + target + " on http://127.0.0.1:"));
        String home = Serving.get(proxy.port(), "/");
        assertTrue(home.endsWith("\r\n\r\nhome"), home);
        assertTrue(home.contains("\r\nVia: 1.1 pollux\r\n"), home);
        assertTrue(Serving.get(proxy.port(), "/big.bin").length() > 8 << 20);
        Serving.assertStatus(404, Serving.get(proxy.port(), "/none"));
        proxy.stop();
        assertEquals("", proxy.command.errors());
      }
    }
  }

  @Test
  void targets_ofASocket_andGoneOnes_areAsked() throws Exception {
    String socket = folder.resolve("behind.sock").toString();
    try (Serving _ = new Serving(folder.toString(), "--unix", socket);
        Serving proxy =
            new Serving(
                "--port",
                "0",
                "--proxy",
                "http://127.0.0.1:1,unix:" + socket,
                "--proxy-health",
                "/index.html")) {
      for (int i = 0; i < 10; i++) {
        Serving.assertStatus(200, Serving.get(proxy.port(), "/"));
      }
    }
  }

  @Test
  void target_thatIsGone_isSaid() throws Exception {
    try (Serving proxy = new Serving("--port", "0", "--proxy", "http://127.0.0.1:1")) {
      Serving.assertStatus(502, Serving.get(proxy.port(), "/"));
      proxy.stop();
      String said = proxy.command.errors();
      assertTrue(
          said.startsWith("pollux serve: http://127.0.0.1:1: GET http://127.0.0.1:1/: "), said);
      assertEquals(1, said.lines().count(), said);
    }
  }
}
