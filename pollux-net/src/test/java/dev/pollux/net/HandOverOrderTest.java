package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.sys.Linux;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Many handlers, one for each state of a conversation; and those of who is turned away at once. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#all")
class HandOverOrderTest extends NetCase {

  private static final int MANY = 50;
  private static final Framing LINES = Framing.lines(100);

  /** Takes one byte, and has another one go on. */
  private static final class State implements ConnectionHandler {
    @Override
    public void received(Connection connection, ByteBuffer data) {
      WriteResult _ = connection.write(ByteBuffer.wrap(new byte[] {data.get()}));
      connection.setHandler(new State());
    }
  }

  /** Takes one line, and has another one go on. */
  private static final class LineState implements FrameHandler {
    @Override
    public void frame(Connection connection, ByteBuffer line) {
      WriteResult _ = LINES.write(connection, line);
      connection.setHandler(LINES.handler(new LineState()));
    }
  }

  private Server open(HandlerFactory factory) throws Exception {
    ServerOptions like = ServerOptions.at(loopback(0)).withConnection(options);
    return track(Server.open(loop, like, factory));
  }

  @Test
  void manyStates_inOneSegment_eachTakesItsOwn() throws Exception {
    Raw bytes = connectRaw(open(_ -> new State()).address());
    Raw lines = connectRaw(open(_ -> LINES.handler(new LineState())).address());
    awaitReady(bytes.fd(), Linux.POLLOUT);
    awaitReady(lines.fd(), Linux.POLLOUT);
    bytes.write("x".repeat(MANY));
    lines.write("hi\n".repeat(MANY));
    until("bytes", () -> bytes.read().isOver() || bytes.size() == MANY);
    until("lines", () -> lines.read().isOver() || lines.size() == 3 * MANY);
    assertEquals("x".repeat(MANY), bytes.text());
    assertEquals("hi\n".repeat(MANY), lines.text());
    assertEquals(List.of(), reported);
  }

  /** Whom the factory turns away is not told that it is usable, nor is the observer. */
  @ParameterizedTest
  @ValueSource(strings = {"reset", "close", "detach"})
  void factoryThatEndsIt_nobodyHearsThatItOpened(String how) throws Exception {
    List<String> seen = new ArrayList<>();
    options =
        options.withObserver(
            new ConnectionObserver() {
              @Override
              public void opened(Connection connection) {
                seen.add("opened");
              }

              @Override
              public void closed(Connection connection, CloseCause cause) {
                seen.add("closed");
              }
            });
    Recorder handler = track(new Recorder());
    Server server =
        open(connection -> {
          switch (how) {
            case "reset" -> connection.reset();
            case "close" -> connection.close();
            default -> connection.detach(given -> sys.close(given.fd()));
          }
          return handler;
        });
    Raw client = connectRaw(server.address());
    untilPeerIsOver(client);
    client.close();
    until("closed", handler::isClosed);
    assertEquals(List.of("closed"), handler.log);
    assertEquals(List.of("closed"), seen);
  }
}
