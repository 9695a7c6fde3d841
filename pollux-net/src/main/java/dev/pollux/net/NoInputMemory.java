package dev.pollux.net;

/**
 * There is no native memory for what a connection has received: which is nobody's fault, least of
 * all that of the handler on whose way it comes out.
 */
final class NoInputMemory extends OutOfMemoryError {

  private static final long serialVersionUID = 1;

  NoInputMemory() {
    super("no native memory for what a connection has received");
  }

  /** Counts it, and ends the connection: some of what it has received may be lost. */
  void end(Link link) {
    NetStats.of(link.loop()).refuse(Limit.MEMORY);
    link.reset(CloseCause.of(CloseReason.LIMIT, this));
  }
}
