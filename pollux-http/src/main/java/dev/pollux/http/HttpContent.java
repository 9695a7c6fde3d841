package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.http.wire.Tokens;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The content of answers, made once and sent often: nothing is made of it for an answer.
 *
 * <p>Immutable. Threads: any.
 */
public final class HttpContent {

  private static final int MAX_TYPE = 1024;

  private final String type;
  private final int headBytes;

  /** The end of a head, with the fields that describe it, and the content behind that. */
  private final byte[] all;

  private HttpContent(String type, byte[] bytes) {
    this.type = Tokens.requireValue("the type", type);
    if (type.length() > MAX_TYPE) {
      throw new IllegalArgumentException(
          "the type has " + type.length() + " characters, of " + MAX_TYPE + " at most");
    }
    String lines = "Content-Type: " + type + "\r\nContent-Length: " + bytes.length + "\r\n\r\n";
    this.headBytes = lines.length();
    this.all = Arrays.copyOf(lines.getBytes(ISO_8859_1), headBytes + bytes.length);
    System.arraycopy(bytes, 0, all, headBytes, bytes.length);
  }

  /** Text, as {@code text/plain; charset=utf-8}. */
  public static HttpContent text(String text) {
    return new HttpContent(HttpResponse.TEXT, text.getBytes(UTF_8));
  }

  /** A copy of bytes, of this content type. */
  public static HttpContent of(String type, byte[] bytes) {
    return new HttpContent(type, bytes);
  }

  /** Its content type. */
  public String type() {
    return type;
  }

  /** How many bytes it has. */
  public int sizeBytes() {
    return all.length - headBytes;
  }

  /** What it says, to be read. */
  ByteBuffer buffer() {
    return ByteBuffer.wrap(all, headBytes, sizeBytes());
  }

  /** A copy of it. */
  byte[] bytes() {
    return Arrays.copyOfRange(all, headBytes, all.length);
  }

  /** How many bytes of {@link #all} are before the content. */
  int headBytes() {
    return headBytes;
  }

  /** The end of a head and the content; not to be written to. */
  byte[] all() {
    return all;
  }

  @Override
  public String toString() {
    return type + ", " + sizeBytes() + " bytes";
  }
}
