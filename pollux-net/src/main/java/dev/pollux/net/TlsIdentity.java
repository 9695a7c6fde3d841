package dev.pollux.net;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Who a server is: a private key, and the certificates that lead from it to an authority.
 *
 * <p>Threads: immutable, any.
 */
public final class TlsIdentity {

  private static final int DNS_NAME = 2; // RFC 5280, GeneralName

  private final PrivateKey key;
  private final List<X509Certificate> chain;

  private TlsIdentity(PrivateKey key, List<X509Certificate> chain) {
    this.key = key;
    this.chain = List.copyOf(chain);
  }

  /** A key and its certificates, its own first. */
  public static TlsIdentity of(PrivateKey key, List<X509Certificate> chain) {
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("a server has to have a certificate");
    }
    if (!isPair(key, chain.getFirst().getPublicKey())) {
      throw new IllegalArgumentException("the key is not the one of the certificate");
    }
    return new TlsIdentity(key, chain);
  }

  /**
   * From PEM files: the certificates, the server's own first, and its key in PKCS #8 ({@code BEGIN
   * PRIVATE KEY}), not encrypted.
   *
   * @throws IOException if a file cannot be read, or is not what it should be: the message says
   *     which and what to do
   */
  public static TlsIdentity ofPem(Path certificates, Path key) throws IOException {
    List<X509Certificate> chain = new ArrayList<>();
    try (var in = new ByteArrayInputStream(Files.readAllBytes(existing(certificates)))) {
      for (var each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        chain.add((X509Certificate) each);
      }
    } catch (GeneralSecurityException e) {
      throw new IOException(certificates + " holds no PEM certificates: " + e.getMessage(), e);
    }
    if (chain.isEmpty()) {
      throw new IOException(certificates + " holds no certificate (BEGIN CERTIFICATE)");
    }
    PublicKey certified = chain.getFirst().getPublicKey();
    PrivateKey own = readKey(existing(key), certified.getAlgorithm());
    if (!isPair(own, certified)) {
      throw new IOException(key + " holds the key of another certificate than " + certificates);
    }
    return new TlsIdentity(own, chain);
  }

  /** A context with these identities; the first is for clients that ask for no name or another. */
  static SSLContext context(TlsIdentity first, TlsIdentity... others) {
    List<TlsIdentity> all = new ArrayList<>();
    all.add(first);
    all.addAll(List.of(others));
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {new ByName(all)}, null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no TLS", e);
    }
  }

  private static Path existing(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString(), null, "there is no such file");
    }
    return path;
  }

  /** Whether what one signs, the other confirms. */
  private static boolean isPair(PrivateKey key, PublicKey certified) {
    String algorithm = certified.getAlgorithm();
    if (!key.getAlgorithm().equals(algorithm)) {
      return false;
    }
    byte[] sample = {1, 2, 3};
    try {
      Signature signature =
          Signature.getInstance(
              switch (algorithm) {
                case "RSA" -> "SHA256withRSA";
                case "EC" -> "SHA256withECDSA";
                default -> algorithm;
              });
      if (algorithm.equals("RSASSA-PSS")) {
        signature.setParameter(
            new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
      }
      signature.initSign(key);
      signature.update(sample);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(sample);
      return signature.verify(signed);
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  private static PrivateKey readKey(Path path, String algorithm) throws IOException {
    String pem = Files.readString(path, StandardCharsets.ISO_8859_1);
    String begin = "-----BEGIN PRIVATE KEY-----";
    int start = pem.indexOf(begin);
    int end = pem.indexOf("-----END PRIVATE KEY-----");
    if (start < 0 || end < start) {
      throw new IOException(
          path
              + " holds no unencrypted PKCS #8 key (BEGIN PRIVATE KEY); convert it by: openssl"
              + " pkcs8 -topk8 -nocrypt -in "
              + path);
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(pem.substring(start + begin.length(), end));
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(
          path + " does not hold the " + algorithm + " key of the certificate: " + e.getMessage(),
          e);
    }
  }

  /** Whether its key is of a type of TLS's, such as RSA or EC_RSA. */
  private boolean hasKey(String keyType) {
    String algorithm = key.getAlgorithm();
    return keyType.equals(algorithm) || keyType.startsWith(algorithm + "_");
  }

  /** Whether the certificate is for a host name, wildcards of one label included. */
  boolean isFor(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    try {
      Collection<List<?>> names = chain.getFirst().getSubjectAlternativeNames();
      if (names == null) {
        return false;
      }
      for (List<?> entry : names) {
        if (entry.get(0).equals(DNS_NAME) && matches((String) entry.get(1), name)) {
          return true;
        }
      }
      return false;
    } catch (CertificateParsingException _) {
      return false;
    }
  }

  private static boolean matches(String pattern, String name) {
    String lower = pattern.toLowerCase(Locale.ROOT);
    if (!lower.startsWith("*.")) {
      return lower.equals(name);
    }
    int dot = name.indexOf('.');
    return dot > 0 && name.substring(dot).equals(lower.substring(1));
  }

  /** Chooses the identity by the name that the client asks for. */
  private static final class ByName extends X509ExtendedKeyManager {

    private final List<TlsIdentity> identities;

    ByName(List<TlsIdentity> identities) {
      this.identities = identities;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      boolean known = false;
      for (int i = 0; i < identities.size(); i++) {
        TlsIdentity identity = identities.get(i);
        if (isAsked(identity, engine)) {
          known = true;
          if (identity.hasKey(keyType)) {
            return Integer.toString(i);
          }
        }
      }
      // Not the first with a good name but another kind of key: the engine asks for every kind.
      return !known && identities.getFirst().hasKey(keyType) ? "0" : null;
    }

    private static boolean isAsked(TlsIdentity identity, @Nullable SSLEngine engine) {
      if (engine == null || !(engine.getHandshakeSession() instanceof ExtendedSSLSession session)) {
        return false;
      }
      for (SNIServerName name : session.getRequestedServerNames()) {
        if (name instanceof SNIHostName host && identity.isFor(host.getAsciiName())) {
          return true;
        }
      }
      return false;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return identities.get(Integer.parseInt(alias)).chain.toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return identities.get(Integer.parseInt(alias)).key;
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }
  }
}
