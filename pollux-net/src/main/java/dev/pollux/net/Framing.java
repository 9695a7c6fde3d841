package dev.pollux.net;

import dev.pollux.loop.LoopLocal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Supplier;

/**
 * How a stream of bytes is cut into frames: by a delimiter, by lengths in front, all of one size,
 * by a decoder of one's own, or not at all.
 *
 * <pre>{@code
 * Framing lines = Framing.lines(1024);
 * HandlerFactory echo = _ -> lines.handler((connection, line) -> lines.write(connection, line));
 * Server server = Server.open(loop, options, echo);
 * }</pre>
 *
 * <p>A frame is its payload and what frames it. A payload may be empty, but for {@link #fixed} and
 * {@link #unframed}. A frame may be larger than what one read takes, {@link
 * ConnectionOptions#readBytes}, and its parts wait in memory of the connection's, at most about
 * four times as much as has arrived.
 *
 * <p>A peer that breaks a limit is cut off as soon as that is certain: it is not waited for the end
 * of a frame that is too long. See {@link FrameHandler#malformed} and {@link
 * FrameHandler#truncated}.
 *
 * <p>Threads: a framing has no state, and is shared by as many connections as one likes; {@link
 * #write} is called on the loop of the connection. Complexity: each byte is looked at once, however
 * small the pieces in which it comes.
 */
public abstract sealed class Framing
    permits CustomFraming,
        DelimiterFraming,
        FixedFraming,
        LengthFraming,
        LineFraming,
        NestedFraming,
        UnframedFraming {

  private static final int TOGETHER_BYTES = 1 << 12; // 4 KiB
  private static final LoopLocal<ByteBuffer> SCRATCH =
      new LoopLocal<>(_ -> ByteBuffer.allocateDirect(TOGETHER_BYTES));

  Framing() {}

  /**
   * Lines of at most so many bytes, which end in LF or CR LF; written with LF.
   *
   * <p>One CR before the LF belongs to the end, others to the line: {@code "x\r\r\n"} is the line
   * {@code "x\r"}. A line that itself ends in CR is written with CR LF, so that it arrives as it
   * is.
   *
   * @param maxBytes without the end of the line
   */
  public static Framing lines(int maxBytes) {
    return new LineFraming(maxBytes, false);
  }

  /** As {@link #lines}, written with CR LF. */
  public static Framing crlfLines(int maxBytes) {
    return new LineFraming(maxBytes, true);
  }

  /**
   * Frames that end in a delimiter, the first there is.
   *
   * @param delimiter 1 to 1024 bytes, which are copied
   * @param maxBytes how long a payload may be
   */
  public static Framing delimiter(byte[] delimiter, int maxBytes) {
    return new DelimiterFraming(maxBytes, delimiter);
  }

  /**
   * Frames that end in one of several delimiters, the one that ends first; of those that end there,
   * the longest. Written with the first that is named.
   *
   * @param delimiters each of 1 to 1024 bytes, and all together; copied
   * @param maxBytes how long a payload may be
   */
  public static Framing delimiters(int maxBytes, byte[]... delimiters) {
    return new DelimiterFraming(maxBytes, delimiters);
  }

  /**
   * Frames of one's own, whose payloads are written as they are: with what makes them frames.
   *
   * @param maxFrameBytes how long a frame may be, with what frames it: a stream whose next frame is
   *     longer, or not whole by then, is {@linkplain FrameHandler#malformed malformed}
   * @param decoders gives each connection a decoder
   */
  public static Framing of(int maxFrameBytes, Supplier<? extends FrameDecoder> decoders) {
    return new CustomFraming(maxFrameBytes, decoders);
  }

  /** Frames of one's own, with an encoder that makes frames of payloads. */
  public static Framing of(
      int maxFrameBytes, Supplier<? extends FrameDecoder> decoders, FrameEncoder encoder) {
    return new CustomFraming(maxFrameBytes, decoders, encoder);
  }

  /** Frames with the length of the payload in front, in network byte order, the big end first. */
  public static Framing lengthPrefix(int prefixBytes, int maxBytes) {
    return lengthPrefix(prefixBytes, ByteOrder.BIG_ENDIAN, false, maxBytes);
  }

  /**
   * Frames with a length in front, which is unsigned.
   *
   * @param prefixBytes 1, 2, 4 or 8
   * @param countsItself whether the length includes the prefix
   * @param maxBytes how long a payload may be, which the prefix must be able to say
   */
  public static Framing lengthPrefix(
      int prefixBytes, ByteOrder order, boolean countsItself, int maxBytes) {
    return new LengthFraming(prefixBytes, order, countsItself, maxBytes);
  }

  /** Frames of one size, with nothing around them. */
  public static Framing fixed(int sizeBytes) {
    return new FixedFraming(sizeBytes);
  }

  /**
   * No frames: whatever has arrived, at most so many bytes at a time, is a payload, which is not
   * empty. So a payload means nothing but its bytes, and a stream never ends within one.
   *
   * <p>{@link #write} sends a payload as it is, of any size; an empty one is nothing.
   */
  public static Framing unframed(int maxBytes) {
    return new UnframedFraming(maxBytes);
  }

  /**
   * Frames within the frames of this framing: each payload of this one is any number of whole
   * frames of the inner one, whose payloads the handler is given. {@link #write} puts one inner
   * frame into one of this.
   *
   * <p>Who {@linkplain Connection#setHandler hands over} within a frame of this leaves the next
   * handler in its middle, without its head. {@link Workers}, which read ahead, end the connection
   * then, with {@link CloseReason#CUT_OFF}.
   *
   * @throws IllegalArgumentException if the largest inner frame does not fit, or this is {@link
   *     #unframed}, which may cut an inner frame anywhere
   */
  public final Framing containing(Framing inner) {
    return new NestedFraming(this, inner);
  }

  /** How long a payload may be. */
  public abstract int maxPayloadBytes();

  /** How long a frame may be, with what frames it. */
  public abstract int maxFrameBytes();

  /** Who cuts a connection's stream into frames for this handler; one for each connection. */
  public final ConnectionHandler handler(FrameHandler handler) {
    return new FrameReader(this, handler);
  }

  /**
   * Sends a frame with this payload, as a whole or not at all. Allocates nothing, unless framings
   * are nested, or the payload is long.
   *
   * @return as of {@link Connection#write}: the payload is read to its end unless this is REFUSED
   * @throws IllegalArgumentException if the payload is too long, or contains the delimiter, so that
   *     no reader would get it as it is; nothing is sent then
   */
  @CheckReturnValue
  public WriteResult write(Connection connection, ByteBuffer payload) {
    check(payload);
    connection.loop().requireInLoop("Framing.write");
    if (connection.isClosed()) {
      return connection.write(payload); // its loop may be closed as well, and have no scratch
    }
    int position = payload.position(); // once, and the limit
    int size = payload.limit() - position;
    ByteBuffer scratch = LoopNet.fresh(SCRATCH.of(connection.loop()));
    putHead(scratch, size);
    if (headBytes(size) + size + tailBytes() <= TOGETHER_BYTES) {
      var _ = scratch.put(payload);
      putTail(scratch);
      WriteResult result = connection.write(scratch.flip());
      if (result == WriteResult.REFUSED) {
        var _ = payload.position(position);
      }
      return result;
    }
    int headBytes = scratch.position();
    putTail(scratch);
    ByteBuffer tail = scratch.flip().slice(headBytes, scratch.limit() - headBytes);
    return connection.link().sender.write(scratch.limit(headBytes), payload, tail);
  }

  /**
   * A frame with this payload, which is read to its end, as a new buffer. Any thread.
   *
   * @throws IllegalArgumentException as {@link #write}
   */
  public ByteBuffer encode(ByteBuffer payload) {
    check(payload);
    int size = payload.remaining();
    ByteBuffer frame = ByteBuffer.allocate(headBytes(size) + size + tailBytes());
    putHead(frame, size);
    var _ = frame.put(payload);
    putTail(frame);
    return frame.flip();
  }

  /** Finds frames; for one connection. */
  abstract FrameDecoder decoder();

  /** A decoder that keeps to {@link #maxFrameBytes}. */
  final FrameDecoder limitedDecoder() {
    return decoder().limitedTo(maxFrameBytes());
  }

  /** Throws unless what is between position and limit can be a payload; moves neither. */
  abstract void check(ByteBuffer payload);

  /** How many bytes stand before a payload of this size. */
  abstract int headBytes(int payloadBytes);

  /** How many bytes stand behind it. */
  abstract int tailBytes();

  abstract void putHead(ByteBuffer target, int payloadBytes);

  abstract void putTail(ByteBuffer target);

  /** Checks the limit of a framing with so many bytes around a payload. */
  static int checkedLimit(int maxBytes, int overheadBytes) {
    int most = ConnectionOptions.MAX_UNREAD_BYTES - overheadBytes;
    if (maxBytes < 0 || maxBytes > most) {
      throw new IllegalArgumentException("maxBytes: " + maxBytes + " is not in 0 to " + most);
    }
    return maxBytes;
  }

  final void checkSize(ByteBuffer payload) {
    if (payload.remaining() > maxPayloadBytes()) {
      throw new IllegalArgumentException(
          "a payload of " + payload.remaining() + " bytes is too long for " + this);
    }
  }
}
