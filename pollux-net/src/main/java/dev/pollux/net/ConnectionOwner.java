package dev.pollux.net;

/** Who made a connection and counts it. */
interface ConnectionOwner {

  /** It is over, and its handler knows. */
  void closed(Connection connection, CloseCause cause);
}
