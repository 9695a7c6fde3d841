package dev.pollux.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.cli.Command;
import dev.pollux.cli.echo.EchoCommandIT;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code pollux serve} refuses, in a line. */
class ServeCommandIT {

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "--prot 1, did you mean --port?",
    "--port 65536, 65535",
    "--port x, --port",
    "--metrics 65536, 65535",
    "--redirect-https 1, --tls",
    "--redirect-https -1 --tls-self-signed, 65535",
    "--public-port 1, --redirect-https",
    "--public-port 0 --redirect-https 1 --tls-self-signed, --public-port",
    "--replace-stale, --unix",
    "--unix x --port 1, --port",
    "--unix x --host ::1, --host",
    "--unix x --redirect-https 1 --tls-self-signed, --redirect-https",
    "--tls a, --tls",
    "--tls a b --tls c d, --tls",
    "--tls a b --tls-self-signed, --tls-self-signed",
    "--proxy-protocol --trust-forwarded 1, --trust-forwarded",
    "--trust-forwarded 0, --trust-forwarded",
    "--trust-forwarded 101, 100",
    "--max-rate 2000000000, --max-rate",
    "--log-format odd, 'common, combined or json'",
    "--log-format json, --access-log",
    "--loops 0, --loops",
    "--max-connections 0, --max-connections",
    "--max-per-address -1, --max-per-address",
    "--max-rate 0, --max-rate",
    "--max-requests 0, --max-requests",
    "--delay 10, --delay",
    "--drain 0s, --drain",
    "site --proxy http://a, DIR",
    "--list --proxy http://a, DIR",
    "--proxy-health /, --proxy",
    "--proxy-timeout 60s, --proxy",
    "--proxy http://a --proxy-host mine, 'client and target'",
    "--proxy http://a --proxy-timeout 0s, --proxy-timeout",
    "--proxy unix:, unix:/path",
    "--proxy http://a/b, has a path",
    "--proxy a, 'http://host:port'",
    "--proxy http://a --proxy-health health, --proxy-health",
    "--proxy-ca a, --proxy",
    "--proxy http://a --proxy-cert a, --proxy-cert",
    "--proxy http://a --proxy-cert a b --proxy-cert c d, --proxy-cert",
    "--port 9 --metrics 9, '--port and --metrics are both 9'",
    "--metrics 8080, '--port and --metrics are both 8080'",
    "--port 9 --redirect-https 9 --tls-self-signed, both 9",
    "--unix x --tls-self-signed --metrics 9 --redirect-https 9, --unix",
    "--port 8 --tls-self-signed --metrics 9 --redirect-https 9, both 9",
    "a b, b",
  })
  void usage_wrong_exitsWith2AndOneLine(String arguments, String what) throws Exception {
    try (Command command = new Command(("serve " + arguments).split(" ", -1))) {
      assertEquals(2, command.exitCode(), command.errors());
      EchoCommandIT.assertOneLine(command, what, "--help");
    }
  }

  private void assertFails(String[] parts, String... arguments) throws Exception {
    try (Command command = new Command(arguments)) {
      assertEquals(1, command.exitCode(), command.errors());
      EchoCommandIT.assertOneLine(command, parts);
      assertFalse(command.errors().contains("a bug"), command.errors());
      assertFalse(command.errors().contains("Exception"), command.errors());
    }
  }

  private static String[] parts(String... parts) {
    return parts;
  }

  @Test
  void folder_thatIsNone_isNamed() throws Exception {
    String none = folder.resolve("none").toString();
    String file = Files.createFile(folder.resolve("file")).toString();
    assertFails(parts("cannot serve " + none, "ENOENT"), "serve", "--port", "0", none);
    assertFails(parts("cannot serve " + file, "ENOTDIR"), "serve", "--port", "0", file);
  }

  @Test
  void cacheControl_thatIsNoValue_isNamed() throws Exception {
    String dir = folder.toString();
    for (String wrong : new String[] {" public", "public ", ""}) {
      assertFails(parts("cacheControl"), "serve", dir, "--port", "0", "--cache-control", wrong);
    }
  }

  @Test
  void port_inUse_isNamedWithItsOption() throws Exception {
    String dir = folder.toString();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = "" + taken.getLocalPort();
      String[] words = {"127.0.0.1:" + port, "EADDRINUSE", "another --port"};
      assertFails(words, "serve", dir, "--port", port);
      words[2] = "another --metrics";
      assertFails(words, "serve", dir, "--port", "0", "--metrics", port);
    }
  }

  @Test
  void log_thatCannotBeOpened_isNamed() throws Exception {
    String none = folder.resolve("none/access.log").toString();
    String dir = folder.toString();
    assertFails(parts("--access-log", none), "serve", dir, "--port", "0", "--access-log", none);
    assertFails(parts("--access-log", dir), "serve", dir, "--port", "0", "--access-log", dir);
  }

  /** Which to open waits for its reader, who may never come. */
  @Test
  void log_thatIsAFifoWithoutReader_isRefusedAtOnce() throws Exception {
    String fifo = folder.resolve("fifo").toString();
    assertEquals(0, new ProcessBuilder("mkfifo", fifo).start().waitFor());
    assertFails(
        parts("--access-log", fifo, "a FIFO that nobody reads"),
        "serve",
        folder.toString(),
        "--port",
        "0",
        "--access-log",
        fifo);
  }

  @Test
  void certificates_thatAreNone_areNamed() throws Exception {
    String none = folder.resolve("none.pem").toString();
    String text = Files.writeString(folder.resolve("text.pem"), "no PEM\n").toString();
    String dir = folder.toString();
    assertFails(parts("--tls", none), "serve", dir, "--port", "0", "--tls", none, none);
    assertFails(parts("--tls", text), "serve", dir, "--port", "0", "--tls", text, text);
  }

  @Test
  void filesForTargets_thatAreNone_areNamed() throws Exception {
    String none = folder.resolve("none.pem").toString();
    String[] to = {"serve", "--port", "0", "--proxy", "https://localhost:1"};
    assertFails(parts("--proxy-ca", none), ServeProxyIT.with(to, "--proxy-ca", none));
    assertFails(parts("--proxy-cert", none), ServeProxyIT.with(to, "--proxy-cert", none, none));
  }

  @Test
  void host_thatIsNone_isNamed() throws Exception {
    assertFails(
        parts("192.0.2.1:0", "EADDRNOTAVAIL", "--host"),
        "serve",
        "--host",
        "192.0.2.1",
        "--port",
        "0");
  }

  @Test
  void help_fits() throws Exception {
    try (Command command = new Command("serve", "--help")) {
      String text = command.rest();
      assertEquals(0, command.exitCode());
      assertTrue(text.lines().allMatch(line -> line.length() <= 80), text);
      assertTrue(text.contains("--access-log=FILE") && text.contains("--metrics=PORT"), text);
    }
  }
}
