package dev.pollux.net;

/** Who made a connection and counts it. */
interface ConnectionOwner {

  /** It is over, and its handler knows. */
  void closed(Connection connection, CloseCause cause);

  /** Whether it is a server, which has accepted it. */
  default boolean isServer() {
    return false;
  }
}
