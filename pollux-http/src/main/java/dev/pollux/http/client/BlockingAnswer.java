package dev.pollux.http.client;

import dev.pollux.http.HttpFields;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An answer whose body is read as it comes: what nobody reads makes the server wait.
 *
 * <p>Ownership: close it, which cuts off what was not read. Threads: one at a time, which may be
 * any but the loop's.
 */
public final class BlockingAnswer implements AutoCloseable {

  private final BlockingBridge bridge;
  private final ClientAnswer head;

  BlockingAnswer(BlockingBridge bridge, ClientAnswer head) {
    this.bridge = bridge;
    this.head = head;
  }

  /** The status and fields. */
  public ClientAnswer head() {
    return head;
  }

  /**
   * The body. Reading throws a {@link ClientException} where the rest does not come, and an {@link
   * InterruptedIOException} for an interrupt; closing it closes this.
   */
  public InputStream body() {
    return new Body();
  }

  /**
   * Fields behind a chunked body; mostly none.
   *
   * @throws IllegalStateException before the body was read to its end
   */
  public HttpFields trailers() {
    HttpFields known = bridge.trailers();
    if (known == null) {
      throw new IllegalStateException("the body of " + head + " was not read to its end");
    }
    return known;
  }

  /** Waits for a piece; null is the end. */
  @Nullable ByteBuffer next() throws ClientException, InterruptedException {
    return bridge.next();
  }

  @Override
  public void close() {
    if (bridge.trailers() == null) {
      bridge.cancel();
    }
  }

  private final class Body extends InputStream {

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int from, int count) throws IOException {
      Objects.checkFromIndexSize(from, count, to.length);
      if (count == 0) {
        return 0;
      }
      ByteBuffer piece;
      try {
        piece = next();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw (IOException) new InterruptedIOException("interrupted: " + head).initCause(e);
      }
      if (piece == null) {
        return -1;
      }
      int read = Math.min(count, piece.remaining());
      var _ = piece.get(to, from, read);
      return read;
    }

    @Override
    public void close() {
      BlockingAnswer.this.close();
    }
  }
}
