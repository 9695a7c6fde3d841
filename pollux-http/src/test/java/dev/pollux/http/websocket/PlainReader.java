package dev.pollux.http.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * What frames come to, by the plainest code: all bytes at once, one after the other as RFC 6455,
 * 5.2 has them, with the decoder and the inflater of the platform.
 */
final class PlainReader {

  /** What both readers are told. */
  record Rules(
      boolean masked, int maxMessageBytes, int maxFrames, boolean inflates, boolean keepsContext) {}

  /**
   * What came.
   *
   * @param events messages and control frames, in order, in hexadecimal
   * @param failure the code of what was refused; 0 if nothing was
   */
  record Outcome(List<String> events, int failure) {}

  /** What was wrong. */
  private static final class Refusal extends Exception {
    private static final long serialVersionUID = 1;
    final int code;

    Refusal(int code) {
      super(Integer.toString(code), null, false, false);
      this.code = code;
    }
  }

  private static final String[] COMPLETIONS = {"", "80", "8080", "808080", "bf", "bfbf", "bfbfbf"};

  private final ByteBuffer in;
  private final Rules rules;
  private final List<String> events = new ArrayList<>();
  private Inflater inflater = new Inflater(true);
  private ByteArrayOutputStream message = new ByteArrayOutputStream();
  private int kind; // of the message: TEXT or BINARY; 0 between two
  private boolean isCompressed;
  private int frames;
  private long compressedBytes;

  private PlainReader(byte[] in, Rules rules) {
    this.in = ByteBuffer.wrap(in);
    this.rules = rules;
  }

  static Outcome read(byte[] in, Rules rules) {
    PlainReader reader = new PlainReader(in, rules);
    try {
      while (reader.readFrame()) {}
      return new Outcome(reader.events, 0);
    } catch (Refusal e) {
      return new Outcome(reader.events, e.code);
    } finally {
      reader.inflater.end();
    }
  }

  private static void require(boolean isRight, int code) throws Refusal {
    if (!isRight) {
      throw new Refusal(code);
    }
  }

  /** False if it is not whole. */
  private boolean readFrame() throws Refusal {
    if (in.remaining() < 2) {
      return false;
    }
    int first = in.get() & 0xff;
    int second = in.get() & 0xff;
    boolean fin = first >= 128;
    int reserved = first / 16 % 8;
    int opcode = first % 16;
    checkHead(fin, reserved, opcode, second);
    int length = second % 128;
    int sizeBytes = length == 127 ? 8 : length == 126 ? 2 : 0;
    if (in.remaining() < sizeBytes + (rules.masked ? 4 : 0)) {
      return false;
    }
    byte[] size = new byte[sizeBytes];
    in.get(size);
    BigInteger whole = sizeBytes > 0 ? new BigInteger(1, size) : BigInteger.valueOf(length);
    require(sizeBytes == 0 || whole.compareTo(BigInteger.valueOf(125)) > 0, 1002);
    require(sizeBytes < 8 || whole.compareTo(BigInteger.valueOf(65_535)) > 0, 1002);
    require(whole.bitLength() < 64, 1002);
    boolean isData = opcode < 8;
    boolean deflated = opcode == 0 ? isCompressed : reserved == 4;
    if (isData && !deflated) {
      int room = rules.maxMessageBytes - message.size();
      require(whole.compareTo(BigInteger.valueOf(room)) <= 0, 1009);
    }
    byte[] mask = new byte[4];
    if (rules.masked) {
      in.get(mask);
    }
    if (isData) {
      frames++;
      require(frames <= rules.maxFrames, 1008);
    }
    boolean isThere = whole.compareTo(BigInteger.valueOf(in.remaining())) <= 0;
    if (!isThere && !isData) {
      return false;
    }
    byte[] payload = new byte[isThere ? whole.intValueExact() : in.remaining()];
    in.get(payload);
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= mask[i % 4];
    }
    if (isData) {
      kind = opcode == 0 ? kind : opcode;
      isCompressed = deflated;
      takeData(payload, isThere && fin);
    } else {
      takeControl(opcode, payload);
    }
    return isThere;
  }

  private void checkHead(boolean fin, int reserved, int opcode, int second) throws Refusal {
    boolean isControl = opcode >= 8;
    boolean begins = opcode == 1 || opcode == 2;
    require(reserved == 0 || (reserved == 4 && rules.inflates && begins), 1002);
    require(opcode <= 2 || (opcode >= 8 && opcode <= 10), 1002);
    require(second >= 128 == rules.masked, 1002);
    require(!isControl || fin, 1002);
    require(!isControl || second % 128 <= 125, 1002);
    require(isControl || begins == (kind == 0), 1002);
  }

  private void takeControl(int opcode, byte[] payload) {
    String what = opcode == 8 ? "close " + close(payload) + " " : opcode == 9 ? "ping " : "pong ";
    events.add(what + HexFormat.of().formatHex(payload));
  }

  /** What is to be made of a Close: its code, or that it is none. */
  static int close(byte[] payload) {
    if (payload.length == 0) {
      return 1005;
    }
    int code = payload.length == 1 ? 0 : (payload[0] & 0xff) * 256 + (payload[1] & 0xff);
    boolean isOfProtocol = code >= 1000 && code <= 1014 && code != 1004;
    boolean isNeverSent = code == 1005 || code == 1006;
    if (!(isOfProtocol && !isNeverSent) && !(code >= 3000 && code <= 4999)) {
      return 1002;
    }
    return isText(Arrays.copyOfRange(payload, 2, payload.length)) ? code : 1007;
  }

  private void takeData(byte[] payload, boolean isLast) throws Refusal {
    if (isCompressed) {
      compressedBytes += payload.length;
      require(
          compressedBytes <= rules.maxMessageBytes + (rules.maxMessageBytes >> 3) + 1024L, 1009);
      inflate(payload);
      if (isLast) {
        inflate(new byte[] {0, 0, -1, -1});
      }
    } else {
      message.writeBytes(payload);
    }
    byte[] all = message.toByteArray();
    boolean isText = kind == 1;
    require(!isText || (isLast ? isText(all) : beginsText(all)), 1007);
    if (isLast) {
      events.add((isText ? "text " : "binary ") + HexFormat.of().formatHex(all));
      message = new ByteArrayOutputStream();
      kind = 0;
      frames = 0;
      compressedBytes = 0;
      if (isCompressed && !rules.keepsContext) {
        inflater.end();
        inflater = new Inflater(true);
      }
    }
  }

  private void inflate(byte[] payload) throws Refusal {
    inflater.setInput(payload);
    byte[] one = new byte[1];
    try {
      while (true) {
        int count = inflater.inflate(one);
        message.write(one, 0, count);
        require(message.size() <= rules.maxMessageBytes, 1009);
        if (inflater.finished()) {
          int left = inflater.getRemaining();
          inflater.end();
          inflater = new Inflater(true);
          inflater.setInput(payload, payload.length - left, left);
        } else if (count == 0) {
          return;
        }
      }
    } catch (DataFormatException e) {
      throw new Refusal(1007);
    }
  }

  private static boolean isText(byte[] bytes) {
    try {
      var _ = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /** Whether there is something that would make it a text. */
  private static boolean beginsText(byte[] bytes) {
    for (String completion : COMPLETIONS) {
      byte[] more = HexFormat.of().parseHex(completion);
      byte[] all = Arrays.copyOf(bytes, bytes.length + more.length);
      System.arraycopy(more, 0, all, bytes.length, more.length);
      if (isText(all)) {
        return true;
      }
    }
    return false;
  }
}
