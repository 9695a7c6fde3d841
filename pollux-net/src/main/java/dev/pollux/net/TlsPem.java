package dev.pollux.net;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Keys and certificates in PEM files (RFC 7468). A file may hold both, and text in between.
 *
 * <p>Threads: no state. Errors: an {@link IOException} that says which file, what is wrong with it
 * and what to do.
 */
final class TlsPem {

  private static final String PKCS_8 = "PRIVATE KEY";
  private static final List<String> KEYS =
      List.of(PKCS_8, "EC PRIVATE KEY", "RSA PRIVATE KEY"); // SEC 1, PKCS #1

  private static final int SEQUENCE = 0x30; // X.690, the tags of DER
  private static final int OCTET_STRING = 0x04;
  private static final byte[] VERSION_0 = {0x02, 1, 0};
  private static final int LONG_FORM = 0x80;

  private TlsPem() {}

  /** All certificates of a file, at least one, in its order. */
  static List<X509Certificate> certificates(Path path) throws IOException {
    String text = text(path);
    List<X509Certificate> all = new ArrayList<>();
    String kind = "CERTIFICATE";
    for (int at = find(text, kind, 0); at >= 0; at = find(text, kind, at + 1)) {
      try (var in = new ByteArrayInputStream(block(path, text, kind, at))) {
        all.add((X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in));
      } catch (CertificateException e) {
        String which = "certificate " + (all.size() + 1) + " of " + path;
        throw new IOException(which + " is damaged: " + e.getMessage(), e);
      }
    }
    if (all.isEmpty()) {
      throw new IOException(path + " holds no certificate (BEGIN CERTIFICATE)");
    }
    return all;
  }

  /** The first key in a file that is of the kind of a certificate's. */
  static PrivateKey key(Path path, PublicKey certified) throws IOException {
    String text = text(path);
    checkReadable(path, text);
    String algorithm = certified.getAlgorithm();
    GeneralSecurityException why = null;
    for (String kind : KEYS) {
      for (int at = find(text, kind, 0); at >= 0; at = find(text, kind, at + 1)) {
        byte[] der = block(path, text, kind, at);
        byte[] pkcs8 = kind.equals(PKCS_8) ? der : wrapped(der, certified);
        try {
          return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) { // of another kind, or damaged
          why = why == null ? e : why;
        }
      }
    }
    if (why == null) {
      throw new IOException(
          path
              + " holds no PEM key (BEGIN PRIVATE KEY, EC PRIVATE KEY or RSA PRIVATE KEY); convert"
              + " it by: openssl pkcs8 -topk8 -nocrypt -in "
              + path);
    }
    String what = path + " does not hold the " + algorithm + " key of the certificate: ";
    throw new IOException(what + why.getMessage(), why);
  }

  private static void checkReadable(Path path, String text) throws IOException {
    if (find(text, "ENCRYPTED PRIVATE KEY", 0) >= 0 || text.contains("Proc-Type: 4,ENCRYPTED")) {
      throw new IOException(
          path
              + " is encrypted, and nobody is here to be asked for the password; decrypt it by:"
              + " openssl pkcs8 -topk8 -nocrypt -in "
              + path);
    }
  }

  /**
   * A bare key, with what PKCS #8 says in front of it: a version, and the algorithm in the words of
   * the certificate.
   */
  private static byte[] wrapped(byte[] bare, PublicKey certified) {
    // SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey ... }
    byte[] info = certified.getEncoded();
    int start = contentStart(info, 0);
    int end = contentStart(info, start) + contentBytes(info, start);
    byte[] algorithm = Arrays.copyOfRange(info, start, end);
    // PrivateKeyInfo ::= SEQUENCE { version, privateKeyAlgorithm, privateKey OCTET STRING }
    return der(SEQUENCE, VERSION_0, algorithm, der(OCTET_STRING, bare));
  }

  private static int contentStart(byte[] der, int at) {
    int length = der[at + 1] & 0xff;
    return at + 2 + (length < LONG_FORM ? 0 : length - LONG_FORM);
  }

  private static int contentBytes(byte[] der, int at) {
    int length = der[at + 1] & 0xff;
    if (length >= LONG_FORM) {
      length = 0;
      for (int i = at + 2; i < contentStart(der, at); i++) {
        length = (length << 8) | (der[i] & 0xff);
      }
    }
    return length;
  }

  /** One value, of up to 64 KiB. */
  private static byte[] der(int tag, byte[]... parts) {
    int size = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    byte[] head = {(byte) tag, (byte) (LONG_FORM | 2), (byte) (size >> 8), (byte) size};
    if (size < LONG_FORM) {
      head = new byte[] {(byte) tag, (byte) size};
    } else if (size < 0x100) {
      head = new byte[] {(byte) tag, (byte) (LONG_FORM | 1), (byte) size};
    }
    byte[] whole = Arrays.copyOf(head, head.length + size);
    int at = head.length;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, whole, at, part.length);
      at += part.length;
    }
    return whole;
  }

  private static String text(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString(), null, "there is no such file");
    }
    if (Files.isDirectory(path)) {
      throw new IOException(path + " is a folder; a PEM file is wanted");
    }
    try {
      return Files.readString(path, StandardCharsets.ISO_8859_1);
    } catch (AccessDeniedException e) {
      throw new IOException(path + " may not be read: permission denied", e);
    }
  }

  private static int find(String text, String kind, int from) {
    return text.indexOf("-----BEGIN " + kind + "-----", from);
  }

  private static byte[] block(Path path, String text, String kind, int at) throws IOException {
    int start = at + ("-----BEGIN " + kind + "-----").length();
    int end = text.indexOf("-----END " + kind + "-----", start);
    if (end < 0) {
      throw new IOException(path + " is cut off: there is no END " + kind);
    }
    try {
      return Base64.getMimeDecoder().decode(text.substring(start, end));
    } catch (IllegalArgumentException e) {
      throw new IOException(path + " is damaged: " + e.getMessage(), e);
    }
  }
}
