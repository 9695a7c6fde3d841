package dev.pollux.http.client;

import dev.pollux.http.HttpFields;
import dev.pollux.http.wire.BodyDecoder;
import dev.pollux.http.wire.ChunkParser;
import dev.pollux.http.wire.Inflation;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer: finds it in what comes, and has it inflated if it is to be.
 *
 * <p>Threads: the loop's.
 */
final class AnswerBody {

  private static final HttpFields NONE = HttpFields.parse(new byte[] {'\r', '\n'});

  private final ClientLimits limits;
  private final Inflation.Sink sink;
  private @Nullable ChunkParser chunks;
  private AnswerFraming.Kind kind = AnswerFraming.Kind.NONE;
  private long left; // of a length
  private boolean isWireOver;
  private @Nullable BodyDecoder decoder;
  private @Nullable Inflation inflation;
  private HttpFields trailers = NONE;

  AnswerBody(ClientLimits limits, Inflation.Sink sink) {
    this.limits = limits;
    this.sink = sink;
  }

  /** Begins with another one. Ownership: the decoder is this object's. */
  void begin(AnswerFraming framing, @Nullable BodyDecoder newDecoder) {
    kind = framing.kind();
    left = framing.length();
    isWireOver = kind == AnswerFraming.Kind.NONE;
    decoder = newDecoder;
    inflation = newDecoder == null ? null : new Inflation(newDecoder, sink);
    trailers = NONE;
    if (kind == AnswerFraming.Kind.CHUNKED) {
      chunks().begin();
    }
  }

  private ChunkParser chunks() {
    ChunkParser known = chunks;
    if (known == null) {
      known =
          new ChunkParser(
              Long.MAX_VALUE,
              limits.chunkExtensionBytes(),
              limits.fieldCount(),
              limits.fieldBytes());
      chunks = known;
    }
    return known;
  }

  /** Takes something of what is there; whether it did. */
  boolean read(ByteBuffer data) throws Exception {
    return switch (kind) {
      case LENGTH, CLOSE -> readPlain(data);
      case CHUNKED -> readChunks(data);
      case NONE, TUNNEL -> false;
    };
  }

  private boolean readPlain(ByteBuffer data) throws Exception {
    boolean isBounded = kind == AnswerFraming.Kind.LENGTH;
    int count = isBounded ? (int) Math.min(left, data.remaining()) : data.remaining();
    if (count == 0) {
      return false;
    }
    left -= isBounded ? count : 0;
    isWireOver = isBounded && left == 0;
    give(data, count);
    return true;
  }

  private boolean readChunks(ByteBuffer data) throws Exception {
    ChunkParser parser = chunks();
    switch (parser.parse(data)) {
      case MORE -> {
        return false;
      }
      case DATA -> {
        int count = (int) Math.min(parser.left(), data.remaining());
        parser.took(count);
        give(data, count);
      }
      case DONE -> {
        byte[] lines = Arrays.copyOf(parser.trailerBytes(), parser.trailers().position());
        trailers = HttpFields.parse(lines);
        isWireOver = true;
      }
      case REFUSED -> sink.refuse(parser.status(), String.valueOf(parser.problem()));
    }
    return true;
  }

  /** Gives so many bytes, and has moved over them, whatever is done with the buffer. */
  private void give(ByteBuffer data, int count) throws Exception {
    int end = data.limit();
    int next = data.position() + count;
    var _ = data.limit(next);
    Inflation known = inflation;
    try {
      if (known == null) {
        sink.take(data);
      } else {
        known.give(data);
      }
    } finally {
      var _ = data.limit(end).position(next);
    }
  }

  /** Goes on with what was left while it was paused; false from within itself. */
  boolean goOn() throws Exception {
    Inflation known = inflation;
    return known == null || known.goOn();
  }

  /** The connection sends no more; whether the body may end so. */
  boolean inputOver() {
    isWireOver |= kind == AnswerFraming.Kind.CLOSE;
    return isWireOver;
  }

  /** Whether all of it was read off the wire. */
  boolean isWireOver() {
    return isWireOver;
  }

  /** Whether all of that was given, too. */
  boolean isDrained() {
    Inflation known = inflation;
    return isWireOver && (known == null || known.isDrained());
  }

  /** Whether it was whole; if not, the sink was told. */
  boolean end() {
    Inflation known = inflation;
    return known == null || known.end();
  }

  HttpFields trailers() {
    return trailers;
  }

  /** Nobody wants it any more. */
  void close() {
    BodyDecoder known = decoder;
    decoder = null;
    inflation = null;
    if (known != null) {
      known.close();
    }
  }
}
