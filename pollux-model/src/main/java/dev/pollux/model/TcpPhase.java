package dev.pollux.model;

/** What connect(2) remembers of a TCP socket, beside the state of the protocol. */
enum TcpPhase {
  UNCONNECTED,
  CONNECTING,
  CONNECTED,
  /** Shut down while connecting, and refused: good for nothing more. */
  DISCONNECTING;

  /** A shutdown ends the wait for the outcome of a connect. */
  TcpPhase onShutdown(TcpState state) {
    if (this != CONNECTING) {
      return this;
    }
    boolean over = state == TcpState.SYN_SENT || state == TcpState.CLOSE;
    return over ? DISCONNECTING : CONNECTED;
  }
}
