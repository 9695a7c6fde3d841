package dev.pollux.http.websocket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.StringJoiner;

/** Frames as a client writes them and reads them, made another way than those of the library. */
final class Frames {

  static final int FIN = 0x80;
  static final int RSV1 = 0x40;
  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  private static final byte[] MASK = {(byte) 0xa1, 0x5b, 0x07, (byte) 0xfe};
  private static final int SHOWN = 40;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  static Frames frames() {
    return new Frames();
  }

  Frames text(String text) {
    return frame(FIN | TEXT, text.getBytes(UTF_8));
  }

  Frames binary(int length) {
    byte[] data = new byte[length];
    Arrays.fill(data, (byte) '*');
    return frame(FIN | BINARY, data);
  }

  Frames textOf(int length) {
    return text("*".repeat(length));
  }

  Frames ping(String data) {
    return frame(FIN | PING, data.getBytes(ISO_8859_1));
  }

  Frames pong(String data) {
    return frame(FIN | PONG, data.getBytes(ISO_8859_1));
  }

  /** A Close with a code; 0 is none. */
  Frames close(int code, String reason) {
    byte[] words = reason.getBytes(UTF_8);
    ByteBuffer payload = ByteBuffer.allocate(2 + words.length);
    if (code != 0) {
      payload.putShort((short) code);
    }
    return frame(FIN | CLOSE, Arrays.copyOf(payload.put(words).array(), payload.position()));
  }

  Frames frame(int first, String latin) {
    return frame(first, latin.getBytes(ISO_8859_1));
  }

  /** A frame that is masked. */
  Frames frame(int first, byte[] payload) {
    bytes.write(first);
    writeLength(0x80, payload.length);
    bytes.writeBytes(MASK);
    for (int i = 0; i < payload.length; i++) {
      bytes.write(payload[i] ^ MASK[i % 4]);
    }
    return this;
  }

  /** A frame that is not. */
  Frames unmasked(int first, byte[] payload) {
    bytes.write(first);
    writeLength(0, payload.length);
    bytes.writeBytes(payload);
    return this;
  }

  Frames raw(int... octets) {
    for (int octet : octets) {
      bytes.write(octet);
    }
    return this;
  }

  private void writeLength(int bit, int length) {
    if (length < 126) {
      bytes.write(bit | length);
    } else if (length < 65_536) {
      raw(bit | 126, length >> 8, length);
    } else {
      raw(bit | 127, 0, 0, 0, 0, length >> 24, length >> 16, length >> 8, length);
    }
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  /**
   * What a server sent, in words: {@code text(hello) ping() close(1000)}; long payloads by their
   * number of bytes.
   */
  static String show(byte[] sent) {
    ByteBuffer in = ByteBuffer.wrap(sent);
    StringJoiner words = new StringJoiner(" ");
    while (in.hasRemaining()) {
      int first = in.get() & 0xff;
      int length = in.get() & 0xff;
      if (length > 127) {
        return words.add("MASKED").toString();
      }
      long size = length == 126 ? in.getShort() & 0xffff : length == 127 ? in.getLong() : length;
      byte[] payload = new byte[Math.toIntExact(size)];
      in.get(payload);
      words.add(show(first, payload));
    }
    return words.toString();
  }

  private static String show(int first, byte[] payload) {
    String name =
        switch (first & 0xf) {
          case CONTINUATION -> "more";
          case TEXT -> "text";
          case BINARY -> "binary";
          case CLOSE -> "close";
          case PING -> "ping";
          case PONG -> "pong";
          default -> "UNKNOWN";
        };
    String bits = ((first & FIN) == 0 ? "-" : "") + ((first & RSV1) == 0 ? "" : "z");
    if ((first & 0xf) == CLOSE) {
      return name + (payload.length == 0 ? "()" : "(" + code(payload) + ")") + bits;
    }
    boolean isShort = payload.length <= SHOWN;
    boolean isLatin = (first & 0xf) != TEXT;
    String shown =
        isShort ? new String(payload, isLatin ? ISO_8859_1 : UTF_8) : payload.length + " bytes";
    return name + "(" + shown + ")" + bits;
  }

  private static int code(byte[] payload) {
    return (payload[0] & 0xff) << 8 | (payload[1] & 0xff);
  }
}
