package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The load, in C and in Java, and the servers as processes. */
class EchoLoadTest {

  private static final OptionalInt ANY = OptionalInt.empty();

  private static EchoPrograms programs;

  @BeforeAll
  static void compile() throws IOException {
    programs = EchoPrograms.open(false);
  }

  @AfterAll
  static void remove() throws IOException {
    programs.close();
  }

  @Test
  void openLoop_countsEachMessageDueInTheWindowOnce() throws IOException {
    try (EchoProcess server = start(EchoContestant.NIO)) {
      for (boolean java : List.of(false, true)) {
        try (EchoLoad load = EchoLoad.start(command(java), ANY)) {
          EchoProfile profile = EchoProfile.PIPELINE16;
          load.connect(server, profile, 10);
          EchoSample sample = load.run(server, profile, new EchoLoad.Terms(16_000, 20, 200));
          // 1000 bursts of 16 a second: 200 in the window, one more or less at its ends
          assertEquals(3200.0, (double) sample.recorded(), 32.0);
          assertTrue(sample.total() >= sample.recorded(), sample.toString());
          assertTrue(sample.p50() > 0 && sample.p50() <= sample.p99(), sample.toString());
          assertTrue(sample.serverNanos() > 0 && sample.loadNanos() > 0, sample.toString());
          load.disconnect();
          EchoLoad.Terms slow = new EchoLoad.Terms(200, 20, 200);
          EchoSample churn = load.churn(server, EchoProfile.CHURN, slow);
          assertEquals(40.0, (double) churn.recorded(), 1.0);
        }
      }
    }
  }

  @ParameterizedTest(name = "load in Java: {0}")
  @ValueSource(booleans = {false, true})
  void wrongBytes_areAnErrorThatNamesThePlace(boolean java) throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        CProgram load = CProgram.start(command(java), ANY)) {
      Thread _ = Thread.ofVirtual().start(() -> answerWrongly(listener));
      IOException e =
          assertThrows(
              IOException.class, () -> load.ask("connect " + listener.getLocalPort() + " 1 64 0"));
      assertTrue(e.getMessage().contains("connection 0: "), e.getMessage());
      assertTrue(e.getMessage().contains("wrong"), e.getMessage());
    }
  }

  @Test
  void load_thatIsToDoSomethingUnknown_isAnError() {
    for (boolean java : List.of(false, true)) {
      IOException e =
          assertThrows(
              IOException.class,
              () -> {
                try (CProgram load = CProgram.start(command(java), ANY)) {
                  String _ = load.ask("dance 7");
                }
              });
      assertTrue(e.getMessage().endsWith("not understood: dance 7"), e.getMessage());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = EchoContestant.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = "SHIPPED") // its launcher may build, which is no part of a test
  void server_echoesEveryProfileAndEndsWithItsHandle(EchoContestant contestant) throws Exception {
    EchoProcess server = start(contestant);
    ProcessHandle process = ProcessHandle.of(server.pid()).orElseThrow();
    try (server;
        EchoLoad load = EchoLoad.start(command(false), ANY)) {
      EchoLoad.Terms terms = new EchoLoad.Terms(0, 10, 20);
      for (EchoProfile profile : List.of(EchoProfile.PIPELINE16, EchoProfile.BULK)) {
        load.connect(server, profile, 10);
        EchoSample sample = load.run(server, profile, terms);
        assertTrue(sample.total() >= profile.connections(), sample.toString());
        load.disconnect();
      }
      assertTrue(load.churn(server, EchoProfile.CHURN, terms).total() > 0);
      OptionalLong allocated = server.allocatedBytes();
      assertEquals(contestant.answers(), allocated.isPresent());
    }
    process.onExit().get(5, TimeUnit.SECONDS);
  }

  @Test
  void server_thatDoesNotListen_isAnErrorOrMissing() {
    List<String> unavailable = List.of("echo", "unavailable no such kernel");
    UnsupportedOperationException e =
        assertThrows(
            UnsupportedOperationException.class, () -> EchoProcess.start(unavailable, ANY, false));
    assertEquals("no such kernel", e.getMessage());
    assertThrows(IOException.class, () -> EchoProcess.start(List.of("true"), ANY, false));
    assertThrows(IOException.class, () -> EchoProcess.start(List.of("echo", "hello"), ANY, false));
  }

  private static EchoProcess start(EchoContestant contestant) throws IOException {
    boolean asked = contestant.answers();
    return EchoProcess.start(contestant.command(programs.server()), ANY, asked);
  }

  private static List<String> command(boolean java) {
    return java ? EchoPrograms.javaLoad(false) : programs.load(false);
  }

  private static void answerWrongly(ServerSocket listener) {
    try (Socket socket = listener.accept();
        InputStream in = socket.getInputStream()) {
      byte[] bytes = in.readNBytes(64);
      bytes[63] ^= 1;
      socket.getOutputStream().write(bytes);
      int _ = in.read(); // until the load has seen it and ends
    } catch (IOException e) {
      // The load ends the connection in its own way.
    }
  }
}
