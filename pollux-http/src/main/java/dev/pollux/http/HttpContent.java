package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;

/**
 * The content of answers, made once and sent often: nothing is made of it for an answer.
 *
 * <p>Immutable. Threads: any.
 */
public final class HttpContent {

  private static final int MAX_TYPE = 1024;

  private final String type;
  private final byte[] bytes;

  /** The fields that describe it, each with its line's end. */
  private final byte[] lines;

  private HttpContent(String type, byte[] bytes) {
    this.type = Tokens.requireValue("the type", type);
    if (type.length() > MAX_TYPE) {
      throw new IllegalArgumentException(
          "the type has " + type.length() + " characters, of " + MAX_TYPE + " at most");
    }
    this.bytes = bytes;
    this.lines =
        ("Content-Type: " + type + "\r\nContent-Length: " + bytes.length + "\r\n")
            .getBytes(ISO_8859_1);
  }

  /** Text, as {@code text/plain; charset=utf-8}. */
  public static HttpContent text(String text) {
    return new HttpContent(HttpResponse.TEXT, text.getBytes(UTF_8));
  }

  /** A copy of bytes, of this content type. */
  public static HttpContent of(String type, byte[] bytes) {
    return new HttpContent(type, bytes.clone());
  }

  /** Its content type. */
  public String type() {
    return type;
  }

  /** How many bytes it has. */
  public int sizeBytes() {
    return bytes.length;
  }

  /** What it says, to be read. */
  ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes);
  }

  byte[] bytes() {
    return bytes;
  }

  byte[] lines() {
    return lines;
  }

  @Override
  public String toString() {
    return type + ", " + bytes.length + " bytes";
  }
}
