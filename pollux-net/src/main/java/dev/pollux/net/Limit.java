package dev.pollux.net;

/** The limits at which something is refused, as {@link NetStats} counts them. */
public enum Limit {
  /** {@link ServerOptions#maxConnections}: one more was accepted and closed at once. */
  CONNECTIONS,
  /** The task queue of a loop: a connection that it was to take over was closed at once. */
  LOOP_TASKS,
  /** The system's descriptors, or the watches of epoll: a connection was closed at once. */
  DESCRIPTORS,
  /** {@link ConnectionOptions#maxQueuedBytes}: a write was refused. */
  QUEUED_BYTES,
  /** {@link ConnectionOptions#maxQueuedFiles}: a file or descriptor was refused. */
  QUEUED_FILES,
  /** {@link ConnectionOptions#readBytes}: a handler left so much that a connection ended. */
  UNREAD_BYTES,
  /** The longest frame of a {@link Framing}: a connection that sent a longer one ended. */
  FRAME_BYTES,
  /** What a TLS connection may hold back: a write was refused. */
  TLS_QUEUE,
  /** {@link Tls#withHandshakeExecutor}: it took no more, and a loop computed itself. */
  TLS_EXECUTOR,
  /** {@link DatagramOptions#sendCapacity}: a datagram was dropped. */
  DATAGRAM_QUEUE,
  /** Memory, the system's or the program's. */
  MEMORY
}
