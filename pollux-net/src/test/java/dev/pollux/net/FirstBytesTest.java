package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A stop comes between the connect of a peer and what it says first. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#all")
class FirstBytesTest extends ClockedCase {

  private Server server;
  private Recorder handler;
  private Connection connection;

  @BeforeEach
  void open() throws Exception {
    ServerOptions like = ServerOptions.at(loopback(0)).withConnection(options);
    server =
        track(
            Server.open(
                loop,
                like,
                made -> {
                  connection = made;
                  handler = track(Recorder.echo());
                  return handler;
                }));
  }

  private Raw client() throws Exception {
    int before = server.connectionCount();
    Raw client = connectRaw(server.address());
    until("accepted", () -> server.connectionCount() > before);
    return client;
  }

  private void expectTheEnd(Raw client) throws Exception {
    untilPeerIsOver(client);
    assertTrue(client.isEnded(), "errno " + client.errno());
    until("finished", server::isFinished);
    assertEquals(CloseReason.CLOSED, handler.cause.reason());
  }

  @Test
  void firstBytes_afterTheStop_areAnswered() throws Exception {
    Raw client = client();
    server.stop();
    pass(500 * MILLI);
    assertFalse(server.isFinished());
    assertEquals(1, handler.count("finishing"), "told at once, all the same");
    client.write("hello");
    expectTheEnd(client);
    assertEquals("hello", client.text());
  }

  @Test
  void firstBytes_ofOneWhoWaitsToBeAccepted_areAnswered() throws Exception {
    Raw client = connectRaw(server.address());
    server.stop();
    quiet();
    assertFalse(server.isFinished());
    client.write("hello");
    expectTheEnd(client);
    assertEquals("hello", client.text());
  }

  @Test
  void silentPeer_isWaitedForASecond() throws Exception {
    Raw client = client();
    server.stop();
    pass(950 * MILLI);
    assertFalse(client.read().isOver());
    pass(100 * MILLI);
    expectTheEnd(client);
    assertEquals("", client.text());
  }

  @Test
  void peerThatWasSilentForLong_orHasSpoken_isNotWaitedFor() throws Exception {
    Raw old = client();
    pass(1 * SECOND);
    Recorder first = handler;
    Raw talker = client();
    talker.write("x");
    until("answered", () -> talker.read().text().equals("x"));
    server.stop();
    expectTheEnd(old);
    expectTheEnd(talker);
    assertEquals(CloseReason.CLOSED, first.cause.reason());
  }

  @Test
  void peerThatHasEnded_isNotWaitedFor() throws Exception {
    Raw client = client();
    server.stop();
    client.shutdown();
    untilPeerIsOver(client);
    until("finished", server::isFinished);
  }

  @Test
  void stop_withLittleTime_doesNotWait() throws Exception {
    Raw client = client();
    server.stop(Duration.ofSeconds(1));
    expectTheEnd(client);
  }

  /** The first to be over counts. */
  @Test
  void stop_withLittleTime_andWithMore_doesNotWait() throws Exception {
    Raw client = client();
    server.stop(Duration.ofSeconds(1));
    server.stop(Duration.ofSeconds(10));
    expectTheEnd(client);
  }

  /** Somebody pushes to a peer that only listens, and holds the connection meanwhile. */
  @Test
  void workOfTheProgram_putsTheEndOffNoFurther() throws Exception {
    Raw client = client();
    server.stop();
    for (int i = 0; i < 8 && !handler.isClosed(); i++) {
      connection.hold();
      pass(500 * MILLI);
      connection.release();
      turn();
    }
    assertTrue(handler.isClosed());
    expectTheEnd(client);
  }
}
