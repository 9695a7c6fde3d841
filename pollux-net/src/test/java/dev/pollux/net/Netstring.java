package dev.pollux.net;

import java.nio.ByteBuffer;

/** A framing that somebody else might write: {@code 5:hello,} with one digit. */
final class Netstring extends FrameDecoder {

  static final FrameEncoder ENCODER =
      new FrameEncoder() {
        @Override
        public int headBytes(int payloadBytes) {
          return 2;
        }

        @Override
        public void putHead(ByteBuffer target, int payloadBytes) {
          var _ = target.put((byte) ('0' + payloadBytes)).put((byte) ':');
        }

        @Override
        public int tailBytes() {
          return 1;
        }

        @Override
        public void putTail(ByteBuffer target) {
          var _ = target.put((byte) ',');
        }

        @Override
        public void check(ByteBuffer payload) {
          if (payload.remaining() > 9) {
            throw new IllegalArgumentException("more than 9 bytes");
          }
        }
      };

  @Override
  protected boolean find(ByteBuffer data) {
    int first = data.position();
    int size = data.get(first) - '0';
    if (size < 0 || size > 9 || (data.remaining() > 1 && data.get(first + 1) != ':')) {
      return malformed("no digit and colon");
    }
    int end = first + 2 + size;
    if (end >= data.limit()) {
      return false;
    }
    return data.get(end) == ',' ? found(first + 2, end, end + 1) : malformed("no comma");
  }
}
