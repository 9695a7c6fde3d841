package dev.pollux.http.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Connection;
import dev.pollux.net.WriteResult;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A connection on which messages go both ways.
 *
 * <p>{@link #send} never blocks and says how it stands, as {@link Connection#write(ByteBuffer)}:
 * REFUSED, nothing of the message was taken; FULL, go on at {@link WebSocketHandler#writable}.
 * While a server's has not sent what it has, little or nothing is read, so that a client that does
 * not read its answers has to wait; after each time that it was drained, what has come is read
 * once. A client's reads on, whatever waits there: else both ends might wait for each other. Pings
 * are answered, and silent peers pinged, without the program.
 *
 * <p>Its ends: {@link #close}, which says Close and waits for the peer's; {@link #reset}; those of
 * the peer. {@link WebSocketHandler#closed} is called once, last, whatever happens.
 *
 * <p>Threads: the loop's; elsewhere {@link #execute}. {@link #loop} and {@link #subprotocol} are
 * for any.
 */
public final class WebSocket {

  private final Conversation conversation;
  private final Connection connection;
  private @Nullable Object attachment;

  WebSocket(Conversation conversation, Connection connection) {
    this.conversation = conversation;
    this.connection = connection;
  }

  /** Sends a text. */
  public WriteResult send(String text) {
    return conversation.send(true, ByteBuffer.wrap(text.getBytes(UTF_8)));
  }

  /**
   * Sends what remains of the buffer, which is copied or sent at once. It is read to its end; only
   * if the answer is REFUSED, its position is as it was.
   */
  public WriteResult send(ByteBuffer data) {
    return conversation.send(false, data);
  }

  /**
   * Sends what remains of the buffer, as {@link #send(ByteBuffer)}.
   *
   * @param isText whether it is a text: then it must be UTF-8, which is not looked at
   */
  public WriteResult send(boolean isText, ByteBuffer data) {
    return conversation.send(isText, data);
  }

  /** Sends a message that others are sent, too, without a copy of it. */
  public WriteResult send(WebSocketMessage message) {
    return conversation.send(message);
  }

  /**
   * Sends a part of a message, in a frame of its own, not compressed. Until the last part no other
   * message is sent.
   *
   * @param isText whether the message is a text, which may be cut anywhere; as of the first part
   * @throws IllegalStateException if it is a member of a group, whose messages would come between
   */
  public WriteResult sendPart(boolean isText, ByteBuffer data, boolean isLast) {
    return conversation.sendPart(isText, data, isLast);
  }

  /**
   * Pings the peer, which answers with the same bytes: {@link WebSocketHandler#pong}.
   *
   * @param data at most 125 bytes
   */
  public WriteResult ping(ByteBuffer data) {
    if (data.remaining() > Opcode.MAX_SHORT) {
      throw new IllegalArgumentException(
          "data: a ping has at most 125 bytes, and not " + data.remaining());
    }
    return conversation.sendControl(Opcode.PING, data);
  }

  /** Ends it, having done what it was for. */
  public void close() {
    close(CloseCodes.NORMAL, "");
  }

  /**
   * Ends it in order: what was sent is followed by a Close, and nothing more; the connection ends
   * when the peer has said Close, too. Messages that come until then are dropped. Nothing if it is
   * being closed.
   *
   * @param code as {@link CloseCodes#mayBeSent}
   * @param reason at most 123 bytes of UTF-8
   */
  public void close(int code, String reason) {
    byte[] words = reason.getBytes(UTF_8);
    if (words.length > Opcode.MAX_SHORT - Short.BYTES) {
      throw new IllegalArgumentException(
          "reason: a Close has at most 123 bytes of it, and not " + words.length);
    }
    conversation.close(CloseCodes.require(code), reason);
  }

  /** Ends it at once; what was not sent is lost. */
  public void reset() {
    connection.reset();
  }

  /** Whether messages may be sent: nobody has said Close. */
  public boolean isOpen() {
    return conversation.isOpen();
  }

  /** Whether more may be sent now. */
  public boolean isWritable() {
    return isOpen() && connection.isWritable();
  }

  /** Takes no more messages until {@link #resumeReading}; the peer has to wait in the end. */
  public void pauseReading() {
    conversation.pause(true);
  }

  /** Takes messages again. */
  public void resumeReading() {
    conversation.pause(false);
  }

  /** The subprotocol that was agreed on; null if none. Any thread. */
  public @Nullable String subprotocol() {
    return conversation.subprotocol();
  }

  /** What the program keeps with it, or null. */
  public @Nullable Object attachment() {
    return attachment;
  }

  /** Keeps something with it. */
  public void attach(@Nullable Object newAttachment) {
    connection.loop().requireInLoop("WebSocket.attach");
    attachment = newAttachment;
  }

  /** The connection beneath: for its addresses, and not to be written to. */
  public Connection connection() {
    return connection;
  }

  /** Its loop. Any thread. */
  public EventLoop loop() {
    return connection.loop();
  }

  /** Runs this on the loop, soon. Any thread. */
  public void execute(Runnable task) {
    connection.loop().execute(task);
  }

  Conversation conversation() {
    return conversation;
  }

  @Override
  public String toString() {
    return "WebSocket on " + connection;
  }
}
