package dev.pollux.httpserver;

import java.io.IOException;
import java.io.InputStream;

/**
 * The body of a request. What is left of it when it is closed is passed over, up to a limit; what
 * is more than that ends the connection behind the answer.
 *
 * <p>Threads: one at a time.
 */
final class RequestStream extends InputStream {

  private static final int SKIP_BYTES = 1 << 11;

  private final InputStream body;
  private final int drainBytes;
  private boolean isClosed;

  /** Over a body; nothing is passed over of one that is asked for only by reading it. */
  RequestStream(InputStream body, int drainBytes) {
    this.body = body;
    this.drainBytes = drainBytes;
  }

  private void requireOpen() throws IOException {
    if (isClosed) {
      throw new IOException("Stream is closed");
    }
  }

  @Override
  public int read() throws IOException {
    requireOpen();
    return body.read();
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    requireOpen();
    return body.read(target, offset, length);
  }

  @Override
  public int available() throws IOException {
    requireOpen();
    return body.available();
  }

  @Override
  public void close() throws IOException {
    if (isClosed) {
      return;
    }
    isClosed = true;
    byte[] some = new byte[SKIP_BYTES];
    int left = drainBytes;
    while (left > 0) {
      int count = body.read(some, 0, Math.min(left, some.length));
      if (count < 0) {
        return;
      }
      left -= count;
    }
  }

  /** Has it read no more; the server passes over what is left. */
  void end() {
    isClosed = true;
  }
}
