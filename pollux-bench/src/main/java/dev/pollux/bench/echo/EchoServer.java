package dev.pollux.bench.echo;

import java.io.IOException;
import java.util.OptionalLong;

/** A running echo server on the loopback interface; it ends with its process. */
interface EchoServer {

  /** How many connections may wait to be accepted: more than the load opens at once. */
  int BACKLOG = 4096;

  /** The size of the largest single read, the same for all servers that choose one. */
  int BUFFER_BYTES = 1 << 16;

  /** The port it listens on. */
  int port();

  /** How many bytes its threads have allocated on the heap; empty if that cannot be told. */
  OptionalLong allocatedBytes();

  /** Bytes of memory outside the heap that its library holds without the JVM counting them. */
  default long uncountedBytes() {
    return 0;
  }

  /** How a server is started. */
  @FunctionalInterface
  interface Starter {

    /**
     * Starts the server.
     *
     * @throws UnsupportedOperationException if this machine lacks what it needs; the message says
     *     what
     */
    EchoServer start() throws IOException;
  }
}
