package dev.pollux.net;

import static dev.pollux.net.TlsBox.bytes;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** TLS on a connection that is in use: after a command, behind a header, by the name asked for. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.TlsContractTest#setups")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StartTlsTest {

  private static final String COMMAND = "STARTTLS\n";

  @Parameter TlsContractTest.Setup setup;
  private TlsBox box;
  private final Recorder server = Recorder.echo();
  private final Recorder client = new Recorder();
  private final List<CloseCause> plainClosed = new ArrayList<>();

  @BeforeEach
  void open() {
    box = new TlsBox(setup.model());
    box.options = box.options.withTrigger(setup.trigger());
  }

  @AfterEach
  void close() {
    box.close();
    assertEquals(List.of(), server.violations);
    assertEquals(List.of(), client.violations);
    assertEquals(List.of(), plainClosed, "told to who was there before");
  }

  private Tls serverTls() {
    return Tls.server(TlsKeys.localhost().identity()).withProtocols(setup.protocol());
  }

  private Tls clientTls() {
    return Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), "localhost", 443)
        .withProtocols(setup.protocol());
  }

  /** Reads a prefix in plain; then does something. */
  private final class Plain implements ConnectionHandler {
    private final String prefix;
    private final Consumer then;

    Plain(String prefix, Consumer then) {
      this.prefix = prefix;
      this.then = then;
    }

    @Override
    public void received(Connection connection, ByteBuffer data) {
      if (data.remaining() >= prefix.length()) {
        byte[] read = new byte[prefix.length()];
        var _ = data.get(read);
        assertEquals(prefix, new String(read, US_ASCII));
        then.accept(connection);
      }
    }

    @Override
    public void closed(Connection connection, CloseCause cause) {
      plainClosed.add(cause);
    }
  }

  /** What a test does with a connection. */
  private interface Consumer {
    void accept(Connection connection);
  }

  private ConnectionHandler answering() {
    return new Plain(
        COMMAND,
        connection -> {
          WriteResult _ = connection.write(bytes("GO\n"));
          connection.startTls(serverTls(), server);
        });
  }

  private void untilEchoed(String text) throws SysException {
    box.until("echo", () -> client.text().equals(text));
  }

  private void untilBothClosed() throws SysException {
    box.until("closed", () -> client.isClosed() && server.isClosed());
  }

  @Test
  void command_bothSidesGoOnWithTls() throws SysException {
    InetSocketAddress address = box.serve(null, (HandlerFactory) _ -> answering());
    client.onAttached =
        connection -> {
          assertNotNull(connection.tlsSession());
          WriteResult _ = connection.write(bytes("hello"));
        };
    Connection connection =
        box.connect(address, null, new Plain("GO\n", made -> made.startTls(clientTls(), client)));
    WriteResult _ = connection.write(bytes(COMMAND));
    untilEchoed("hello");
    assertEquals(List.of("attached", "received", "readComplete"), server.log);
    assertEquals("attached", client.log.getFirst());
    assertFalse(client.log.contains("opened"));
    connection.close();
    untilBothClosed();
    assertEquals(CloseReason.END_OF_STREAM, server.cause.reason());
  }

  /** In the same segment as the header, byte by byte, and from outside of any callback. */
  @Test
  void header_beforeTheHandshake() throws SysException {
    for (int piece : new int[] {Integer.MAX_VALUE, 1}) {
      Recorder next = Recorder.echo();
      String header = "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n";
      InetSocketAddress address =
          box.serve(
              null,
              (HandlerFactory)
                  _ -> new Plain(header, connection -> connection.startTls(serverTls(), next)));
      box.wire.pieces = count -> Math.min(count, piece);
      Recorder asking = new Recorder();
      asking.onAttached =
          made -> {
            WriteResult _ = made.write(bytes("behind it"));
          };
      Connection connection = box.connect(address, null, new Plain("", _ -> {}));
      WriteResult _ = connection.write(bytes(header));
      box.until("made", connection::isOpen);
      connection.startTls(clientTls(), asking);
      box.until("echo", () -> asking.text().equals("behind it"));
      box.wire.pieces = count -> count;
      connection.close();
      box.until("closed", () -> asking.isClosed() && next.isClosed());
      assertEquals(List.of(), next.violations);
    }
  }

  @Test
  void name_isLookedAt_andAllIsLeftToTheHandshake() throws SysException {
    List<String> names = new ArrayList<>();
    InetSocketAddress address =
        box.serve(
            null,
            (HandlerFactory)
                _ ->
                    (connection, data) -> {
                      String name = Tls.serverName(data);
                      if (name != null) {
                        names.add(name);
                        connection.startTls(serverTls(), server);
                      }
                    });
    box.wire.pieces = count -> Math.min(count, 100);
    client.onOpened =
        connection -> {
          WriteResult _ = connection.write(bytes("hello"));
        };
    Connection connection = box.connect(address, clientTls(), client);
    untilEchoed("hello");
    assertEquals(List.of("localhost"), names);
    connection.close();
    untilBothClosed();
  }

  /** What a thief put behind the command must not count as said in secret. */
  @Test
  void plaintextBehindTheCommand_endsIt() throws SysException {
    InetSocketAddress address = box.serve(null, (HandlerFactory) _ -> answering());
    Connection connection = box.connect(address, null, client);
    WriteResult _ = connection.write(bytes(COMMAND + "DELETE everything\n"));
    untilBothClosed();
    assertEquals(List.of("closed"), server.log);
    assertEquals(CloseReason.PROTOCOL, server.cause.reason());
    assertTrue(client.text().startsWith("GO\n"), client.text());
  }

  @Test
  void peerThatLeaves_beforeTheHandshake_isToldToTheNext() throws SysException {
    InetSocketAddress address = box.serve(null, (HandlerFactory) _ -> answering());
    client.onReceived = (connection, _) -> connection.close();
    Connection connection = box.connect(address, null, client);
    WriteResult _ = connection.write(bytes(COMMAND));
    untilBothClosed();
    assertEquals(List.of("closed"), server.log);
    assertEquals(CloseReason.PROTOCOL, server.cause.reason());
  }

  @Test
  void whatIsWrittenMeanwhile_isEncrypted_andAPauseDoesNotHoldTheHandshake() throws SysException {
    InetSocketAddress address =
        box.serve(
            null,
            (HandlerFactory)
                _ ->
                    new Plain(
                        COMMAND,
                        connection -> {
                          connection.pauseReading();
                          connection.startTls(serverTls(), server);
                          WriteResult _ = connection.write(bytes("welcome "));
                        }));
    Connection connection = box.connect(address, null, new Plain("", _ -> {}));
    WriteResult _ = connection.write(bytes(COMMAND));
    box.until("made", connection::isOpen);
    connection.startTls(clientTls(), client);
    WriteResult _ = connection.write(bytes("early"));
    untilEchoed("welcome ");
    assertEquals(List.of("attached"), server.log);
    connection.close();
    box.until("closed", client::isClosed);
  }

  @Test
  void finish_whileItIsBeingSecured_isToldAfterwards() throws SysException {
    List<Connection> made = new ArrayList<>();
    InetSocketAddress address =
        box.serve(
            null,
            (HandlerFactory)
                _ ->
                    new Plain(
                        COMMAND,
                        connection -> {
                          made.add(connection);
                          connection.startTls(serverTls(), server);
                          connection.hold();
                          connection.finish();
                        }));
    Connection connection = box.connect(address, null, new Plain("", _ -> {}));
    WriteResult _ = connection.write(bytes(COMMAND));
    box.until("made", connection::isOpen);
    connection.startTls(clientTls(), client);
    box.until("told", () -> server.log.contains("finishing"));
    assertEquals(List.of("attached", "finishing"), server.log);
    made.getFirst().release();
    untilBothClosed();
    assertEquals(CloseReason.CLOSED, server.cause.reason());
    assertEquals(CloseReason.END_OF_STREAM, client.cause.reason());
  }

  /** What has arrived is answered, and this answer is a handshake. */
  @Test
  void begunDuringAFinish_isWaitedFor() throws SysException {
    InetSocketAddress address =
        box.serve(
            null,
            (HandlerFactory)
                _ ->
                    new Plain(
                        COMMAND,
                        connection -> {
                          connection.finish();
                          WriteResult _ = connection.write(bytes("GO\n"));
                          connection.startTls(serverTls(), server);
                        }));
    Connection connection =
        box.connect(address, null, new Plain("GO\n", made -> made.startTls(clientTls(), client)));
    WriteResult _ = connection.write(bytes(COMMAND));
    untilBothClosed();
    assertEquals(List.of("attached", "finishing"), server.log.subList(0, 2));
    assertEquals("attached", client.log.getFirst());
    assertEquals(CloseReason.CLOSED, server.cause.reason());
    assertEquals(CloseReason.END_OF_STREAM, client.cause.reason());
  }

  @Test
  void adopted_opensAfterTheHandshake() throws SysException {
    int[] fds = Sockets.pair(box.sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    client.onOpened =
        connection -> {
          assertNotNull(connection.tlsSession());
          WriteResult _ = connection.write(bytes("hello"));
        };
    Connection _ = Detached.of(fds[0]).adopt(box.loop, box.options, serverTls(), server);
    Connection mine = Detached.of(fds[1]).adopt(box.loop, box.options, clientTls(), client);
    assertEquals(List.of(), client.log);
    untilEchoed("hello");
    mine.close();
    untilBothClosed();
  }

  @Test
  void notTwice_norAfterTheEnd() throws SysException {
    int[] fds = Sockets.pair(box.sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    Connection one = Detached.of(fds[0]).adopt(box.loop, box.options, serverTls(), server);
    Connection two = Connection.adopt(box.loop, fds[1], box.options, client);
    assertThrows(IllegalStateException.class, () -> one.startTls(serverTls(), server));
    assertThrows(IllegalStateException.class, () -> one.detach(_ -> {}));
    two.end();
    assertThrows(IllegalStateException.class, () -> two.startTls(clientTls(), client));
    two.reset();
    Recorder last = new Recorder();
    two.startTls(clientTls(), last);
    box.until("closed", () -> last.isClosed() && server.isClosed());
    assertEquals(List.of("closed"), last.log);
  }
}
