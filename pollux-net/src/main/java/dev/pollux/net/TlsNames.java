package dev.pollux.net;

import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * The host names of a certificate: those of its subject's alternative names, and no others. By RFC
 * 6125, 6.4: letters in either case; a wildcard is the whole first label, and stands for one.
 *
 * <p>Threads: immutable, any.
 *
 * @param patterns in lower case
 */
record TlsNames(List<String> patterns) {

  private static final int DNS_NAME = 2; // RFC 5280, GeneralName

  /** The names of a certificate; none if it cannot be understood. */
  static TlsNames of(Certificate certificate) {
    List<String> patterns = new ArrayList<>();
    try {
      Collection<List<?>> names = ((X509Certificate) certificate).getSubjectAlternativeNames();
      for (List<?> entry : names == null ? List.<List<?>>of() : names) {
        if (entry.get(0).equals(DNS_NAME)) {
          patterns.add(((String) entry.get(1)).toLowerCase(Locale.ROOT));
        }
      }
    } catch (CertificateParsingException _) {
      patterns.clear();
    }
    return new TlsNames(List.copyOf(patterns));
  }

  /** Whether a host is among them, as itself. */
  boolean isFor(String host) {
    return hasExactly(host) || hasWildcardFor(host);
  }

  /** Whether a host is among them in so many letters. */
  boolean hasExactly(String host) {
    return host.indexOf('*') < 0 && patterns.contains(host.toLowerCase(Locale.ROOT));
  }

  private boolean hasWildcardFor(String host) {
    int dot = host.indexOf('.');
    return dot > 0
        && host.indexOf('*') < 0
        && patterns.contains("*" + host.substring(dot).toLowerCase(Locale.ROOT));
  }
}
