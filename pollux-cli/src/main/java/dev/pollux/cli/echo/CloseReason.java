package dev.pollux.cli.echo;

import dev.pollux.net.CloseCause;

/** Why a connection of an {@link EchoServer} ended, as its log puts it. */
public enum CloseReason {
  /** The peer closed its half, and has been sent everything. */
  END_OF_STREAM("end of stream"),
  /** The peer reset the connection. */
  RESET("reset by the peer"),
  /** A call failed in another way. */
  ERROR("error"),
  /** Nothing moved for too long. */
  IDLE("idle for too long"),
  /** The peer took nothing of what was to be sent for too long. */
  STALLED("reads nothing"),
  /** The protocol was broken, or one side refused the other's certificate. */
  PROTOCOL("the protocol failed"),
  /** The server stops, and this connection was finished in order. */
  STOPPED("the server stops"),
  /** The server stops, or the peer has ended, and what was to be sent was not taken in time. */
  CUT_OFF("not everything was sent in time"),
  /** The server did something wrong. */
  BUG("this is a bug in pollux");

  private final String text;

  CloseReason(String text) {
    this.text = text;
  }

  /** In words. */
  public String text() {
    return text;
  }

  /** The reason for what befell a connection. */
  static CloseReason of(CloseCause cause) {
    return switch (cause.reason()) {
      case CLOSED -> STOPPED; // an echo connection is closed for no other reason
      case END_OF_STREAM -> END_OF_STREAM;
      case RESET -> RESET;
      case ERROR, CONNECT_FAILED -> ERROR;
      case IDLE -> IDLE;
      case STALLED -> STALLED;
      case PROTOCOL -> PROTOCOL;
      case CUT_OFF -> CUT_OFF;
      case LIMIT, HANDLER_FAILED, DETACHED -> BUG; // it pauses before the limit
    };
  }
}
