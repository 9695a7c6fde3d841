package dev.pollux.guide;

import dev.pollux.net.FrameDecoder;
import dev.pollux.net.Framing;
import java.nio.ByteBuffer;

// begin varint
/** Packets as MQTT has them: a type, and a length of one to four bytes, seven bits in each. */
final class Varint extends FrameDecoder {

  static final Framing PACKETS = Framing.of(1 << 20, Varint::new);

  @Override
  protected boolean find(ByteBuffer data) {
    int first = data.position();
    int length = 0;
    for (int i = 1; i <= 4; i++) {
      if (i >= data.remaining()) {
        return false; // come again with more
      }
      byte part = data.get(first + i);
      length |= (part & 0x7F) << (7 * (i - 1));
      if (part >= 0) {
        int end = first + i + 1 + length;
        return end <= data.limit() && found(first, end, end);
      }
    }
    return malformed("a length of more than four bytes");
  }
}

// end varint
