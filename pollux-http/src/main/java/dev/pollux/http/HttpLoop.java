package dev.pollux.http;

import dev.pollux.loop.LoopLocal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the HTTP connections of a loop share, so that one that waits for a request has next to
 * nothing: the output, the bytes that heads are read from, an exchange, and words that come often.
 *
 * <p>Threads: the loop's.
 */
final class HttpLoop {

  private static final LoopLocal<HttpLoop> OF = new LoopLocal<>(_ -> new HttpLoop());

  private static final int WORDS = 256; // a power of two
  private static final int MAX_WORD_BYTES = 128;

  final Output output = new Output();
  final HeadInput headInput = new HeadInput();
  private final @Nullable String[] words = new String[WORDS];
  private @Nullable Http1Exchange spare;
  private @Nullable HttpDate date;

  private HttpLoop() {}

  static HttpLoop of(dev.pollux.loop.EventLoop loop) {
    return OF.of(loop);
  }

  /** The clock of answers. */
  HttpDate date(HttpOptions options) {
    HttpDate known = date;
    if (known == null || !known.isOf(options.wallClock())) {
      known = new HttpDate(options.wallClock());
      date = known;
    }
    return known;
  }

  /** An exchange that nobody uses. */
  Http1Exchange claim(HttpOptions options) {
    Http1Exchange taken = spare;
    spare = null;
    return taken == null || !taken.isFor(options) ? new Http1Exchange(options) : taken;
  }

  /** Nobody uses this one any more, unless somebody may still have it. */
  void give(Http1Exchange unused) {
    if (unused.isReusable()) {
      unused.detach();
      spare = unused;
    }
  }

  /**
   * A word that may have come before: the same text then. What hashes alike takes another's place,
   * so nobody can fill it, or make it slow.
   */
  String word(byte[] in, int from, int to) {
    int length = to - from;
    if (length > MAX_WORD_BYTES) {
      return new String(in, from, length, StandardCharsets.ISO_8859_1);
    }
    int hash = length;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + in[i];
    }
    int place = (hash ^ hash >>> 16) & WORDS - 1;
    String known = words[place];
    if (known == null || !isSame(known, in, from, length)) {
      known = new String(in, from, length, StandardCharsets.ISO_8859_1);
      words[place] = known;
    }
    return known;
  }

  private static boolean isSame(String word, byte[] in, int from, int length) {
    if (word.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (word.charAt(i) != (in[from + i] & 0xff)) {
        return false;
      }
    }
    return true;
  }
}
