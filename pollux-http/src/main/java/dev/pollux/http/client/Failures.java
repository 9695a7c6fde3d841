package dev.pollux.http.client;

import dev.pollux.net.CloseCause;
import dev.pollux.net.CloseReason;
import dev.pollux.sys.Errno;
import java.net.UnknownHostException;

/** What the ends of connections mean for a call. */
final class Failures {

  private Failures() {}

  /**
   * That of one which was not made.
   *
   * @param isSecuring whether it failed in the handshake of TLS
   * @param isClosed whether that is because the client ended, or its loop
   */
  static FailureReason ofConnecting(CloseCause cause, boolean isSecuring, boolean isClosed) {
    if (cause.exception() instanceof UnknownHostException) {
      return FailureReason.UNKNOWN_HOST;
    }
    if (isClosed) {
      return FailureReason.CLIENT_CLOSED;
    }
    if (cause.reason() == CloseReason.PROTOCOL || isSecuring) {
      return FailureReason.TLS_FAILED;
    }
    return cause.errno() == Errno.ETIMEDOUT
        ? FailureReason.CONNECT_TIMEOUT
        : FailureReason.CONNECT_FAILED;
  }

  /**
   * That of one which was made.
   *
   * @param isClosed whether that is because the client ended, or its loop
   * @param isSecured just now: a server may refuse a certificate after the handshake
   */
  static FailureReason ofLoss(CloseCause cause, boolean isSecured, boolean isClosed) {
    if (isClosed) {
      return FailureReason.CLIENT_CLOSED;
    }
    return switch (cause.reason()) {
      case STALLED -> FailureReason.BODY_TIMEOUT;
      case PROTOCOL -> isSecured ? FailureReason.TLS_FAILED : FailureReason.CLOSED_EARLY;
      case HANDLER_FAILED -> FailureReason.HANDLER_FAILED;
      default -> FailureReason.CLOSED_EARLY;
    };
  }

  static String text(CloseCause cause) {
    return "the connection ended: " + cause.message();
  }
}
