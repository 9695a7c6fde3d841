package dev.pollux.net;

import java.net.IDN;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The server that a client means, as TLS is to know it: a name without the dot at its end (RFC
 * 6066, 3), its letters in ASCII; or an address, which is not sent as a name but has to be in the
 * certificate as well.
 *
 * <p>A name with an underscore is none of DNS's hosts, but there are networks that have such names.
 * The JDK neither sends nor checks them, and ends the handshake. So they are not sent, and {@link
 * #check checked} here.
 *
 * <p>Threads: immutable, any.
 *
 * @param name without brackets and zone if it is an address
 */
record TlsHost(String name, int port, Kind kind) {

  /** Who checks that it is in the certificate, and whether it is sent. */
  enum Kind {
    NAME,
    ADDRESS,
    WITH_UNDERSCORE
  }

  private static final int MAX_NAME_CHARS = 253; // RFC 1035, without the root's label
  private static final int MAX_PORT = 65_535;
  private static final String DOTS = ".\u3002\uff0e\uff61"; // RFC 3490, 3.1: those of IDNA
  private static final String DIFFERS = "\u00df\u1e9e\u03c2\u200c\u200d"; // RFC 5894, 7.2
  private static final Pattern LABEL =
      Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?");
  private static final Pattern NUMBERS = Pattern.compile("[0-9.]+");
  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

  /**
   * Understands what a program calls a host.
   *
   * @throws IllegalArgumentException if no server can have that name: it says why
   */
  static TlsHost of(String host, int port) {
    Objects.requireNonNull(host, "host: a client has to know the name of its server");
    if (port < 0 || port > MAX_PORT) {
      throw new IllegalArgumentException("port " + port + "; it takes 0 to " + MAX_PORT);
    }
    if (host.indexOf(':') >= 0) {
      return new TlsHost(ipv6(host), port, Kind.ADDRESS);
    }
    boolean isRooted = !host.isEmpty() && DOTS.indexOf(host.charAt(host.length() - 1)) >= 0;
    String name = inAscii(isRooted ? host.substring(0, host.length() - 1) : host, host);
    if (NUMBERS.matcher(name).matches()) {
      if (!IPV4.matcher(name).matches()) {
        throw refused(host, "it is neither a name nor an address");
      }
      return new TlsHost(literal(name, host), port, Kind.ADDRESS);
    }
    boolean isLegal =
        name.length() <= MAX_NAME_CHARS
            && Arrays.stream(name.split("\\.", -1)).allMatch(part -> LABEL.matcher(part).matches());
    if (!isLegal) {
      String rule = "a name is labels of 1 to 63 letters, digits, hyphens and underscores";
      throw refused(host, rule + ", with dots in between, 253 characters in all");
    }
    return new TlsHost(name, port, name.indexOf('_') < 0 ? Kind.NAME : Kind.WITH_UNDERSCORE);
  }

  private static String inAscii(String name, String host) {
    if (name.isEmpty()) {
      throw refused(host, "it is empty");
    }
    if (name.chars().allMatch(c -> c < 0x80)) {
      return name;
    }
    if (name.chars().anyMatch(c -> DIFFERS.indexOf(c) >= 0)) {
      throw refused(
          host,
          "sharp s, final sigma and joiners are letters of a name by IDNA 2008, and dropped or"
              + " replaced by IDNA 2003, which the JDK has; write it in ASCII (xn--...)");
    }
    try {
      return IDN.toASCII(name);
    } catch (IllegalArgumentException e) {
      throw refused(host, String.valueOf(e.getMessage()));
    }
  }

  /** Without brackets and zone, which no certificate has. */
  private static String ipv6(String host) {
    boolean isBracketed = host.startsWith("[") && host.endsWith("]");
    String address = isBracketed ? host.substring(1, host.length() - 1) : host;
    int zone = address.indexOf('%');
    return literal(zone < 0 ? address : address.substring(0, zone), host);
  }

  private static String literal(String address, String host) {
    try {
      InetAddress _ = InetAddress.ofLiteral(address);
      return address;
    } catch (IllegalArgumentException _) {
      throw refused(host, "it is no address (a port is given by itself)");
    }
  }

  private static IllegalArgumentException refused(String host, String why) {
    return new IllegalArgumentException("host \"" + host + "\": " + why);
  }

  /** What an engine is to do about it. */
  void configure(SSLParameters parameters) {
    if (kind != Kind.WITH_UNDERSCORE) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    if (kind == Kind.NAME) {
      parameters.setServerNames(List.of(new SNIHostName(name)));
    }
  }

  /** Looks whether a host, if there is one, is in the certificate, where the engine does not. */
  static void check(@Nullable TlsHost host, SSLSession session) throws SSLException {
    if (host != null
        && host.kind == Kind.WITH_UNDERSCORE
        && !TlsNames.of(session.getPeerCertificates()[0]).isFor(host.name)) {
      throw new SSLPeerUnverifiedException("the certificate is not for " + host.name);
    }
  }
}
