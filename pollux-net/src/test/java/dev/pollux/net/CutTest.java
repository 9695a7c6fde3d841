package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** An end at once, for a reason of our own: in the middle of something it is a reset. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#all")
class CutTest extends NetCase {

  private final Recorder handler = new Recorder();
  private Server server;

  /** A client of a server, which answers so much of what it is asked. */
  private Raw asking(String answer, boolean held) throws SysException {
    handler.onReceived =
        (connection, data) -> {
          handler.take(data, data.remaining());
          if (held) {
            connection.hold();
          }
          if (!answer.isEmpty()) {
            WriteResult _ = connection.write(ascii(answer));
          }
        };
    ServerOptions like = ServerOptions.at(loopback(0)).withConnection(options);
    server = track(Server.open(loop, like, _ -> track(handler)));
    Raw client = connectRaw(server.address());
    until("accepted", () -> server.connectionCount() == 1);
    client.write("question");
    until("answer", () -> client.read().text().equals(answer) && !handler.text().isEmpty());
    return client;
  }

  private void assertReset(Raw client) throws SysException {
    untilPeerIsOver(client);
    assertEquals(Errno.ECONNRESET, client.errno());
    assertEquals(CloseReason.CUT_OFF, handler.cause.reason());
  }

  @Test
  void serverClosed_inAHeldAnswer_isAReset() throws Exception {
    Raw client = asking("half an ans", true);
    server.close();
    assertReset(client);
  }

  /** Nobody said that there is more; but nobody said either that this was all. */
  @Test
  void serverClosed_afterAnAnswer_isAReset() throws Exception {
    Raw client = asking("half an ans", false);
    server.close();
    assertReset(client);
  }

  @Test
  void serverClosed_beforeAHeldAnswer_isAReset() throws Exception {
    Raw client = asking("", true);
    server.close();
    assertReset(client);
  }

  @Test
  void loopClosed_inAHeldAnswer_isAReset() throws Exception {
    Raw client = asking("half an ans", true);
    loop.close();
    awaitReady(client.fd(), Linux.POLLIN);
    int _ = client.read(1);
    assertEquals(Errno.ECONNRESET, client.errno());
    assertEquals(CloseReason.CUT_OFF, handler.cause.reason());
  }

  /** The end of the stream says nothing that is wrong. */
  @Test
  void serverClosed_whereNothingWasSent_isAnEnd() throws Exception {
    Raw client = asking("", false);
    server.close();
    untilPeerIsOver(client);
    assertTrue(client.isEnded(), "errno " + client.errno());
  }

  /** The end was asked for, and everything before it is sent. */
  @Test
  void serverClosed_afterTheEndWasAskedFor_isAnEnd() throws Exception {
    Raw client = asking("all of it", false);
    server.connections(loop).getFirst().end();
    untilPeerIsOver(client);
    server.close();
    assertTrue(client.isEnded(), "errno " + client.errno());
    until("closed", handler::isClosed);
  }

  // ---- the end of the peer, while somebody works

  @Test
  void peerEnds_whileAnAnswerIsHeld_itIsSentAllTheSame() throws Exception {
    for (boolean frames : new boolean[] {false, true}) {
      List<CloseCause> causes = new ArrayList<>();
      List<Connection> held = new ArrayList<>();
      ConnectionHandler bytes =
          new ConnectionHandler() {
            @Override
            public void received(Connection connection, ByteBuffer data) {
              var _ = data.position(data.limit());
              connection.hold();
              held.add(connection);
            }

            @Override
            public void closed(Connection connection, CloseCause cause) {
              causes.add(cause);
            }
          };
      FrameHandler lines =
          new FrameHandler() {
            @Override
            public void frame(Connection connection, ByteBuffer line) {
              bytes.received(connection, line);
            }

            @Override
            public void closed(Connection connection, CloseCause cause) {
              causes.add(cause);
            }
          };
      HandlerFactory factory = _ -> frames ? Framing.lines(100).handler(lines) : bytes;
      ServerOptions like = ServerOptions.at(loopback(0)).withConnection(options);
      Server one = track(Server.open(loop, like, factory));
      Raw client = connectRaw(one.address());
      until("accepted", () -> one.connectionCount() == 1);
      client.write("question\n");
      client.shutdown();
      until("the end", () -> !held.isEmpty() && held.getFirst().isPeerEnded());
      quiet();
      assertTrue(held.getFirst().isOpen(), "closed before the answer");
      WriteResult _ = held.getFirst().write(ascii("answer"));
      held.getFirst().release();
      untilPeerIsOver(client);
      assertEquals("answer", client.text());
      assertTrue(client.isEnded(), "errno " + client.errno());
      until("closed", () -> !causes.isEmpty());
      assertEquals(List.of(CloseCause.END_OF_STREAM), causes);
    }
  }
}
