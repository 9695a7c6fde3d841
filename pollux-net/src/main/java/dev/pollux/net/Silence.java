package dev.pollux.net;

/** What did not move on a {@link Connection} for too long: see {@link ConnectionHandler#idle}. */
public enum Silence {
  /** Nothing arrived for {@link ConnectionOptions#readIdle}. */
  READ,
  /** Something is on its way, and nothing of it got on for {@link ConnectionOptions#writeStall}. */
  WRITE,
  /** Nothing moved, in neither direction, for {@link ConnectionOptions#allIdle}. */
  ALL;

  /** What is done about it unless the program does something else. */
  void endByDefault(Connection connection) {
    switch (this) {
      case READ -> {}
      case WRITE -> connection.reset(CloseCause.of(CloseReason.STALLED, "the peer takes nothing"));
      case ALL -> connection.reset(CloseCause.of(CloseReason.IDLE, "nothing moves"));
    }
  }
}
