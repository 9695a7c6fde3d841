package dev.pollux.net;

/**
 * Told of what befalls a server itself rather than one of its connections.
 *
 * <p>Threads: the loop that accepts.
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

  /** A connection was closed at once: there are as many as there may be, or its loop is full. */
  default void shed() {}
}
