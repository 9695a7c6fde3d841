package dev.pollux.http;

import java.nio.ByteBuffer;

/**
 * Takes the body of a request as it comes.
 *
 * <p>Order: {@link #data} any number of times, then one of {@link #end} and {@link #failed}, once.
 *
 * <p>Threads: the loop's. Errors: as of {@link HttpHandler}; nothing more is called after one.
 */
public interface HttpBodyHandler {

  /**
   * A piece came.
   *
   * @param data all of it is taken, whether it was read or not; lent until this returns
   */
  void data(ByteBuffer data) throws Exception;

  /** All of it came. {@link HttpBody#trailers} are what came behind it. */
  void end() throws Exception;

  /**
   * The rest is not given: the connection is over, what came was no body, or the answer was
   * complete before its end. By default nothing.
   */
  default void failed() {}
}
