package dev.pollux.http;

import dev.pollux.net.Connection;

/** Whether a connection is held for an answer that comes later. Threads: the loop's. */
final class Hold {

  private final Connection connection;
  private boolean isHeld;

  Hold(Connection connection) {
    this.connection = connection;
  }

  /** Somebody answers later. */
  void begin() {
    if (!isHeld && connection.isOpen()) {
      isHeld = true;
      connection.hold();
    }
  }

  /** Whether somebody does. */
  boolean isHeld() {
    return isHeld;
  }

  /** It was answered. */
  void end() {
    if (isHeld) {
      isHeld = false;
      if (connection.isOpen()) {
        connection.release();
      }
    }
  }

  /** The connection is over, and holds nothing. */
  void forget() {
    isHeld = false;
  }
}
