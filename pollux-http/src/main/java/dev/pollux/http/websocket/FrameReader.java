package dev.pollux.http.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages out of frames: checks each head before its payload, unmasks bytes where they lie,
 * and keeps what has come of a message that is not whole.
 *
 * <p>Any split of the same bytes comes to the same; but where something compressed is wrong in two
 * ways, it says which is found first. A message that lies whole in one frame is given as it lies
 * there; of all others there is one copy. A head that is not whole, and a control frame, are left
 * where they are.
 *
 * <p>Ownership: close frees the memory of zlib. Threads: the loop's. Source: RFC 6455, 5; RFC 7692,
 * 6.
 */
final class FrameReader implements AutoCloseable {

  /** Who is told what came. */
  interface Sink {

    /** A message is whole. */
    void message(boolean isText, ByteBuffer data);

    /** A control frame is whole: of this opcode. */
    void control(int opcode, ByteBuffer data);
  }

  private enum State {
    HEAD,
    DATA,
    CONTROL
  }

  private static final int FIRST_BYTES = 2;

  private final boolean expectsMasks;
  private final int maxMessageBytes;
  private final int maxFrames;
  private final @Nullable MessageInflater inflater;
  private final Sink sink;
  private final MessageBuffer message = new MessageBuffer();
  private final Utf8Check utf8 = new Utf8Check();
  private State state = State.HEAD;
  private int opcode; // of the frame
  private boolean isLast; // the frame, of its message
  private long left; // of the payload
  private long taken; // of the payload
  private int mask;
  private int frames; // of the message that is not whole; 0 without one
  private boolean isText; // the message
  private boolean isCompressed;
  private int failure;
  private String problem = "";

  /**
   * A reader.
   *
   * @param expectsMasks whether frames are those of a client, which are masked
   * @param inflater of what is compressed; null if nothing may be
   */
  FrameReader(
      boolean expectsMasks,
      int maxMessageBytes,
      int maxFrames,
      @Nullable MessageInflater inflater,
      Sink sink) {
    this.expectsMasks = expectsMasks;
    this.maxMessageBytes = maxMessageBytes;
    this.maxFrames = maxFrames;
    this.inflater = inflater;
    this.sink = sink;
  }

  /** Goes a step further, and tells the sink of one frame at most; whether there may be another. */
  boolean read(ByteBuffer in) {
    if (failure != 0) {
      return false;
    }
    return switch (state) {
      case HEAD -> readHead(in);
      case DATA -> readData(in);
      case CONTROL -> readControl(in);
    };
  }

  /** Why no more is read: a close code; 0 as long as it is. */
  int failure() {
    return failure;
  }

  /** What was wrong then. */
  String problem() {
    return problem;
  }

  /** How much memory there is for messages that are not whole. */
  int heldBytes() {
    return message.heldBytes();
  }

  // ---- heads

  private boolean readHead(ByteBuffer in) {
    int at = in.position();
    if (in.remaining() < FIRST_BYTES) {
      return false;
    }
    int first = in.get(at) & 0xff;
    int second = in.get(at + 1) & 0xff;
    if (!isHead(first, second)) {
      return false;
    }
    int shortLength = second & ~Opcode.MASKED;
    int more = shortLength <= Opcode.MAX_SHORT ? 0 : shortLength == Opcode.LENGTH_16 ? 2 : 8;
    int size = FIRST_BYTES + more + (expectsMasks ? Integer.BYTES : 0);
    if (in.remaining() < size) {
      return false;
    }
    long length =
        switch (more) {
          case 2 -> in.getShort(at + FIRST_BYTES) & 0xffff;
          case 8 -> in.getLong(at + FIRST_BYTES);
          default -> shortLength;
        };
    if (length < 0 || (more == 2 && length <= Opcode.MAX_SHORT)) {
      return fail(CloseCodes.PROTOCOL_ERROR, "a length is not written as it should be");
    }
    if (more == 8 && length <= Opcode.MAX_16) {
      return fail(CloseCodes.PROTOCOL_ERROR, "a length is not written as it should be");
    }
    if (!Opcode.isControl(opcode) && !isRoomFor(first, length)) {
      return fail(CloseCodes.TOO_BIG, "a message has more than " + maxMessageBytes + " bytes");
    }
    mask = expectsMasks ? in.getInt(at + size - Integer.BYTES) : 0;
    var _ = in.position(at + size);
    left = length;
    taken = 0;
    state = Opcode.isControl(opcode) ? State.CONTROL : State.DATA;
    if (state == State.DATA) {
      beginData(first);
    }
    return failure == 0;
  }

  /** Whether these two may begin a frame. */
  private boolean isHead(int first, int second) {
    opcode = first & 0xf;
    isLast = (first & Opcode.FIN) != 0;
    boolean isFirst = opcode == Opcode.TEXT || opcode == Opcode.BINARY;
    boolean isRsv1 = (first & Opcode.RSV1) != 0;
    if ((first & Opcode.OTHER_RSV) != 0 || (isRsv1 && (inflater == null || !isFirst))) {
      return fail(CloseCodes.PROTOCOL_ERROR, "a reserved bit is set");
    }
    if (!Opcode.isKnown(opcode)) {
      return fail(CloseCodes.PROTOCOL_ERROR, "there is no opcode " + opcode);
    }
    if (((second & Opcode.MASKED) != 0) != expectsMasks) {
      return fail(
          CloseCodes.PROTOCOL_ERROR,
          expectsMasks ? "a client's frame is not masked" : "a server's frame is masked");
    }
    if (Opcode.isControl(opcode)) {
      if (!isLast) {
        return fail(CloseCodes.PROTOCOL_ERROR, "a control frame is not the last of its message");
      }
      if ((second & ~Opcode.MASKED) > Opcode.MAX_SHORT) {
        return fail(CloseCodes.PROTOCOL_ERROR, "a control frame has more than 125 bytes");
      }
    } else if (isFirst && frames > 0) {
      return fail(CloseCodes.PROTOCOL_ERROR, "a message begins within another");
    } else if (!isFirst && frames == 0) {
      return fail(CloseCodes.PROTOCOL_ERROR, "there is no message to go on with");
    }
    return true;
  }

  /** Whether so much more may come; what is compressed is looked at when it is inflated. */
  private boolean isRoomFor(int first, long length) {
    boolean isInflated = frames == 0 ? (first & Opcode.RSV1) != 0 : isCompressed;
    return isInflated || length <= maxMessageBytes - message.sizeBytes();
  }

  private void beginData(int first) {
    if (opcode != Opcode.CONTINUATION) {
      isText = opcode == Opcode.TEXT;
      isCompressed = (first & Opcode.RSV1) != 0;
      utf8.begin();
    }
    if (++frames > maxFrames) {
      var _ = fail(CloseCodes.POLICY_VIOLATION, "a message has more than " + maxFrames + " frames");
    }
  }

  // ---- payloads

  private boolean readControl(ByteBuffer in) {
    int length = (int) left;
    if (in.remaining() < length) {
      return false;
    }
    int from = in.position();
    int to = from + length;
    unmask(in, from, to);
    state = State.HEAD;
    give(in, from, to, true);
    return true;
  }

  private boolean readData(ByteBuffer in) {
    int from = in.position();
    int count = (int) Math.min(left, in.remaining());
    if (count == 0 && left > 0) {
      return false;
    }
    int to = from + count;
    boolean isWhole = isLast && count == left && message.sizeBytes() == 0 && !isCompressed;
    unmask(in, from, to);
    left -= count;
    if (isText && !isCompressed && !utf8.take(in, from, to)) {
      return fail(CloseCodes.INVALID_DATA, "a text is not UTF-8");
    }
    if (isWhole) {
      return endMessage(in, from, to);
    }
    if (!keep(in, from, to)) {
      return false;
    }
    var _ = in.position(to);
    if (left > 0) {
      return false;
    }
    return isLast ? endKept() : beginHead();
  }

  private boolean beginHead() {
    state = State.HEAD;
    return true;
  }

  /** Keeps a part of a message. */
  private boolean keep(ByteBuffer in, int from, int to) {
    MessageInflater known = inflater;
    if (!isCompressed || known == null) {
      message.add(in, from, to);
      return true;
    }
    int before = message.sizeBytes();
    return isTaken(known.take(in, from, to, message), before);
  }

  /** Whether something was inflated as it should be. */
  private boolean isTaken(MessageInflater.Result result, int before) {
    return switch (result) {
      case TOO_BIG ->
          fail(CloseCodes.TOO_BIG, "a message has more than " + maxMessageBytes + " bytes");
      case BROKEN -> fail(CloseCodes.INVALID_DATA, "what is compressed is not deflate");
      case TAKEN -> {
        ByteBuffer all = message.whole();
        yield !isText
            || utf8.take(all, before, all.limit())
            || fail(CloseCodes.INVALID_DATA, "a text is not UTF-8");
      }
    };
  }

  private boolean endKept() {
    MessageInflater known = inflater;
    if (isCompressed && known != null) {
      int before = message.sizeBytes();
      if (!isTaken(known.end(message), before)) {
        return false;
      }
    }
    ByteBuffer all = message.whole();
    boolean isMore = endMessage(all, 0, all.limit());
    message.clear();
    return isMore;
  }

  private boolean endMessage(ByteBuffer in, int from, int to) {
    if (isText && !utf8.isWhole()) {
      return fail(CloseCodes.INVALID_DATA, "a text ends within a character");
    }
    frames = 0;
    state = State.HEAD;
    give(in, from, to, false);
    return true;
  }

  /** Gives what is between the positions, and has moved over it, whatever is done with it. */
  private void give(ByteBuffer in, int from, int to, boolean isControl) {
    int limit = in.limit();
    var _ = in.limit(to).position(from);
    try {
      if (isControl) {
        sink.control(opcode, in);
      } else {
        sink.message(isText, in);
      }
    } finally {
      var _ = in.limit(limit).position(to).order(ByteOrder.BIG_ENDIAN);
    }
  }

  private void unmask(ByteBuffer in, int from, int to) {
    if (mask != 0) {
      Masking.apply(in, from, to, mask, taken);
    }
    taken += to - from;
  }

  private boolean fail(int code, String why) {
    failure = code;
    problem = why;
    return false;
  }

  // ---- what a Close says

  /** The code of a Close; 0 if it is none. */
  static int closeCode(ByteBuffer data) {
    if (!data.hasRemaining()) {
      return CloseCodes.NO_STATUS;
    }
    if (data.remaining() < Short.BYTES) {
      return 0;
    }
    int code = data.getShort(data.position()) & 0xffff;
    return CloseCodes.mayBeSent(code) ? code : 0;
  }

  /** The words of a Close that has a code; null if they are not UTF-8. */
  static @Nullable String closeReason(ByteBuffer data) {
    Utf8Check check = new Utf8Check();
    int from = data.position() + Short.BYTES;
    if (!check.take(data, from, data.limit()) || !check.isWhole()) {
      return null;
    }
    byte[] words = new byte[data.limit() - from];
    var _ = data.get(from, words);
    return new String(words, UTF_8);
  }

  @Override
  public void close() {
    message.release();
    MessageInflater known = inflater;
    if (known != null) {
      known.close();
    }
  }
}
