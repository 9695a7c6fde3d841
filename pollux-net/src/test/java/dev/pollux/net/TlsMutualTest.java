package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.SysException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** Both sides with certificates of a private authority, and certificates that change. */
@ParameterizedClass(name = "[epoll/{0}, {1}]")
@CsvSource({"model, TLSv1.3", "model, TLSv1.2", "native, TLSv1.3", "native, TLSv1.2"})
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TlsMutualTest {

  @Parameter(0)
  String kernel;

  @Parameter(1)
  String protocol;

  @TempDir Path folder;
  private TlsBox box;

  @BeforeEach
  void open() {
    box = new TlsBox(kernel.equals("model"));
  }

  @AfterEach
  void close() {
    box.close();
  }

  private Tls serving() throws IOException {
    return Tls.server(TlsFiles.identity("server"))
        .withTrust(TlsFiles.authority())
        .withClientCertificate()
        .withProtocols(protocol);
  }

  private static Tls asking() throws IOException {
    return Tls.client("localhost", 443).withTrust(TlsFiles.authority());
  }

  /** A connection that says a word and hears it again, so that it has its ticket; the client. */
  private TlsNote meet(InetSocketAddress address, Tls asking) throws SysException {
    TlsNote client = new TlsNote();
    client.onOpened =
        connection -> {
          WriteResult _ = connection.write(TlsBox.bytes("x"));
        };
    Connection _ = box.connect(address, asking, client);
    box.until("outcome", () -> client.text().equals("x") || client.isClosed());
    return client;
  }

  private void part(TlsNote... notes) throws SysException {
    for (TlsNote note : notes) {
      if (!note.isClosed()) {
        note.connection().close();
      }
      box.untilClosed(note);
    }
  }

  private static X509Certificate shown(TlsNote by) throws SSLPeerUnverifiedException {
    SSLSession session = by.connection().tlsSession();
    assertNotNull(session);
    return (X509Certificate) session.getPeerCertificates()[0];
  }

  private static X509Certificate certificate(String name) throws IOException {
    return TlsPem.certificates(TlsFiles.file(name + ".crt")).getFirst();
  }

  @Test
  void bothSides_ofThePrivateAuthority_knowEachOther() throws Exception {
    TlsNote server = TlsNote.echo();
    InetSocketAddress address = box.serve(serving(), server);
    TlsNote client = meet(address, asking().withIdentity(TlsFiles.identity("client")));
    assertTrue(server.handshaken, client::toString);
    assertEquals(certificate("client"), shown(server));
    assertEquals(certificate("server"), shown(client));
    part(client, server);
  }

  /** Who is asked for what may depend on who it is. */
  @Test
  void parameters_ofThePeer_areSaidLast_andForEachConnection() throws Exception {
    TlsNote known = TlsNote.echo();
    TlsNote other = TlsNote.echo();
    List<SocketAddress> asked = new ArrayList<>();
    Tls tls =
        Tls.server(TlsFiles.identity("server"))
            .withTrust(TlsFiles.authority())
            .withPeerParameters((parameters, connection) -> {
              try {
                asked.add(connection.remoteAddress());
              } catch (SysException e) {
                throw new AssertionError(e);
              }
              parameters.setNeedClientAuth(asked.size() == 1);
            })
            .withProtocols(protocol);
    assertEquals(List.of(), asked);
    InetSocketAddress address =
        box.serve(tls, (HandlerFactory) _ -> asked.isEmpty() ? known : other);
    TlsNote first = meet(address, asking().withIdentity(TlsFiles.identity("client")));
    assertEquals(certificate("client"), shown(known));
    part(first, known);
    TlsNote second = meet(address, asking());
    assertEquals("x", second.text());
    assertEquals(2, asked.size());
    assertNotEquals(asked.getFirst(), asked.getLast());
    part(second, other);
  }

  @Test
  void client_withoutACertificate_isRefused() throws Exception {
    TlsNote server = TlsNote.echo();
    TlsNote client = meet(box.serve(serving(), server), asking());
    box.untilClosed(server, client);
    assertFalse(server.handshaken);
    assertEquals(CloseReason.PROTOCOL, server.reason());
    assertEquals(CloseReason.PROTOCOL, client.reason());
  }

  @Test
  void client_ofAnotherAuthority_isRefusedByTheServer() throws Exception {
    TlsNote server = TlsNote.echo();
    InetSocketAddress address = box.serve(serving(), server);
    TlsNote client = meet(address, asking().withIdentity(TlsKeys.other().identity()));
    box.untilClosed(server, client);
    assertEquals(CloseReason.PROTOCOL, server.reason());
    assertTrue(server.message().contains("certification path"), server::message);
  }

  @Test
  void client_withSeveral_showsTheOneOfTheAuthorityThatIsNamed() throws Exception {
    TlsNote server = TlsNote.echo();
    InetSocketAddress address = box.serve(serving(), server);
    TlsIdentities two = TlsIdentities.of(TlsKeys.other().identity(), TlsFiles.identity("client"));
    TlsNote client = meet(address, asking().withIdentities(two));
    assertEquals(certificate("client"), shown(server));
    part(client, server);
  }

  @Test
  void authority_thatIsNotTrusted_isAProtocolError() throws Exception {
    TlsNote server = TlsNote.echo();
    TlsTrust others = TlsTrust.of(List.of(TlsKeys.other().certificate()));
    TlsNote client =
        meet(box.serve(serving(), server), Tls.client("localhost", 443).withTrust(others));
    box.untilClosed(server, client);
    assertTrue(client.message().contains("certification path"), client::message);
  }

  @Test
  void replacement_isShownToWhoComesNextAlone() throws Exception {
    TlsIdentities identities = TlsIdentities.of(TlsKeys.localhost().identity());
    Tls serving = Tls.server(identities).withProtocols(protocol);
    Tls asking =
        Tls.client("localhost", 443)
            .withTrust(
                TlsTrust.of(
                    List.of(TlsKeys.localhost().certificate(), TlsKeys.second().certificate())));
    InetSocketAddress address = box.serve(serving, (HandlerFactory) _ -> TlsNote.echo());
    TlsNote first = meet(address, asking);
    assertEquals(TlsKeys.localhost().certificate(), shown(first));
    identities.replace(TlsKeys.second().identity());
    TlsNote second = meet(address, asking); // resumes no session with the old one
    assertEquals(TlsKeys.second().certificate(), shown(second));
    assertNotEquals(first.connection().tlsSession(), second.connection().tlsSession());
    assertTrue(first.connection().write(TlsBox.bytes("y")).goesOn());
    box.until("echo on the old one", () -> first.text().equals("xy"));
    part(first, second);
  }

  @Test
  void replacement_thatIsNoGood_leavesTheOldOneAndSaysSo() throws Exception {
    TlsIdentities identities = TlsIdentities.of(TlsFiles.identity("server"));
    Tls serving = Tls.server(identities).withProtocols(protocol);
    Path damaged =
        Files.writeString(folder.resolve("damaged.crt"), TlsKeys.pem("CERTIFICATE", new byte[9]));
    IOException bad =
        assertThrows(
            IOException.class,
            () -> identities.replace(TlsIdentity.ofPem(damaged, TlsFiles.file("server.key"))));
    assertTrue(String.valueOf(bad.getMessage()).contains("damaged.crt"), bad::getMessage);
    TlsIdentity forClients = TlsFiles.identity("client");
    assertThrows(IllegalArgumentException.class, () -> identities.replace(forClients));
    TlsNote client = meet(box.serve(serving, (HandlerFactory) _ -> TlsNote.echo()), asking());
    assertEquals(certificate("server"), shown(client));
    part(client);
  }
}
