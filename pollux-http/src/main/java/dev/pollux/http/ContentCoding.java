package dev.pollux.http;

import java.nio.ByteBuffer;

/**
 * What the content of one answer is put into before it is sent.
 *
 * <p>Threads: the loop's.
 */
interface ContentCoding {

  /** The head is about to be sent: whether this applies to so many bytes, or -1. */
  boolean begin(HttpResponse response, long length);

  /** What comes out for a piece; lent until the next call. */
  ByteBuffer encode(ByteBuffer content, boolean last);

  /** Gives back what it has, if it has begun. */
  void close();
}
