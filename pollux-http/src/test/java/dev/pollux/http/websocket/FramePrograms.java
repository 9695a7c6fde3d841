package dev.pollux.http.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;

/** Streams of frames by chance: most of them right but for one thing. */
final class FramePrograms {

  private static final int[] OPCODES = {0, 1, 2, 8, 9, 10};
  private static final int[] CODES = {1000, 1001, 1005, 1011, 1015, 3000, 4999, 5000, 0};
  private static final String[] WORDS = {"a", "é", "€", "\uD83D\uDE00", "same words ", "\0"};
  private static final byte[][] BROKEN = {
    {(byte) 0x80}, {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, {(byte) 0xf4, (byte) 0x90}, {-1}
  };

  private final Random random;
  private final PlainReader.Rules rules;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Deflater deflater;

  private FramePrograms(Random random, PlainReader.Rules rules) {
    this.random = random;
    this.rules = rules;
    this.deflater = new Deflater(random.nextInt(10), true);
  }

  static PlainReader.Rules rules(Random random) {
    boolean inflates = random.nextInt(3) > 0;
    return new PlainReader.Rules(
        random.nextInt(8) > 0,
        random.nextInt(3) > 0 ? 1 << 20 : 1 + random.nextInt(400),
        random.nextInt(3) > 0 ? 1024 : 1 + random.nextInt(4),
        inflates,
        inflates && random.nextBoolean());
  }

  static byte[] program(Random random, PlainReader.Rules rules) {
    FramePrograms program = new FramePrograms(random, rules);
    try {
      for (int i = random.nextInt(6); i >= 0; i--) {
        program.message();
      }
      byte[] bytes = program.out.toByteArray();
      for (int i = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 0; i > 0; i--) {
        bytes = mutated(bytes, random);
      }
      return bytes;
    } finally {
      program.deflater.end();
    }
  }

  private static byte[] mutated(byte[] bytes, Random random) {
    if (bytes.length == 0 || random.nextInt(20) == 0) {
      byte[] garbage = new byte[random.nextInt(40)];
      random.nextBytes(garbage);
      return garbage;
    }
    int at = random.nextInt(bytes.length);
    byte[] changed = bytes.clone();
    switch (random.nextInt(4)) {
      case 0 -> changed[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> changed[at] = (byte) random.nextInt(256);
      case 2 -> changed = Arrays.copyOf(bytes, at);
      default -> {
        int to = Math.min(bytes.length, at + 1 + random.nextInt(4));
        System.arraycopy(bytes, to, changed, at, bytes.length - to);
        changed = Arrays.copyOf(changed, bytes.length - (to - at));
      }
    }
    return changed;
  }

  private void message() {
    boolean isText = random.nextBoolean();
    byte[] content = isText ? text() : bytes();
    boolean isCompressed = rules.inflates() && random.nextInt(3) > 0;
    byte[] payload = isCompressed ? deflated(content) : content;
    int first = (isText ? 1 : 2) | (isCompressed ? 0x40 : 0);
    int parts = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 1;
    int from = 0;
    for (int i = 1; i <= parts; i++) {
      int to = i == parts ? payload.length : from + random.nextInt(payload.length - from + 1);
      frame(first | (i == parts ? 0x80 : 0), Arrays.copyOfRange(payload, from, to));
      first = 0;
      from = to;
      if (random.nextInt(6) == 0) {
        control();
      }
    }
  }

  private void control() {
    int opcode = OPCODES[random.nextInt(OPCODES.length)];
    byte[] payload = random.nextInt(4) == 0 ? bytes() : new byte[random.nextInt(126)];
    if (opcode == 8 && payload.length > 1 && random.nextInt(4) > 0) {
      ByteBuffer.wrap(payload).putShort((short) CODES[random.nextInt(CODES.length)]);
    }
    frame(0x80 | opcode, payload);
  }

  private byte[] text() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int i = random.nextInt(random.nextInt(4) == 0 ? 200 : 10); i > 0; i--) {
      text.writeBytes(WORDS[random.nextInt(WORDS.length)].getBytes(UTF_8));
    }
    if (random.nextInt(10) == 0) {
      text.writeBytes(BROKEN[random.nextInt(BROKEN.length)]);
      text.writeBytes("behind".getBytes(UTF_8));
    }
    return text.toByteArray();
  }

  private byte[] bytes() {
    int length =
        switch (random.nextInt(40)) {
          case 0 -> 65_530 + random.nextInt(12);
          case 1, 2, 3 -> random.nextInt(3_000);
          case 4, 5 -> 120 + random.nextInt(12);
          default -> random.nextInt(40);
        };
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    if (random.nextBoolean()) {
      Arrays.fill(bytes, 0, length / 2, (byte) 'z');
    }
    return bytes;
  }

  private byte[] deflated(byte[] content) {
    int wrong = random.nextInt(24);
    if (wrong == 0) {
      return content; // which is not deflate, mostly
    } else if (wrong == 1) {
      return new byte[random.nextInt(3_000)]; // blocks of nothing, in the end not whole
    }
    byte[] all = new byte[content.length + 1000];
    deflater.setInput(content);
    boolean ends = random.nextInt(8) == 0;
    if (ends) {
      deflater.finish();
    }
    int count = deflater.deflate(all, 0, all.length, Deflater.SYNC_FLUSH);
    if (ends || !rules.keepsContext()) {
      deflater.reset();
    }
    return ends ? Arrays.copyOf(all, count + 1) : Arrays.copyOf(all, Math.max(0, count - 4));
  }

  private void frame(int first, byte[] payload) {
    out.write(first);
    int masked = rules.masked() ? 0x80 : 0;
    if (payload.length < 126) {
      out.write(masked | payload.length);
    } else if (payload.length < 65_536) {
      out.write(masked | 126);
      out.writeBytes(ByteBuffer.allocate(2).putShort((short) payload.length).array());
    } else {
      out.write(masked | 127);
      out.writeBytes(ByteBuffer.allocate(8).putLong(payload.length).array());
    }
    byte[] mask = new byte[4];
    if (rules.masked()) {
      random.nextBytes(mask);
      out.writeBytes(mask);
    }
    for (int i = 0; i < payload.length; i++) {
      out.write(payload[i] ^ mask[i % 4]);
    }
  }
}
