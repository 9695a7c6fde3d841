package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.http.Reference.Field;
import dev.pollux.http.Reference.Outcome;
import dev.pollux.http.Reference.Request;
import dev.pollux.http.wire.ChunkParser;
import dev.pollux.http.wire.FieldParser;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** Reads requests by the parsers, in pieces of any sizes. */
final class Fast {

  private final HeadParser head;
  private final ChunkParser chunks;
  private final List<Request> requests = new ArrayList<>();
  private byte[] bytes = {};
  private int base; // of the request
  private int bodyAt; // -1 while the head is read
  private String body = "";
  int status;
  String problem = "";

  private Fast(HttpLimits limits) {
    head = new HeadParser(limits);
    chunks = limits.chunkParser(limits.bodyBytes());
    next(0);
  }

  /** All of it, in pieces of which the sizes are asked, given how much there is. */
  static Fast read(byte[] in, HttpLimits limits, IntUnaryOperator pieces) {
    Fast fast = new Fast(limits);
    for (int at = 0; at < in.length && fast.status == 0; ) {
      int piece = Math.min(in.length - at, Math.max(1, pieces.applyAsInt(in.length - at)));
      fast.feed(Arrays.copyOfRange(in, at, at + piece));
      at += piece;
    }
    return fast;
  }

  Outcome outcome() {
    return new Outcome(
        requests, status == 0 ? FieldParser.Result.MORE : FieldParser.Result.REFUSED);
  }

  private void next(int at) {
    base = at;
    bodyAt = -1;
    body = "";
    head.begin();
  }

  private void feed(byte[] more) {
    // The head moves in memory, as it may.
    int end = bytes.length - base + more.length;
    byte[] moved = new byte[7 + end];
    System.arraycopy(bytes, base, moved, 7, bytes.length - base);
    System.arraycopy(more, 0, moved, 7 + bytes.length - base, more.length);
    bodyAt = bodyAt < 0 ? -1 : bodyAt - base + 7;
    bytes = moved;
    base = 7;
    while (status == 0 && base < bytes.length && step()) {
      // as far as it goes
    }
  }

  /** Whether another request may begin. */
  private boolean step() {
    if (bodyAt < 0) {
      switch (head.parse(bytes, base, bytes.length)) {
        case MORE -> {
          return false;
        }
        case REFUSED -> {
          return refused(head.status(), head.problem());
        }
        case DONE -> {
          bodyAt = base + head.sizeBytes();
          chunks.begin();
        }
      }
    }
    return head.framing().isChunked() ? readChunks() : readBody();
  }

  private boolean refused(int newStatus, Object why) {
    status = newStatus;
    problem = String.valueOf(why);
    return false;
  }

  private boolean readBody() {
    long length = head.framing().bodyBytes();
    if (bytes.length - bodyAt < length) {
      return false;
    }
    body = new String(bytes, bodyAt, (int) length, ISO_8859_1);
    return done(bodyAt + (int) length, List.of());
  }

  private boolean readChunks() {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    in.position(bodyAt);
    while (true) {
      ChunkParser.Result result = chunks.parse(in);
      bodyAt = in.position();
      switch (result) {
        case MORE -> {
          return false;
        }
        case REFUSED -> {
          return refused(chunks.status(), chunks.problem());
        }
        case DATA -> {
          int count = (int) Math.min(in.remaining(), chunks.left());
          body += new String(bytes, in.position(), count, ISO_8859_1);
          in.position(in.position() + count);
          chunks.took(count);
        }
        case DONE -> {
          return done(bodyAt, fields(chunks.trailers(), chunks.trailerBytes(), 0));
        }
      }
    }
  }

  private boolean done(int end, List<Field> trailers) {
    requests.add(
        new Request(
            text(bytes, base + head.methodFrom(), base + head.methodTo()),
            text(bytes, base + head.targetFrom(), base + head.targetTo()),
            head.isHttp10(),
            fields(head.fields(), bytes, base),
            body,
            trailers));
    next(end);
    return true;
  }

  private static List<Field> fields(FieldParser parser, byte[] in, int base) {
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < parser.count(); i++) {
      fields.add(
          new Field(
              text(in, base + parser.nameFrom(i), base + parser.nameTo(i)),
              text(in, base + parser.valueFrom(i), base + parser.valueTo(i))));
    }
    return fields;
  }

  private static String text(byte[] in, int from, int to) {
    return new String(in, from, to - from, ISO_8859_1);
  }
}
