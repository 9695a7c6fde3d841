package dev.pollux.net;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * Whom to believe: authorities, each of which may say who a peer is; or certificates of peers
 * themselves. Nobody else, in particular none of the authorities that the JDK knows.
 *
 * <p>{@link Tls#withTrust} has it: a client, of its servers; a server, of the clients whose
 * certificates it asks for. Threads: immutable, any.
 */
public final class TlsTrust {

  private final List<X509Certificate> authorities;

  private TlsTrust(List<X509Certificate> authorities) {
    this.authorities = authorities;
  }

  /**
   * These authorities.
   *
   * @throws IllegalArgumentException if there are none
   */
  public static TlsTrust of(List<X509Certificate> authorities) {
    if (authorities.isEmpty()) {
      throw new IllegalArgumentException("there is no authority to trust");
    }
    return new TlsTrust(List.copyOf(authorities));
  }

  /**
   * The authorities in a PEM file ({@code BEGIN CERTIFICATE}).
   *
   * @throws IOException if it cannot be read, or is not what it should be: the message says what to
   *     do
   */
  public static TlsTrust ofPem(Path authorities) throws IOException {
    return new TlsTrust(List.copyOf(TlsPem.certificates(authorities)));
  }

  /** For a context. */
  TrustManager[] managers() {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (int i = 0; i < authorities.size(); i++) {
        store.setCertificateEntry(Integer.toString(i), authorities.get(i));
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      return factory.getTrustManagers();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this JDK cannot keep certificates", e);
    }
  }

  @Override
  public String toString() {
    return "TlsTrust" + authorities.stream().map(c -> c.getSubjectX500Principal()).toList();
  }
}
