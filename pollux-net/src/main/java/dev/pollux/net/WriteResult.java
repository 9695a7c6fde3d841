package dev.pollux.net;

/** What became of bytes, a file or a descriptor that a {@link Connection} was given to send. */
public enum WriteResult {

  /** Taken, and the kernel has all that was taken so far. */
  SENT,

  /** Taken; what the kernel did not take is queued. */
  QUEUED,

  /**
   * Taken, and the queue is full by its watermark: produce no more before {@link
   * ConnectionHandler#writable}.
   */
  FULL,

  /**
   * Not taken, nothing of it, because of a limit: {@link ConnectionOptions#maxQueuedBytes}, {@link
   * ConnectionOptions#maxQueuedFiles} or memory; {@link NetStats} counts by which. The connection
   * goes on as it was, and the stream has no hole if the same is written again, before anything
   * else, after {@link ConnectionHandler#writable}; until then the answer to what is taken is FULL.
   */
  REFUSED,

  /**
   * The connection, or its sending half, has ended: nothing more is sent. If it ended in the middle
   * of this write, a part may have been.
   */
  CLOSED;

  /** Whether to go on producing; if not, there is a reason to wait, or to stop. */
  public boolean goesOn() {
    return this == SENT || this == QUEUED;
  }

  /** Whether it was taken: it is sent, or will be unless the connection ends before. */
  public boolean isTaken() {
    return this != REFUSED && this != CLOSED;
  }
}
