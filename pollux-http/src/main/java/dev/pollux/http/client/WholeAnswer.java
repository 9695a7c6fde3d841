package dev.pollux.http.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.http.HttpFields;

/**
 * An answer of which everything came.
 *
 * <p>Ownership: the body is the program's. Threads: any.
 *
 * @param head the status and fields
 * @param body as it came, or inflated; empty if there was none
 * @param trailers fields behind a chunked body; mostly none
 */
@SuppressWarnings("ArrayRecordComponent") // it is compared by nobody
public record WholeAnswer(ClientAnswer head, byte[] body, HttpFields trailers) {

  /** The status. */
  public int status() {
    return head.status();
  }

  /** The body as text in UTF-8. */
  public String text() {
    return new String(body, UTF_8);
  }
}
