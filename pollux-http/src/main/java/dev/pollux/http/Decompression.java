package dev.pollux.http;

import dev.pollux.http.wire.GzipDecoder;
import java.util.Locale;

/**
 * Takes requests whose bodies are in gzip, and has the handler read what is in them.
 *
 * <pre>{@code
 * HttpHandler service = Decompression.gzip().around(handler);
 * }</pre>
 *
 * <p>What comes out is bounded, however small the body is on the wire: beyond it the answer is 413,
 * as it is beyond {@link HttpLimits#bodyBytes} for who reads the whole. Another coding is answered
 * by 415, which says what is taken. The fields are as they came; {@link HttpBody#length} is not
 * known.
 *
 * <p>Immutable. Threads: any. Source: RFC 9110, 8.4 and 15.5.16; RFC 7694.
 */
public final class Decompression {

  /** How much may come out of a body, unless it is said: 64 MiB. */
  public static final long MAX_BYTES = 64L << 20;

  private final long maxBytes;

  private Decompression(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Of gzip. */
  public static Decompression gzip() {
    return new Decompression(MAX_BYTES);
  }

  /** As this, with another bound on what comes out of a body. */
  public Decompression withMaxBytes(long newMaxBytes) {
    if (newMaxBytes < 0) {
      throw new IllegalArgumentException("maxBytes: " + newMaxBytes + " is negative");
    }
    return new Decompression(newMaxBytes);
  }

  /** The handler that reads what is in the bodies. */
  public HttpHandler around(HttpHandler next) {
    return (request, response) -> {
      String coding = request.field("Content-Encoding");
      if (coding != null) {
        switch (coding.toLowerCase(Locale.ROOT)) {
          case "gzip", "x-gzip" -> begin(request, response);
          case "identity" -> {}
          default -> {
            var _ =
                response
                    .status(415)
                    .field("Accept-Encoding", "gzip")
                    .send(Statuses.text(415, "bodies are taken in gzip, or as they are"));
            return;
          }
        }
      }
      next.handle(request, response);
    };
  }

  private void begin(HttpRequest request, HttpResponse response) {
    if (request.body().length() != 0) {
      GzipDecoder decoder = new GzipDecoder(maxBytes);
      response.whenOver(decoder::close);
      request.body().inflate(decoder);
    }
  }
}
