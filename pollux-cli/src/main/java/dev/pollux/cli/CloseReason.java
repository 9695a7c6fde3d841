package dev.pollux.cli;

/** Why an {@link EchoConnection} ended. */
enum CloseReason {
  /** The peer closed its half, and has been sent everything. */
  END_OF_STREAM("end of stream"),
  /** The peer reset the connection. */
  RESET("reset by the peer"),
  /** A call failed in another way. */
  ERROR("error"),
  /** The server stops, and this connection was finished in order. */
  STOPPED("the server stops"),
  /** The server stops, and the grace was not enough to send everything. */
  CUT_OFF("the server stops, its grace is over");

  private final String text;

  CloseReason(String text) {
    this.text = text;
  }

  /** In words. */
  String text() {
    return text;
  }
}
