package dev.pollux.http.websocket;

import java.nio.ByteBuffer;

/** What the first bytes of a frame say. Source: RFC 6455, 5.2. */
final class Opcode {

  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  /** The last frame of its message. */
  static final int FIN = 0x80;

  /** A message that is compressed: RFC 7692, 6. */
  static final int RSV1 = 0x40;

  static final int OTHER_RSV = 0x30;

  /** The payload is masked. */
  static final int MASKED = 0x80;

  /** Lengths up to this stand in the second byte; the two behind mean 2 and 8 bytes more. */
  static final int MAX_SHORT = 125;

  static final int LENGTH_16 = 126;
  static final int LENGTH_64 = 127;
  static final int MAX_16 = 0xffff;

  /** The longest head: two bytes, a length of eight, a mask of four. */
  static final int MAX_HEAD_BYTES = 14;

  private Opcode() {}

  /** Whether it is one of CLOSE, PING, PONG, or of those that are not defined. */
  static boolean isControl(int opcode) {
    return opcode >= CLOSE;
  }

  static boolean isKnown(int opcode) {
    return opcode <= BINARY || (opcode >= CLOSE && opcode <= PONG);
  }

  /** Writes a head, but for the mask. */
  static void putHead(ByteBuffer out, int first, int length, boolean isMasked) {
    int masked = isMasked ? MASKED : 0;
    var _ = out.put((byte) first);
    if (length <= MAX_SHORT) {
      var _ = out.put((byte) (masked | length));
    } else if (length <= MAX_16) {
      var _ = out.put((byte) (masked | LENGTH_16)).putShort((short) length);
    } else {
      var _ = out.put((byte) (masked | LENGTH_64)).putLong(length);
    }
  }
}
