package dev.pollux.http;

import java.nio.ByteBuffer;

/**
 * What takes the parts of a form: for each {@link #part}, any number of {@link #data}, {@link
 * #partEnd}; at last {@link #end}.
 *
 * <p>Threads: it is called by who feeds the parser. What it throws comes out there, and the parser
 * goes on no more.
 */
public interface MultipartHandler {

  /** A part begins. */
  void part(PartHead head) throws Exception;

  /**
   * Some bytes of it.
   *
   * @param data never empty; may be read until this returns, and is to be copied to be kept
   */
  void data(ByteBuffer data) throws Exception;

  /** The part is over, and it was whole. */
  void partEnd() throws Exception;

  /** The form is over, and it was whole. */
  void end() throws Exception;

  /** The rest will not come, as of {@link HttpBodyHandler#failed}. By default nothing. */
  default void failed() {}
}
