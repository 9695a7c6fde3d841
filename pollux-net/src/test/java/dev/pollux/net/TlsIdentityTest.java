package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.SysException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is who: certificates by name, from files, of clients, and those that are no good. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TlsIdentityTest {

  private static final String V2 = "TLSv1.2";
  private static final String V3 = "TLSv1.3";

  @TempDir Path folder;
  private final TlsBox box = new TlsBox(true);
  private final TlsNote server = new TlsNote();
  private final TlsNote client = new TlsNote();

  @AfterEach
  void close() {
    box.close();
  }

  private static SSLContext trustAll() {
    return TlsKeys.trustOnly(TlsKeys.localhost(), TlsKeys.wildcard(), TlsKeys.other());
  }

  private void meet(Tls serving, Tls asking) throws SysException {
    Connection _ = box.connect(box.serve(serving, server), asking, client);
    box.until("outcome", () -> (client.handshaken && server.handshaken) || client.isClosed());
  }

  private void part() throws SysException {
    if (!client.isClosed()) {
      client.connection().close();
    }
    box.untilClosed(client, server);
  }

  private static X509Certificate shown(TlsNote by) throws SSLPeerUnverifiedException {
    SSLSession session = by.connection().tlsSession();
    if (session == null) {
      throw new AssertionError("no session");
    }
    return (X509Certificate) session.getPeerCertificates()[0];
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, 0, TLSv1.3",
    "localhost, 0, TLSv1.2",
    "a.b.test, 1, TLSv1.3",
    "A.B.TEST, 1, TLSv1.3",
    "a.b.test, 1, TLSv1.2",
    "exact.b.test, 2, TLSv1.3",
    "c.test, 2, TLSv1.3",
    "c.test, 2, TLSv1.2"
  })
  void name_choosesTheCertificate(String name, int index, String protocol) throws Exception {
    List<TlsKeys> keys = List.of(TlsKeys.localhost(), TlsKeys.wildcard(), TlsKeys.other());
    Tls serving =
        Tls.server(keys.get(0).identity(), keys.get(1).identity(), keys.get(2).identity());
    meet(serving, Tls.client(trustAll(), name, 443).withProtocols(protocol));
    assertTrue(client.handshaken, client::toString);
    assertEquals(keys.get(index).certificate(), shown(client));
    part();
  }

  @ParameterizedTest
  @ValueSource(strings = {"unknown.test", "x.a.b.test", "b.test"})
  void unknownName_getsTheFirstCertificateAndRefusesIt(String name) throws Exception {
    Tls serving = Tls.server(TlsKeys.localhost().identity(), TlsKeys.wildcard().identity());
    meet(serving, Tls.client(trustAll(), name, 443));
    part();
    assertEquals(CloseReason.PROTOCOL, client.reason());
    assertTrue(client.message().contains(name), client::message);
    assertFalse(client.handshaken);
    assertEquals(CloseReason.PROTOCOL, server.reason());
  }

  @Test
  void address_isNotSentAsANameButChecked() throws Exception {
    Tls serving = Tls.server(TlsKeys.localhost().identity(), TlsKeys.wildcard().identity());
    meet(serving, Tls.client(trustAll(), "127.0.0.1", 443));
    assertEquals(TlsKeys.localhost().certificate(), shown(client));
    part();
  }

  @ParameterizedTest
  @ValueSource(strings = {V2, V3})
  void untrustedCertificate_isAProtocolError(String protocol) throws Exception {
    meet(
        Tls.server(TlsKeys.localhost().identity()),
        Tls.client(TlsKeys.trustOnly(TlsKeys.other()), "localhost", 443).withProtocols(protocol));
    part();
    assertEquals(CloseReason.PROTOCOL, client.reason());
    assertTrue(client.message().contains("certification path"), client::message);
    assertFalse(client.handshaken);
  }

  @ParameterizedTest
  @ValueSource(strings = {V2, V3})
  void clientCertificate_thatIsTrusted_isShown(String protocol) throws Exception {
    Tls serving = Tls.server(TlsKeys.localhost().trusting(TlsKeys.other()));
    Tls asking = Tls.client(TlsKeys.other().trusting(TlsKeys.localhost()), "localhost", 443);
    meet(serving.withClientCertificate().withProtocols(protocol), asking);
    assertTrue(server.handshaken, server::toString);
    assertEquals(TlsKeys.other().certificate(), shown(server));
    part();
  }

  @ParameterizedTest
  @ValueSource(strings = {V2, V3})
  void clientCertificate_thatIsMissing_isAProtocolError(String protocol) throws Exception {
    Tls serving = Tls.server(TlsKeys.localhost().trusting(TlsKeys.other()));
    Tls asking = Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), "localhost", 443);
    meet(serving.withClientCertificate().withProtocols(protocol), asking);
    box.untilClosed(server, client);
    assertFalse(server.handshaken);
    assertEquals(CloseReason.PROTOCOL, server.reason());
    assertTrue(server.message().contains("ertificate"), server::message);
    assertEquals(CloseReason.PROTOCOL, client.reason());
  }

  @Test
  void versions_inCommonNone_isAProtocolError() throws Exception {
    meet(
        Tls.server(TlsKeys.localhost().identity()).withProtocols(V2),
        Tls.client(trustAll(), "localhost", 443).withProtocols(V3));
    part();
    assertEquals(CloseReason.PROTOCOL, client.reason());
    assertEquals(CloseReason.PROTOCOL, server.reason());
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  @Test
  void pem_ofRsaAndEllipticCurves_serves() throws Exception {
    TlsIdentity rsa =
        TlsIdentity.ofPem(
            file("a.crt", TlsKeys.localhost().certificatePem()),
            file("a.key", "a comment\n" + TlsKeys.localhost().keyPem()));
    TlsIdentity curve =
        TlsIdentity.ofPem(
            file("b.crt", TlsKeys.other().certificatePem()),
            file("b.key", TlsKeys.other().keyPem()));
    meet(Tls.server(rsa, curve), Tls.client(trustAll(), "c.test", 443));
    assertEquals(TlsKeys.other().certificate(), shown(client));
    part();
  }

  @ParameterizedTest
  @ValueSource(strings = {"server", "client", "underscore"}) // PKCS #1, SEC 1 with and without more
  void pem_ofOldForms_isReadToo(String name) throws Exception {
    TlsIdentity old = TlsFiles.identity(name);
    Path converted = file("pkcs8.key", TlsKeys.pem("PRIVATE KEY", old.key().getEncoded()));
    assertEquals(old.key(), TlsIdentity.ofPem(TlsFiles.file(name + ".crt"), converted).key());
  }

  @Test
  void pem_ofKeyAndCertificatesInOneFile_isRead() throws Exception {
    String key = Files.readString(TlsFiles.file("client.key"));
    String certificate = Files.readString(TlsFiles.file("client.crt"));
    String authority = Files.readString(TlsFiles.file("authority.crt"));
    Path all = file("all.pem", "a comment\n" + key + certificate + "Bag\n" + authority);
    assertEquals(2, TlsIdentity.ofPem(all, all).chain().length);
  }

  @Test
  void pem_ofSeveralKeys_givesTheCertificatesOwn() throws Exception {
    String curve = Files.readString(TlsFiles.file("client.key"));
    String rsa = Files.readString(TlsFiles.file("server.key"));
    String converted = TlsKeys.other().keyPem(); // of an elliptic curve, in PKCS #8
    Path all = file("all.key", converted + curve + rsa);
    Path certificate = TlsFiles.file("server.crt");
    assertEquals(TlsFiles.identity("server").key(), TlsIdentity.ofPem(certificate, all).key());
    assertTrue(refusal(certificate, file("none.key", curve)).contains("does not hold the RSA key"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"encrypted.key", "encrypted-sec1.key"})
  void pem_thatIsEncrypted_isRefusedWithWhatToDo(String name) {
    Path key = TlsFiles.file(name);
    String message = refusal(TlsFiles.file("client.crt"), key);
    assertTrue(message.startsWith(key + " is encrypted"), message);
    assertTrue(message.contains("openssl pkcs8"), message);
  }

  @Test
  void names_byWildcardAreOneLabelMore() throws Exception {
    TlsIdentity wildcard = TlsFiles.identity("underscore"); // *.my_net.test
    assertTrue(wildcard.names().isFor("A.my_net.test"));
    assertFalse(wildcard.names().hasExactly("a.my_net.test"));
    assertFalse(wildcard.names().isFor("*.my_net.test"));
    assertFalse(wildcard.names().isFor("my_net.test"));
    assertFalse(wildcard.names().isFor(".my_net.test"));
  }

  private String refusal(Path certificates, Path key) {
    IOException e = assertThrows(IOException.class, () -> TlsIdentity.ofPem(certificates, key));
    return String.valueOf(e.getMessage());
  }

  @Test
  void pem_thatIsNoGood_isRefusedWithWhatToDo() throws Exception {
    Path certificate = file("good.crt", TlsKeys.localhost().certificatePem());
    Path key = file("good.key", TlsKeys.localhost().keyPem());
    Path wrongKind = file("ec.key", TlsKeys.other().keyPem());
    Path otherKey = file("other.key", TlsKeys.second().keyPem());
    Path encrypted = file("enc.key", TlsKeys.pem("ENCRYPTED PRIVATE KEY", new byte[20]));
    Path old = file("old.key", TlsKeys.pem("RSA PRIVATE KEY", new byte[20]));
    Path broken = file("broken.key", TlsKeys.pem("PRIVATE KEY", new byte[20]));
    Path binary = Files.write(folder.resolve("binary.key"), TlsKeys.localhost().key().getEncoded());
    Path empty = file("empty.crt", "");
    Path absent = folder.resolve("absent");

    assertTrue(refusal(certificate, wrongKind).contains("does not hold the RSA key"));
    assertTrue(refusal(certificate, otherKey).contains("key of another certificate"));
    Path reversed =
        file(
            "reversed.crt",
            TlsKeys.second().certificatePem() + TlsKeys.localhost().certificatePem());
    assertTrue(refusal(reversed, key).contains("number 2"), refusal(reversed, key));
    for (Path convertible : List.of(encrypted, binary, certificate)) {
      String message = refusal(certificate, convertible);
      assertTrue(message.startsWith(convertible.toString()), message);
      assertTrue(message.contains("openssl pkcs8"), message);
    }
    assertTrue(refusal(certificate, broken).contains("does not hold the RSA key"));
    assertTrue(refusal(certificate, old).contains("does not hold the RSA key"));
    assertTrue(refusal(key, key).contains("certificate"), refusal(key, key));
    assertTrue(refusal(empty, key).contains("holds no certificate"));
    assertThrows(NoSuchFileException.class, () -> TlsIdentity.ofPem(absent, key));
    IOException e = assertThrows(IOException.class, () -> TlsIdentity.ofPem(folder, key));
    assertTrue(String.valueOf(e.getMessage()).startsWith(folder + " is a folder"), e::getMessage);
    assertEquals(absent + ": there is no such file", refusal(certificate, absent));
  }

  @Test
  void identity_ofAnotherKey_isRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> TlsIdentity.of(TlsKeys.second().key(), List.of(TlsKeys.localhost().certificate())));
    assertThrows(
        IllegalArgumentException.class, () -> TlsIdentity.of(TlsKeys.other().key(), List.of()));
  }
}
