package dev.pollux.http.websocket;

import java.io.IOException;

/** A server does not open a WebSocket, or not as it should. */
public final class HandshakeException extends IOException {

  @java.io.Serial private static final long serialVersionUID = 1;

  private final int status;

  HandshakeException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** What it has answered: 101 where it has, and wrongly. */
  public int status() {
    return status;
  }
}
