package dev.pollux.net;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.List;

/**
 * Who one is, a server or a client: a private key, and the certificates that lead from it to an
 * authority.
 *
 * <p>Threads: immutable, any.
 */
public final class TlsIdentity {

  // Purposes of a certificate: RFC 5280, 4.2.1.12.
  private static final String ANY_PURPOSE = "2.5.29.37.0";
  private static final String SERVER = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT = "1.3.6.1.5.5.7.3.2";

  private final PrivateKey key;
  private final List<X509Certificate> chain;
  private final TlsNames names;

  private TlsIdentity(PrivateKey key, List<X509Certificate> chain) {
    this.key = key;
    this.chain = List.copyOf(chain);
    this.names = TlsNames.of(chain.getFirst());
  }

  /**
   * A key and its certificates, its own first.
   *
   * @throws IllegalArgumentException if there is no certificate, or the key is not its key
   */
  public static TlsIdentity of(PrivateKey key, List<X509Certificate> chain) {
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("an identity has to have a certificate");
    }
    if (!isPair(key, chain.getFirst().getPublicKey())) {
      throw new IllegalArgumentException("the key is not the one of the certificate");
    }
    return new TlsIdentity(key, chain);
  }

  /**
   * From PEM files, which may be one: the certificates, the own one first, and its key in PKCS #8
   * ({@code BEGIN PRIVATE KEY}), SEC 1 ({@code EC PRIVATE KEY}) or PKCS #1 ({@code RSA PRIVATE
   * KEY}), not encrypted.
   *
   * @throws IOException if a file cannot be read, or is not what it should be: the message says
   *     which and what to do
   */
  public static TlsIdentity ofPem(Path certificates, Path key) throws IOException {
    List<X509Certificate> chain = TlsPem.certificates(certificates);
    PublicKey certified = chain.getFirst().getPublicKey();
    PrivateKey own = TlsPem.key(key, certified);
    try {
      if (!isPair(own, certified)) {
        throw new IOException(
            key + " holds the key of another certificate than " + certificates + hint(own, chain));
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(key + " holds " + e.getMessage(), e);
    }
    return new TlsIdentity(own, chain);
  }

  private static String hint(PrivateKey own, List<X509Certificate> chain) {
    for (int i = 1; i < chain.size(); i++) {
      if (isPair(own, chain.get(i).getPublicKey())) {
        return " begins with: it is that of number " + (i + 1) + ", which has to be the first";
      }
    }
    return "";
  }

  /**
   * Whether what one signs, the other confirms.
   *
   * @throws IllegalArgumentException if that is not to be found out here
   */
  private static boolean isPair(PrivateKey key, PublicKey certified) {
    String algorithm = certified.getAlgorithm();
    if (!key.getAlgorithm().equals(algorithm)) {
      return false;
    }
    try {
      return confirms(certified, key, algorithm);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "a key that this JDK does not sign with: " + e.getMessage(), e);
    }
  }

  private static boolean confirms(PublicKey certified, PrivateKey key, String algorithm)
      throws GeneralSecurityException {
    byte[] sample = {1, 2, 3};
    Signature signature =
        Signature.getInstance(
            switch (algorithm) {
              case "RSA" -> "SHA256withRSA";
              case "EC" -> "SHA256withECDSA";
              default -> algorithm;
            });
    if (algorithm.equals("RSASSA-PSS")) {
      signature.setParameter(pss(certified));
    }
    signature.initSign(key);
    signature.update(sample);
    byte[] signed = signature.sign();
    signature.initVerify(certified);
    signature.update(sample);
    return signature.verify(signed);
  }

  /** What the key is restricted to, or what every one takes. */
  private static AlgorithmParameterSpec pss(PublicKey key) {
    AlgorithmParameterSpec own = key instanceof RSAKey rsa ? rsa.getParams() : null;
    return own != null
        ? own
        : new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);
  }

  PrivateKey key() {
    return key;
  }

  X509Certificate[] chain() {
    return chain.toArray(X509Certificate[]::new);
  }

  /** The hosts that it is for. */
  TlsNames names() {
    return names;
  }

  /** Whether its key is of a type of TLS's, such as RSA or EC_RSA. */
  boolean hasKey(String keyType) {
    String algorithm = key.getAlgorithm();
    return keyType.equals(algorithm) || keyType.startsWith(algorithm + "_");
  }

  /** Whether one of these authorities, if they are any, is in its chain. */
  boolean isOfOne(Principal[] issuers) {
    return issuers.length == 0
        || chain.stream()
            .anyMatch(each -> Arrays.asList(issuers).contains(each.getIssuerX500Principal()));
  }

  /** Peers refuse a server whose certificate is not for servers. */
  void requireForServer() {
    requirePurpose(SERVER, "it cannot be a server's");
  }

  /** Servers refuse a client whose certificate is not for clients. */
  void requireForClient() {
    requirePurpose(CLIENT, "it cannot be a client's");
  }

  private void requirePurpose(String purpose, String otherwise) {
    List<String> purposes;
    try {
      purposes = chain.getFirst().getExtendedKeyUsage();
    } catch (CertificateParsingException e) {
      throw new IllegalArgumentException(this + ": " + e.getMessage(), e);
    }
    if (purposes != null && !purposes.contains(purpose) && !purposes.contains(ANY_PURPOSE)) {
      boolean isOther = purposes.contains(SERVER) || purposes.contains(CLIENT);
      String only =
          isOther ? (purpose.equals(SERVER) ? "clients" : "servers") : purposes.toString();
      throw new IllegalArgumentException(
          this + " is for " + only + " only (extended key usage): " + otherwise);
    }
  }

  @Override
  public String toString() {
    return "TlsIdentity[" + chain.getFirst().getSubjectX500Principal() + "]";
  }
}
