package dev.pollux.bench.http;

import java.nio.charset.StandardCharsets;

/**
 * Reads the head of a request: a method, a target, the version, then fields of a token, a colon and
 * a value, up to the empty line, one Host among them. As strict as {@code http_server.c}.
 */
final class NioHead {

  /** What is malformed. */
  static final int BAD = -1;

  private static final byte[] VERSION = latin("HTTP/1.1\r\n");
  private static final byte[] HOST = latin("host");
  private static final byte[] CONNECTION = latin("connection");
  private static final byte[] CLOSE = latin("close");
  private static final byte[] CONTENT_LENGTH = latin("content-length");
  private static final byte[] TRANSFER_ENCODING = latin("transfer-encoding");
  private static final byte[] CHUNKED = latin("chunked");
  private static final int LENGTH_DIGITS = 15;
  private static final int DELETE = 127;
  private static final boolean[] TOKEN = tokens();

  private int hosts;
  private boolean hasLength;
  private long length;
  private boolean isChunked;
  private boolean isLast;
  private int targetFrom;
  private int targetTo;

  private static boolean[] tokens() {
    boolean[] result = new boolean[256];
    for (char c = 'a'; c <= 'z'; c++) {
      result[c] = true;
      result[c - 'a' + 'A'] = true;
    }
    for (char c : "0123456789!#$%&'*+-.^_`|~".toCharArray()) {
      result[c] = true;
    }
    return result;
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** How long its body is. */
  long length() {
    return length;
  }

  /** Whether its body is in chunks. */
  boolean isChunked() {
    return isChunked;
  }

  /** Where its target begins. */
  int targetFrom() {
    return targetFrom;
  }

  int targetTo() {
    return targetTo;
  }

  /** Whether the connection ends with it. */
  boolean isLast() {
    return isLast;
  }

  /** How many bytes it has; 0 if it is not whole, {@link #BAD} if it is malformed. */
  int parse(byte[] in, int from, int to) {
    hosts = 0;
    hasLength = false;
    length = 0;
    isChunked = false;
    isLast = false;
    int i = skipToken(in, from, to);
    if (i < to && (in[i] != ' ' || i == from)) {
      return BAD;
    }
    int target = i + 1;
    i = target;
    while (i < to && in[i] > ' ' && in[i] < DELETE) {
      i++;
    }
    if (i >= to) {
      return 0;
    }
    if (in[i] != ' ' || i == target) {
      return BAD;
    }
    targetFrom = target;
    targetTo = i;
    i++;
    for (byte expected : VERSION) {
      if (i == to) {
        return 0;
      }
      if (in[i] != expected) {
        return BAD;
      }
      i++;
    }
    return parseFields(in, from, i, to);
  }

  private int parseFields(byte[] in, int from, int first, int to) {
    int i = first;
    while (to - i >= 2) {
      if (in[i] == '\r' && in[i + 1] == '\n') {
        return hosts == 1 ? i + 2 - from : BAD;
      }
      i = parseField(in, i, to);
      if (i <= 0) {
        return i;
      }
    }
    return 0;
  }

  /** Where the next line begins; 0 if this one is not whole, {@link #BAD} if it is malformed. */
  private int parseField(byte[] in, int from, int to) {
    int colon = skipToken(in, from, to);
    if (colon == to) {
      return 0;
    }
    if (in[colon] != ':' || colon == from) {
      return BAD;
    }
    int value = colon + 1;
    while (value < to && isBlank(in[value])) {
      value++;
    }
    int end = value;
    while (end < to && (in[end] >= ' ' || in[end] < 0 || in[end] == '\t') && in[end] != DELETE) {
      end++;
    }
    if (to - end < 2) {
      return end < to && in[end] != '\r' ? BAD : 0;
    }
    int last = end;
    while (last > value && isBlank(in[last - 1])) {
      last--;
    }
    boolean isGood = in[end] == '\r' && in[end + 1] == '\n' && take(in, from, colon, value, last);
    return isGood ? end + 2 : BAD;
  }

  /** What a field means for the connection; false if it is none that can be obeyed. */
  private boolean take(byte[] in, int from, int colon, int value, int last) {
    if (is(in, from, colon, HOST)) {
      hosts++;
      return hosts == 1;
    }
    if (is(in, from, colon, CONNECTION)) {
      isLast |= is(in, value, last, CLOSE);
      return true;
    }
    if (is(in, from, colon, CONTENT_LENGTH)) {
      boolean isFirst = !hasLength && !isChunked;
      hasLength = true;
      return isFirst && takeLength(in, value, last);
    }
    if (is(in, from, colon, TRANSFER_ENCODING)) {
      boolean isFirst = !hasLength && !isChunked;
      isChunked = true;
      return isFirst && is(in, value, last, CHUNKED);
    }
    return true;
  }

  private boolean takeLength(byte[] in, int from, int to) {
    for (int i = from; i < to; i++) {
      if (in[i] < '0' || in[i] > '9') {
        return false;
      }
      length = 10 * length + in[i] - '0';
    }
    return to > from && to - from <= LENGTH_DIGITS;
  }

  private static int skipToken(byte[] in, int from, int to) {
    int i = from;
    while (i < to && TOKEN[in[i] & 0xff]) {
      i++;
    }
    return i;
  }

  private static boolean isBlank(byte c) {
    return c == ' ' || c == '\t';
  }

  /** Whether something is a word of small letters, in whatever case. */
  private static boolean is(byte[] in, int from, int to, byte[] word) {
    if (to - from != word.length) {
      return false;
    }
    for (int i = 0; i < word.length; i++) {
      int c = in[from + i];
      if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != word[i]) {
        return false;
      }
    }
    return true;
  }
}
