package dev.pollux.net;

import java.nio.ByteBuffer;

/** Answers requests on the threads of {@link Workers}. */
@FunctionalInterface
public interface WorkHandler {

  /**
   * Answers one request. Threads: a worker's, one request of a connection at a time, in their
   * order; requests of different connections at the same time. May block.
   *
   * @param request the payload of a frame; a copy, which is this method's to keep
   * @param reply takes what is to be sent, during this call
   * @throws Exception closes the connection, with {@link CloseReason#HANDLER_FAILED}, and is told
   *     to its {@link ConnectionOptions#observer}
   */
  void handle(ByteBuffer request, Reply reply) throws Exception;
}
