package dev.pollux.model;

import dev.pollux.sys.Errno;

/**
 * The states of a TCP socket and the ways between them.
 *
 * <pre>
 *   CLOSE ─listen▶ LISTEN                       FIN arrives
 *     │                          ESTABLISHED ──────────────▶ CLOSE_WAIT
 *   connect                        │                            │ own FIN
 *     ▼        accepted by peer    │ own FIN                    ▼
 *   SYN_SENT ─────────────────▶    ▼          FIN arrives    LAST_ACK
 *     │ refused, timed out      FIN_WAIT ──────▶ TIME_WAIT       │ arrived
 *     ▼                                                          ▼
 *   CLOSE                       a reset leads from every       CLOSE
 *                               state to CLOSE
 * </pre>
 *
 * <p>SYN_RECEIVED is ESTABLISHED that {@link TcpListener} does not give away yet. FIN_WAIT is both
 * of the standard's; CLOSING is FIN_WAIT whose own FIN is overtaken by the peer's. No socket stays
 * in TIME_WAIT: it is closed then, and only its name waits, in {@link Ports}.
 *
 * <p>Source: RFC 9293, section 3.3.2.
 */
enum TcpState {
  CLOSE,
  LISTEN,
  SYN_SENT,
  ESTABLISHED,
  FIN_WAIT,
  CLOSING,
  CLOSE_WAIT,
  LAST_ACK,
  TIME_WAIT;

  TcpState onFinSent() {
    return switch (this) {
      case ESTABLISHED -> FIN_WAIT;
      case CLOSE_WAIT -> LAST_ACK;
      default -> this;
    };
  }

  /** The next state; it depends on whether the peer has this side's FIN already. */
  TcpState onFinReceived(boolean ownFinArrived) {
    if (this == FIN_WAIT) {
      return ownFinArrived ? TIME_WAIT : CLOSING;
    }
    return CLOSE_WAIT;
  }

  TcpState onFinArrived() {
    return switch (this) {
      case LAST_ACK -> CLOSE;
      case CLOSING -> TIME_WAIT;
      default -> this;
    };
  }

  /** Whether there is a peer to be told when the connection is dropped. */
  boolean resetsWhenAborted() {
    return this == ESTABLISHED || this == CLOSE_WAIT || this == FIN_WAIT;
  }

  /** What a reset in this state means to the program. */
  int resetErrno() {
    return switch (this) {
      case SYN_SENT -> Errno.ECONNREFUSED;
      case CLOSE_WAIT -> Errno.EPIPE;
      default -> Errno.ECONNRESET;
    };
  }
}
