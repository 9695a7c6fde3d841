package dev.pollux.http;

import dev.pollux.http.fields.AcceptedCodings;
import dev.pollux.http.fields.MediaTypes;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Sends answers in gzip to clients that take it.
 *
 * <pre>{@code
 * HttpHandler service = Compression.gzip().around(handler);
 * }</pre>
 *
 * <p>Only of types that shrink, with content of {@link #withMinBytes} or of a length that is not
 * known, and that no other coding was applied to. Each answer that depends on it says {@code Vary};
 * an entity tag becomes a weak one. What is written piece by piece comes to the client piece by
 * piece. Events ({@code text/event-stream}) are sent as they are: small pieces over a long time
 * gain little, each would keep an encoder, and what {@linkplain AnswerGroup groups} send to all
 * could not be shared.
 *
 * <p>An answer that has a secret beside what a client may choose tells by its length, compressed,
 * whether the two are alike: leave such ones out.
 *
 * <p>Immutable. Threads: any. Source: RFC 9110, 8.4, 12.5.3 and 12.5.5.
 */
public final class Compression {

  private static final int MIN_BYTES = 1 << 10;
  private static final int LEVEL = 6;

  private final int minBytes;
  private final int level;

  private Compression(int minBytes, int level) {
    this.minBytes = minBytes;
    this.level = level;
  }

  /** By gzip. */
  public static Compression gzip() {
    return new Compression(MIN_BYTES, LEVEL);
  }

  /** As this, for content of at least so many bytes; 1 KiB by default. */
  public Compression withMinBytes(int newMinBytes) {
    if (newMinBytes < 0) {
      throw new IllegalArgumentException("minBytes: " + newMinBytes + " is negative");
    }
    return new Compression(newMinBytes, level);
  }

  /** As this, at another level: 1, which is fast, to 9, which is small; 6 by default. */
  public Compression withLevel(int newLevel) {
    if (newLevel < 1 || newLevel > 9) {
      throw new IllegalArgumentException("level: " + newLevel + " is none of 1 to 9");
    }
    return new Compression(minBytes, newLevel);
  }

  /** The handler whose answers are compressed. */
  public HttpHandler around(HttpHandler next) {
    Objects.requireNonNull(next, "next");
    return (request, response) -> {
      response.coding.set(new Gzip(accepts(request.fields().all("Accept-Encoding"))));
      next.handle(request, response);
    };
  }

  /** Whether a client takes gzip: it says so, or takes whatever it does not name. */
  static boolean accepts(List<String> values) {
    return new AcceptedCodings(values).weight("gzip") > 0;
  }

  /** The coding of one answer. */
  private final class Gzip implements ContentCoding {

    private static final int FIRST_BYTES = 1 << 12; // 4 KiB
    private static final int AROUND_BYTES = 64;

    private final boolean isAccepted;
    private GzipEncoder encoder;
    private ByteBuffer out = ByteBuffer.allocate(0);

    @SuppressWarnings("NullAway.Init") // made when it is begun
    Gzip(boolean isAccepted) {
      this.isAccepted = isAccepted;
    }

    @Override
    public boolean begin(HttpResponse response, long length) {
      String type = response.field("Content-Type");
      boolean isKnown = type != null && MediaTypes.shrinks(type) && !isOfEvents(type);
      boolean isAgain = response.status() == 304; // as before, when there was content
      boolean isFit =
          (isKnown || (isAgain && type == null))
              && (isAgain || length < 0 || length >= minBytes)
              && response.field("Content-Encoding") == null
              && response.status() != 206
              && !isKept(response.field("Cache-Control"));
      if (!isFit) {
        return false;
      }
      if (!response.lines.lists("Vary", "Accept-Encoding")) {
        var _ = response.addField("Vary", "Accept-Encoding");
      }
      if (!isAccepted) {
        return false;
      }
      String tag = response.field("ETag");
      if (tag != null && !tag.startsWith("W/")) {
        var _ = response.field("ETag", "W/" + tag);
      }
      if (isAgain) {
        return false;
      }
      var _ = response.field("Content-Encoding", "gzip");
      encoder = new GzipEncoder(level);
      return true;
    }

    private static boolean isOfEvents(String type) {
      return small(type).startsWith("text/event-stream");
    }

    private static String small(String text) {
      return text.toLowerCase(Locale.ROOT);
    }

    private static boolean isKept(@org.jspecify.annotations.Nullable String cacheControl) {
      return cacheControl != null && small(cacheControl).contains("no-transform");
    }

    @Override
    public ByteBuffer encode(ByteBuffer content, boolean last) {
      int least = Math.max(FIRST_BYTES, content.remaining() / 2 + AROUND_BYTES);
      if (out.capacity() < least) {
        out = ByteBuffer.allocate(least);
      }
      var _ = out.clear();
      while (!encoder.encode(content, out)) {
        grow();
      }
      while (last ? !encoder.finish(out) : !encoder.flush(out)) {
        grow();
      }
      return out.flip();
    }

    private void grow() {
      out = ByteBuffer.allocate(2 * out.capacity()).put(out.flip());
    }

    @Override
    public void close() {
      if (encoder != null) {
        encoder.close();
      }
    }
  }
}
