package dev.pollux.httpserver;

import dev.pollux.http.HttpBlocking;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/**
 * The content of an answer: none before its head was sent, then as much as that says.
 *
 * <p>Threads: one at a time.
 */
final class ResponseStream extends OutputStream {

  /** Of an answer that does not say how much it has. */
  static final long UNKNOWN = -1;

  private final HttpBlocking http;
  private final RequestStream request;
  private boolean isOpened; // the head was sent
  private boolean isClosed;
  private long left;

  ResponseStream(HttpBlocking http, RequestStream request) {
    this.http = http;
    this.request = request;
  }

  /** The head was sent, and said that so many bytes follow. */
  void open(long bytes) {
    isOpened = true;
    left = bytes;
  }

  /** Whether it can be closed in order. */
  boolean isOpened() {
    return isOpened;
  }

  private void requireOpened() throws IOException {
    if (!isOpened) {
      throw new IOException("response headers not sent yet");
    }
  }

  private void take(int count) throws IOException {
    requireOpened();
    if (isClosed) {
      throw new IOException("stream closed");
    }
    if (left != UNKNOWN) {
      if (count > left) {
        throw new IOException("too many bytes to write to stream");
      }
      left -= count;
    }
  }

  @Override
  public void write(int value) throws IOException {
    take(1);
    http.output().write(value);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, source.length);
    requireOpened();
    if (length > 0) {
      take(length);
      http.output().write(source, offset, length);
    }
  }

  @Override
  public void flush() throws IOException {
    requireOpened();
    if (!isClosed) {
      http.output().flush();
    }
  }

  /**
   * Ends the answer.
   *
   * @throws IOException if less was written than was said: the connection is reset then
   */
  @Override
  public void close() throws IOException {
    requireOpened();
    if (isClosed) {
      return;
    }
    isClosed = true;
    request.close();
    if (left > 0) {
      http.abort();
      throw new IOException("insufficient bytes written to stream: " + left + " are missing");
    }
    http.end();
  }
}
