package dev.pollux.net;

/** Who made a connection and counts it. */
interface ConnectionOwner {

  /** It is over, and its handler knows. */
  void closed(Connection connection, CloseCause cause);

  /** So many bytes came of it. */
  default void read(int sizeBytes) {}

  /** The kernel took so many bytes of it. */
  default void wrote(int sizeBytes) {}

  /** Whether it is a server, which has accepted it. */
  default boolean isServer() {
    return false;
  }
}
