package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.SysException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be said of TLS, and what is refused when it is said and not at each connection. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TlsOptionsTest {

  private final TlsBox box = new TlsBox(true);
  private final TlsNote server = new TlsNote();
  private final TlsNote client = new TlsNote();

  @AfterEach
  void close() {
    box.close();
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

  private static Tls serving() {
    return Tls.server(TlsKeys.localhost().identity());
  }

  private static Tls asking(String host) {
    return Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), host, 443);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "localhost.", "LOCALHOST", "127.0.0.1"})
  void host_ofTheCertificate_isFound(String host) throws Exception {
    meet(serving(), asking(host));
    assertTrue(client.handshaken, client::toString);
    part();
  }

  @ParameterizedTest
  @CsvSource({
    "localhost., localhost, NAME",
    "a.b., a.b, NAME",
    "bücher.example, xn--bcher-kva.example, NAME",
    "my_service, my_service, WITH_UNDERSCORE",
    "_a.b_c.d., _a.b_c.d, WITH_UNDERSCORE",
    "::1, ::1, ADDRESS",
    "[::1], ::1, ADDRESS",
    "fe80::1%eth9, fe80::1, ADDRESS",
    "127.0.0.1, 127.0.0.1, ADDRESS",
    "1a.2, 1a.2, NAME"
  })
  void host_isUnderstood(String host, String name, TlsHost.Kind kind) {
    assertEquals(new TlsHost(name, 443, kind), TlsHost.of(host, 443));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "a..b",
        ".a",
        "a b",
        "a/b",
        "https://a",
        "a:443",
        "-a",
        "a-",
        "a.-b",
        "1.2",
        "256.1.1.1",
        "*.a",
        "[::1",
        "a\0b",
        "é..a",
        "faß.de",
        "FAẞ.de",
        "βόλος.gr",
        "a\u200db.test",
        "a\u200cb.test"
      })
  void host_thatNobodyCanHave_isRefusedAtOnce(String host) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Tls.client(host, 443));
    assertTrue(String.valueOf(e.getMessage()).contains("\"" + host + "\""), e::getMessage);
  }

  @Test
  void host_thatIsTooLong_isRefused() {
    String label = "a".repeat(63);
    String longest = String.join(".", label, label, label, "a".repeat(61));
    assertEquals(longest, TlsHost.of(longest + ".", 1).name());
    assertThrows(IllegalArgumentException.class, () -> TlsHost.of(longest + "a", 1));
    assertThrows(IllegalArgumentException.class, () -> TlsHost.of(label + "a", 1));
  }

  @Test
  @SuppressWarnings("NullAway") // which is the mistake
  void host_thatIsNull_isRefusedInWords() {
    NullPointerException e =
        assertThrows(
            NullPointerException.class, () -> Tls.client(SSLContext.getDefault(), null, 1));
    assertTrue(String.valueOf(e.getMessage()).startsWith("host"), e::getMessage);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65_536})
  void port_thatIsNone_isRefused(int port) {
    assertThrows(IllegalArgumentException.class, () -> Tls.client("localhost", port));
  }

  private static Tls underscored() throws Exception {
    return Tls.server(TlsFiles.identity("underscore"));
  }

  private static Tls askingFor(String host) throws Exception {
    return Tls.client(host, 443).withTrust(TlsFiles.authority());
  }

  @ParameterizedTest
  @ValueSource(strings = {"my_service", "MY_SERVICE.", "a_b.my_net.test"})
  void nameWithAnUnderscore_thatTheCertificateHas_isFound(String host) throws Exception {
    meet(underscored(), askingFor(host));
    assertTrue(client.handshaken, client::toString);
    part();
  }

  @ParameterizedTest
  @ValueSource(strings = {"no_service", "a.b_c.my_net.test", "my_net.test"})
  void nameWithAnUnderscore_thatTheCertificateLacks_isAProtocolError(String host) throws Exception {
    meet(underscored(), askingFor(host));
    part();
    assertFalse(client.handshaken);
    assertEquals(CloseReason.PROTOCOL, client.reason());
    assertTrue(client.message().contains("not for " + host), client::message);
  }

  @Test
  void sides_thatAreMistaken_areRefusedInWords() {
    Tls serving = serving();
    Tls asking = asking("localhost");
    assertTrue(
        String.valueOf(
                assertThrows(
                        IllegalArgumentException.class,
                        () -> ServerOptions.at(TlsBox.loopback(0)).withTls(asking))
                    .getMessage())
            .contains("Tls.server"));
    assertTrue(
        String.valueOf(
                assertThrows(IllegalArgumentException.class, () -> connectPlainly(serving))
                    .getMessage())
            .contains("Tls.client"));
    assertThrows(IllegalStateException.class, asking::withClientCertificate);
    assertThrows(IllegalStateException.class, asking::withOptionalClientCertificate);
  }

  private void connectPlainly(Tls tls) throws SysException {
    ConnectionOptions options = ConnectionOptions.DEFAULT;
    Connection _ = Connection.connect(box.loop, TlsBox.loopback(1), 0, options, tls, client);
  }

  @Test
  void identity_thatIsForTheOtherSide_isRefusedAtOnce() throws Exception {
    TlsIdentity ofServer = TlsFiles.identity("server");
    TlsIdentity ofClient = TlsFiles.identity("client");
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Tls.server(ofServer, ofClient));
    assertTrue(String.valueOf(e.getMessage()).contains("for clients only"), e::getMessage);
    Tls asking = Tls.client("localhost", 443);
    e = assertThrows(IllegalArgumentException.class, () -> asking.withIdentity(ofServer));
    assertTrue(String.valueOf(e.getMessage()).contains("for servers only"), e::getMessage);
  }

  @Test
  void contextOfTheProgram_saysWhomToTrust() throws Exception {
    Tls tls = Tls.client(SSLContext.getDefault(), "localhost", 443);
    TlsTrust trust = TlsFiles.authority();
    assertThrows(IllegalStateException.class, () -> tls.withTrust(trust));
    TlsIdentity client = TlsFiles.identity("client");
    assertThrows(IllegalStateException.class, () -> tls.withIdentity(client));
    assertThrows(IllegalArgumentException.class, () -> TlsTrust.of(List.of()));
  }

  @Test
  void versionThatThereIsNot_isRefusedAtOnce() {
    Tls tls = serving();
    assertThrows(IllegalArgumentException.class, () -> tls.withProtocols("TLSv1.9"));
    assertThrows(IllegalArgumentException.class, () -> tls.withProtocols());
    assertThrows(IllegalArgumentException.class, () -> tls.withApplicationProtocols(""));
  }

  @Test
  void parameters_areTheLastWord() throws Exception {
    List<String> seen = new ArrayList<>();
    Tls serving =
        serving()
            .withApplicationProtocols("ours")
            .withParameters(p -> p.setCipherSuites(new String[] {"TLS_AES_256_GCM_SHA384"}));
    Tls asking =
        asking("nobody.test")
            .withApplicationProtocols("theirs")
            .withParameters(p -> change(p, seen))
            .withProtocols("TLSv1.3");
    seen.clear();
    meet(serving, asking);
    assertEquals(List.of("HTTPS, theirs"), seen);
    SSLSession session = client.connection().tlsSession();
    assertEquals("TLS_AES_256_GCM_SHA384", session == null ? "" : session.getCipherSuite());
    assertEquals("ours", client.connection().applicationProtocol());
    part();
  }

  /** Talks to whoever is there, which is what the certificate would not let it. */
  private static void change(SSLParameters p, List<String> seen) {
    seen.add(p.getEndpointIdentificationAlgorithm() + ", " + p.getApplicationProtocols()[0]);
    assertArrayEquals(new String[] {"theirs"}, p.getApplicationProtocols());
    p.setApplicationProtocols(new String[] {"ours"});
    p.setEndpointIdentificationAlgorithm(null);
  }

  @Test
  void parameters_thatNoEngineTakes_areRefusedAtOnce() {
    Tls tls = serving();
    assertThrows(
        IllegalArgumentException.class,
        () -> tls.withParameters(p -> p.setCipherSuites(new String[] {"TLS_NONE"})));
    assertThrows(
        UnsupportedOperationException.class,
        () ->
            tls.withParameters(_ -> {
              throw new UnsupportedOperationException("of the program");
            }));
  }

  /** What is legal by itself, and leaves nothing to agree on. */
  @Test
  void parameters_thatLeaveNothing_areRefusedAtOnce() {
    String[] old = {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"}; // of TLS 1.2
    for (Tls tls : List.of(serving(), asking("localhost"))) {
      assertThrows(IllegalArgumentException.class, () -> tls.withProtocols("TLSv1"));
      Tls latest = tls.withProtocols("TLSv1.3");
      List<Consumer<SSLParameters>> wrong =
          List.of(
              p -> p.setCipherSuites(old),
              p -> p.setCipherSuites(new String[0]),
              p -> p.setMaximumPacketSize(60_000),
              p -> p.setMaximumPacketSize(1));
      for (Consumer<SSLParameters> each : wrong) {
        IllegalArgumentException e =
            assertThrows(IllegalArgumentException.class, () -> latest.withParameters(each));
        assertTrue(e.getMessage() != null);
      }
      Tls _ = tls.withParameters(p -> p.setMaximumPacketSize(4_096));
    }
  }

  @Test
  @SuppressWarnings("NullAway") // which is the mistake
  void null_isRefusedByItsName() {
    List<Map.Entry<String, Executable>> all =
        List.of(
            Map.entry("context", () -> Tls.server((SSLContext) null)),
            Map.entry("context", () -> Tls.client((SSLContext) null, "localhost", 1)),
            Map.entry("identity", () -> Tls.client("localhost", 1).withIdentity(null)),
            Map.entry("identities", () -> Tls.client("localhost", 1).withIdentities(null)),
            Map.entry("trust", () -> Tls.client("localhost", 1).withTrust(null)),
            Map.entry("protocols", () -> serving().withProtocols((String[]) null)),
            Map.entry(
                "applicationProtocols", () -> serving().withApplicationProtocols((String[]) null)));
    for (Map.Entry<String, Executable> each : all) {
      NullPointerException e = assertThrows(NullPointerException.class, each.getValue());
      assertEquals(each.getKey(), e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"例え。jp。", "例え．jp．", "例え.jp."})
  void host_withTheDotsOfOtherScripts_isOne(String host) {
    assertEquals("xn--r8jz45g.jp", TlsHost.of(host, 443).name());
  }

  /** A ticket of TLS 1.3 is taken out of the cache by the first that shows it. */
  @Test
  void clients_thatAreMade_useUpNoTicket() throws Exception {
    SSLContext context = TlsKeys.trustOnly(TlsKeys.localhost());
    Tls asking = Tls.client(context, "localhost", 443);
    client.onReceived = (_, data) -> client.take(data, data.remaining());
    server.onOpened =
        connection -> {
          WriteResult _ = connection.write(TlsBox.bytes("behind the ticket"));
        };
    meet(serving(), asking);
    box.until("data", () -> !client.text().isEmpty());
    List<byte[]> before = tickets(context);
    assertFalse(before.isEmpty());
    Tls again = Tls.client(context, "localhost", 443).withProtocols("TLSv1.3");
    assertEquals(before.size(), tickets(context).size(), again::toString);
    part();
  }

  private static List<byte[]> tickets(SSLContext context) {
    return Collections.list(context.getClientSessionContext().getIds());
  }

  /** What concerns no engine is not asked of one. */
  @Test
  void options_thatAreNoEngines_makeNone() {
    int[] asked = {0};
    Tls tls = serving().withParameters(_ -> asked[0]++);
    int before = asked[0];
    Tls _ =
        tls.withHandshakeTime(Duration.ZERO)
            .withHandshakeStepsPerTurn(2)
            .withHandshakeExecutor(Runnable::run);
    assertEquals(before, asked[0]);
  }

  /** Without a matcher the JDK resumes a session of one name for another; a program's own holds. */
  @Test
  void server_hasAMatcherOfAllNames_beforeTheProgramIsAsked() {
    List<SNIMatcher> found = new ArrayList<>();
    Tls _ =
        serving()
            .withParameters(parameters -> {
              found.addAll(parameters.getSNIMatchers());
              parameters.setSNIMatchers(List.of());
            });
    assertEquals(1, found.size());
    assertTrue(found.getFirst().matches(new SNIHostName("any.test")));
    Tls asking = asking("localhost").withParameters(p -> assertNull(p.getSNIMatchers()));
    assertTrue(asking.isClient());
  }

  @Test
  void parameters_thatThrowLater_areAFailureOfTheProgram() throws Exception {
    boolean[] isBroken = {false};
    Tls serving =
        serving()
            .withParameters(_ -> {
              if (isBroken[0]) {
                throw new UnsupportedOperationException("of the program");
              }
            });
    isBroken[0] = true;
    meet(serving, asking("localhost"));
    box.untilClosed(server, client);
    assertEquals(CloseReason.HANDLER_FAILED, server.reason());
    assertEquals(1, box.reported.size(), box.reported::toString);
    box.reported.clear();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void optionalCertificate_thatIsMissing_isNobody(String protocol) throws Exception {
    Tls serving =
        Tls.server(TlsFiles.identity("server"))
            .withTrust(TlsFiles.authority())
            .withOptionalClientCertificate()
            .withProtocols(protocol);
    meet(serving, askingFor("localhost"));
    assertTrue(server.handshaken, server::toString);
    SSLSession session = server.connection().tlsSession();
    assertThrows(
        SSLPeerUnverifiedException.class,
        () -> {
          Object _ = session == null ? "" : session.getPeerCertificates();
        });
    part();
  }
}
