package dev.pollux.cli.connect;

import dev.pollux.cli.terminal.Failure;
import dev.pollux.net.CloseCause;
import dev.pollux.sys.Errno;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What befell a {@link ConnectClient}, in words for its user. */
final class ConnectFailures {

  private ConnectFailures() {}

  /** There is no connection. */
  static Failure notConnected(String server, CloseCause cause) {
    if (cause.exception() instanceof UnknownHostException) {
      return unresolved(server);
    }
    return cause.errno() == 0
        ? new Failure(server + ": " + cause.message())
        : refused(server, cause.errno());
  }

  /** The name has no address. */
  static Failure unresolved(String server) {
    return new Failure("cannot resolve " + server + ": check the name, or use an address");
  }

  /** There is no connection, by an error of the kernel's. */
  static Failure refused(String server, int errno) {
    String name = " (" + Errno.name(errno) + "): ";
    return new Failure(
        server
            + switch (errno) {
              case Errno.ECONNREFUSED ->
                  " refuses connections" + name + "is the server running, and its place right?";
              case Errno.ETIMEDOUT ->
                  " did not answer in time: check the address, or give it more with --timeout";
              case Errno.ENETUNREACH, Errno.EHOSTUNREACH ->
                  " cannot be reached" + name + "check the address and the network";
              case Errno.ENOENT -> " does not exist" + name + "is the server running?";
              default -> " cannot be connected to" + name + Errno.meaning(errno);
            });
  }

  /** There is a connection, and it ended in the handshake. */
  static Failure notOpened(String server, CloseCause cause) {
    String why = cause.message();
    String advice = "";
    if (why.contains("No name matching") || why.contains("No subject alternative")) {
      advice = "; --server-name NAME says which name it has, --insecure goes without proof";
    } else if (isAboutCertificates(cause.exception())) {
      advice = "; --trust FILE says whom to trust, --insecure goes without proof";
    }
    return new Failure("TLS with " + server + " failed: " + why + advice);
  }

  /**
   * It is over.
   *
   * @return null if everything was said that was to be
   */
  static @Nullable Failure ended(
      String server, CloseCause cause, boolean peerEnded, int unsentBytes) {
    boolean broken =
        switch (cause.reason()) {
          case CLOSED, END_OF_STREAM -> false;
          default -> true;
        };
    if (unsentBytes > 0 || (broken && peerEnded)) {
      return unsent(server);
    }
    return broken ? new Failure(server + " broke the connection" + what(cause)) : null;
  }

  /** The server takes no more. */
  static Failure unsent(String server) {
    return new Failure(server + " closed the connection before everything was sent");
  }

  /** A line that no datagram holds. */
  static Failure tooLong(int maxBytes) {
    String limit = String.format(Locale.ROOT, "%,d", maxBytes);
    return new Failure(
        "a line is longer than a datagram can be, "
            + limit
            + " bytes with its end: neither it nor what follows was sent; use shorter lines, or"
            + " TCP");
  }

  private static String what(CloseCause cause) {
    int errno = cause.errno();
    return errno == 0
        ? ": " + cause.message()
        : " (" + Errno.name(errno) + "): " + Errno.meaning(errno);
  }

  private static boolean isAboutCertificates(@Nullable Throwable thrown) {
    Throwable each = thrown;
    while (each != null) {
      if (each instanceof CertificateException
          || each instanceof CertPathValidatorException
          || each instanceof CertPathBuilderException) {
        return true;
      }
      each = each.getCause();
    }
    return false;
  }
}
