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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The load in C, and the servers as processes. */
class EchoLoadIT {

  private static final OptionalInt ANY = OptionalInt.empty();

  private static EchoServers servers;

  @BeforeAll
  static void compile() throws IOException {
    servers = EchoServers.open();
  }

  @AfterAll
  static void remove() throws IOException {
    servers.close();
  }

  @Test
  void openLoop_countsEachMessageDueInTheWindowOnce() throws IOException {
    try (EchoProcess server = servers.start(EchoServers.C, ANY);
        EchoLoad load = servers.load(false, ANY)) {
      EchoProfile profile = EchoProfile.PIPELINE16;
      load.connect(server, profile, 10);
      EchoLoad.Sample sample = load.run(server, profile, new EchoLoad.Terms(16_000, 20, 200));
      // 1000 bursts of 16 a second: 200 in the window, one more or less at its ends
      List<Long> figures = sample.figures();
      assertEquals(3200.0, (double) figures.getLast(), 32.0);
      assertTrue(sample.total() >= figures.getLast(), sample.toString());
      assertTrue(figures.get(5) > 0 && figures.get(5) <= figures.get(6), sample.toString());
      assertTrue(figures.get(2) > 0 && figures.get(3) > 0, sample.toString());
      load.disconnect();
      EchoLoad.Terms slow = new EchoLoad.Terms(200, 20, 200);
      EchoLoad.Sample churn = load.run(server, EchoProfile.CHURN, slow);
      assertEquals(40.0, (double) churn.figures().getLast(), 1.0);
    }
  }

  @Test
  void idleConnections_areSilentUntilTheyEcho() throws IOException {
    try (EchoProcess server = servers.start(EchoServers.C, ANY);
        EchoLoad load = servers.load(false, ANY)) {
      for (int i = 0; i < 2; i++) {
        load.open(server, 300);
        load.greet();
        load.greet();
        load.disconnect();
      }
    }
  }

  @Test
  void wrongBytes_areAnErrorThatNamesThePlace() throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        EchoLoad load = servers.load(false, ANY)) {
      Thread _ = Thread.ofVirtual().start(() -> answerWrongly(listener));
      String command = "connect " + listener.getLocalPort() + " 1 64 0";
      IOException e = assertThrows(IOException.class, () -> load.program().askC(command));
      assertTrue(e.getMessage().contains("connection 0: "), e.getMessage());
      assertTrue(e.getMessage().contains("wrong"), e.getMessage());
    }
  }

  @Test
  void load_thatIsToDoSomethingUnknown_isAnError() throws IOException {
    try (EchoLoad load = servers.load(false, ANY)) {
      IOException e = assertThrows(IOException.class, () -> load.program().askC("dance 7"));
      assertTrue(e.getMessage().endsWith("not understood: dance 7"), e.getMessage());
    }
  }

  /** All but the shipped one, whose launcher may build, which is no part of a test. */
  static List<String> servers() {
    return EchoServers.ALL.stream().filter(each -> !each.equals(EchoServers.SHIPPED)).toList();
  }

  @ParameterizedTest
  @MethodSource("servers")
  void server_echoesEveryProfileAndEndsWithItsHandle(String name) throws Exception {
    EchoProcess server = servers.start(name, ANY);
    ProcessHandle process = ProcessHandle.of(server.pid()).orElseThrow();
    try (server;
        EchoLoad load = servers.load(false, ANY)) {
      EchoLoad.Terms terms = new EchoLoad.Terms(0, 10, 20);
      for (EchoProfile profile :
          List.of(EchoProfile.PIPELINE16, EchoProfile.BULK, EchoProfile.CHURN)) {
        load.connect(server, profile, 10);
        assertTrue(load.run(server, profile, terms).total() > 0);
        load.disconnect();
      }
      assertEquals(server.asked(), server.allocatedBytes().isPresent());
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
