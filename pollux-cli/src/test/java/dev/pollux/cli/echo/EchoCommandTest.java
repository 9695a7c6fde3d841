package dev.pollux.cli.echo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The quick reading of {@code pollux echo}'s arguments against picocli's. */
class EchoCommandTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--port 0",
        "--port 65535 --quiet",
        "--quiet --host ::1 --backend poll --trigger edge",
        "--backend auto --trigger edge --buffer 16777216 --backlog 1",
        "--backend epoll --trigger level --reply hello --port 1",
        "--backend select --buffer 1",
        "--loops 4 --accept exclusive --max-connections 10",
        "--loops auto --accept reuseport --stats",
        "--idle-timeout 500ms",
        "--idle-timeout 2h --unix /tmp/x",
        "--udp --port 1",
        "--workers 1",
        "--workers 1024 --loops 2 --reply hello",
        "--workers virtual --trigger edge",
      })
  void plain_rightArguments_readAsPicocliReadsThem(String text) {
    String[] arguments = text.split(" ", -1);
    EchoCommand plain = EchoCommand.ofPlain(arguments);
    EchoCommand slow = new EchoCommand();
    new CommandLine(slow).parseArgs(arguments);
    assertNotNull(plain);
    assertEquals(slow.toString(), plain.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "--port",
        "--port x",
        "--port -1",
        "--port 65536",
        "--port 99999999999999999999",
        "--port 007",
        "--port 1 --port 2",
        "--port=1",
        "--buffer 0",
        "--buffer 16777217",
        "--backlog 0",
        "--backend devpoll",
        "--trigger x",
        "--quiet --quiet",
        "--reply --quiet",
        "8080",
        "--loops 0",
        "--loops many",
        "--accept reuseport",
        "--idle-timeout 10",
        "--idle-timeout 0s",
        "--max-connections 0",
        "--unix /tmp/x --port 1",
        "--udp --loops 2",
        "--tls a b",
        "--workers 0",
        "--workers -1",
        "--workers 1025",
        "--workers many",
        "--workers",
        "--workers 2 --workers 2",
        "--udp --workers 2",
        "--workers virtual --udp",
        "--loops 2 --accept exclusive --backend poll",
      })
  void plain_anythingElse_isLeftToPicocli(String text) {
    assertNull(EchoCommand.ofPlain(text.split(" ", -1)));
  }
}
