package dev.pollux.httpserver;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * The body of a request. What is left of it when it is closed is passed over by the server, behind
 * the answer.
 *
 * <p>Threads: one at a time.
 */
final class RequestStream extends InputStream {

  private final InputStream body;
  private boolean isToBeAskedFor; // until it is read
  private boolean isClosed;
  private boolean hasAhead; // a byte that was read to see whether there is one
  private byte ahead;

  /** Over a body, which may have to be asked for by reading it. */
  RequestStream(InputStream body, boolean isToBeAskedFor) {
    this.body = body;
    this.isToBeAskedFor = isToBeAskedFor;
  }

  private void requireOpen() throws IOException {
    if (isClosed) {
      throw new IOException("Stream is closed");
    }
  }

  @Override
  public int read() throws IOException {
    requireOpen();
    isToBeAskedFor = false;
    if (!hasAhead) {
      return body.read();
    }
    hasAhead = false;
    return ahead & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    requireOpen();
    Objects.checkFromIndexSize(offset, length, target.length);
    isToBeAskedFor = false;
    if (!hasAhead || length == 0) {
      return body.read(target, offset, length);
    }
    hasAhead = false;
    target[offset] = ahead;
    int more = Math.min(length - 1, body.available());
    return 1 + (more == 0 ? 0 : body.read(target, offset + 1, more));
  }

  /**
   * How much there is. Programs take 0 for the end; so it is 0 at the end alone, and else the next
   * of it is waited for.
   */
  @Override
  public int available() throws IOException {
    if (isClosed) {
      return 0;
    }
    if (!hasAhead && body.available() == 0 && !isToBeAskedFor) {
      int next = body.read();
      hasAhead = next >= 0;
      ahead = (byte) next;
    }
    return body.available() + (hasAhead ? 1 : 0);
  }

  @Override
  public void close() {
    isClosed = true;
  }
}
