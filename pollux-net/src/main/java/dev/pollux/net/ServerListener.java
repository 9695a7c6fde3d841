package dev.pollux.net;

/**
 * Told of what befalls a server itself rather than one of its connections. Who names none has
 * {@link #exhausted} and {@link #recovered} written to the logger {@code dev.pollux.net}.
 *
 * <p>What it throws is reported to the loop's error handler, and changes nothing. Threads: the loop
 * that accepts.
 */
public interface ServerListener {

  /** Tells nobody. */
  ServerListener NONE = new ServerListener() {};

  /**
   * The system is out of something (EMFILE, ENFILE, ENOBUFS, ENOMEM): connections are refused from
   * now on, or left waiting. Reported once for each burst.
   */
  default void exhausted(int errno) {}

  /** Connections are accepted again. */
  default void recovered(long refusedCount) {}

  /**
   * A connection was accepted and closed at once.
   *
   * @param limit what there was not enough of; for descriptors only where the kernel gave one and
   *     it could not be watched, else {@link #exhausted} is told
   */
  default void shed(Limit limit) {}
}
