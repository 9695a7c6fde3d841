package dev.pollux.http.client;

import dev.pollux.http.HttpFields;
import dev.pollux.net.Connection;
import java.nio.ByteBuffer;

/**
 * Takes the answer to a request as it comes.
 *
 * <p>Order: {@link #informed} any number of times; {@link #answered} once; {@link #data} any number
 * of times; {@link #ended}. Or {@link #switched}, in the place of the last three, where HTTP is
 * left. Or {@link #failed} instead of whatever has not come. One of {@code ended}, {@code switched}
 * and {@code failed} is the last, once.
 *
 * <p>Threads: the loop's; must not block. No method is called from within a call of the program's.
 *
 * <p>Errors: what a method throws ends the call, with {@link FailureReason#HANDLER_FAILED}; what
 * the last one throws is {@linkplain dev.pollux.loop.EventLoop#report reported}.
 */
public interface ClientHandler {

  /** An informational answer came, 1xx, before the answer: 103 has hints, 100 says to go on. */
  default void informed(ClientCall call, int status, HttpFields fields) throws Exception {}

  /** The head came. */
  void answered(ClientCall call, ClientAnswer answer) throws Exception;

  /**
   * A piece of the body came. {@link ClientCall#pause} has no more come for a while.
   *
   * @param data all of it is taken, whether it was read or not; lent until this returns
   */
  void data(ClientCall call, ByteBuffer data) throws Exception;

  /**
   * All of it came; also while it is paused, if there was nothing left to wait with.
   *
   * @param trailers fields behind a chunked body; mostly none
   */
  void ended(ClientCall call, HttpFields trailers) throws Exception;

  /** There is no answer, or not all of it. */
  void failed(ClientCall call, ClientException failure);

  /**
   * The server leaves HTTP as the request {@linkplain ClientRequest#withUpgrade asked}. The
   * connection is the program's, which sets a handler before this returns: {@link
   * Connection#setHandler}, or {@link dev.pollux.net.Relay#between}. What the server sent behind
   * its answer is given to that.
   */
  default void switched(ClientCall call, ClientAnswer answer, Connection connection)
      throws Exception {
    throw new UnsupportedOperationException("nobody takes " + connection);
  }
}
