package dev.pollux.sim;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.net.CloseCause;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A client that asks for a WebSocket, sends messages, wants each of them back, in order, and then
 * says Close; it reads by a parser of its own, the plainest there is.
 */
final class WebSocketPeer implements ConnectionHandler {

  private static final String ASK =
      String.join(
          "\r\n",
          "GET /echo HTTP/1.1",
          "Host: server",
          "Connection: Upgrade",
          "Upgrade: websocket",
          "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
          "",
          "");
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final int FIN = 0x80;

  private final List<byte[]> messages;
  private final int ahead; // so many messages without their answers
  private final Random random;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private boolean isOpen;
  private int sent;
  private int pings;
  private int pongs;
  int answered;
  boolean isClosed; // the server has said Close
  boolean isOver;
  @Nullable String wrong;
  @Nullable CloseCause cause;

  WebSocketPeer(List<byte[]> messages, int ahead, Random random) {
    this.messages = messages;
    this.ahead = ahead;
    this.random = random;
  }

  /** Whether all came back, Close was answered, and the connection ended. */
  boolean isDone() {
    return isOver && isClosed && answered == messages.size();
  }

  @Override
  public void opened(Connection connection) {
    var _ = connection.write(ASK);
    if (random.nextBoolean()) {
      send(connection); // without waiting for the answer
    }
  }

  @Override
  public void received(Connection connection, ByteBuffer data) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    received.writeBytes(bytes);
    if (!isOpen) {
      readAnswer();
    }
    while (isOpen && wrong == null && readFrame(connection)) {}
    if (isOpen) {
      send(connection);
    }
  }

  private void readAnswer() {
    String text = received.toString(ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end >= 0) {
      isOpen = true;
      boolean isRight =
          text.startsWith("HTTP/1.1 101 ")
              && text.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");
      wrong = isRight ? wrong : text;
      forget(end + 4);
    }
  }

  private void forget(int count) {
    byte[] all = received.toByteArray();
    received.reset();
    received.write(all, count, all.length - count);
  }

  private boolean readFrame(Connection connection) {
    byte[] all = received.toByteArray();
    ByteBuffer in = ByteBuffer.wrap(all);
    if (all.length < 2 || all.length < 2 + lengthBytes(all[1])) {
      return false;
    }
    int first = in.get() & 0xff;
    int length = in.get();
    long size = length == 126 ? in.getShort() & 0xffff : length == 127 ? in.getLong() : length;
    if (in.remaining() < size) {
      return false;
    }
    byte[] payload = new byte[(int) size];
    in.get(payload);
    forget(in.position());
    frame(connection, first, payload);
    return true;
  }

  private static int lengthBytes(byte length) {
    return length == 126 ? 2 : length == 127 ? 8 : 0;
  }

  private void frame(Connection connection, int first, byte[] payload) {
    if (isClosed) {
      wrong = "something behind a Close: " + first;
      return;
    }
    switch (first) {
      case FIN | TEXT, FIN | BINARY -> message(first, payload);
      case FIN | PING -> write(connection, FIN | PONG, payload);
      case FIN | PONG -> {
        pongs++;
        wrong = pongs > pings ? "a pong nobody asked for" : wrong;
      }
      case FIN | CLOSE -> {
        isClosed = true;
        int code = payload.length < 2 ? 0 : ByteBuffer.wrap(payload).getShort();
        boolean isAll = code == 1000 && answered == messages.size();
        wrong = isAll || code == 1001 ? wrong : "Close says " + code + " behind " + answered;
        if (answered < messages.size()) {
          write(connection, FIN | CLOSE, payload); // the server stops
        }
      }
      default -> wrong = "a frame that begins with " + first;
    }
  }

  private void message(int first, byte[] payload) {
    if (answered == messages.size() || !Arrays.equals(payload, messages.get(answered))) {
      wrong = "message " + answered + " came back as " + payload.length + " bytes";
    } else if (first != (FIN | opcode(answered))) {
      wrong = "message " + answered + " came back as another kind";
    }
    answered++;
  }

  private static int opcode(int message) {
    return message % 2 == 0 ? TEXT : BINARY;
  }

  private void send(Connection connection) {
    while (sent < messages.size() && sent - answered < ahead && !isClosed) {
      byte[] message = messages.get(sent);
      int cut = random.nextInt(message.length + 1);
      if (random.nextBoolean()) {
        write(connection, opcode(sent), Arrays.copyOf(message, cut));
        if (random.nextInt(4) == 0) {
          pings++;
          write(connection, FIN | PING, new byte[random.nextInt(126)]);
        }
        write(connection, FIN, Arrays.copyOfRange(message, cut, message.length));
      } else {
        write(connection, FIN | opcode(sent), message);
      }
      sent++;
      if (sent == messages.size()) {
        write(connection, FIN | CLOSE, new byte[] {0x03, (byte) 0xe8});
      }
    }
  }

  private void write(Connection connection, int first, byte[] payload) {
    ByteBuffer out = ByteBuffer.allocate(14 + payload.length).put((byte) first);
    if (payload.length < 126) {
      out.put((byte) (0x80 | payload.length));
    } else if (payload.length < 65_536) {
      out.put((byte) (0x80 | 126)).putShort((short) payload.length);
    } else {
      out.put((byte) (0x80 | 127)).putLong(payload.length);
    }
    byte[] mask = new byte[4];
    random.nextBytes(mask);
    out.put(mask);
    for (int i = 0; i < payload.length; i++) {
      out.put((byte) (payload[i] ^ mask[i % 4]));
    }
    out.flip();
    ByteBuffer begin = out.slice(0, random.nextInt(out.limit() + 1));
    var _ = connection.write(begin);
    var _ = connection.write(out.position(begin.limit()));
  }

  @Override
  public void closed(Connection connection, CloseCause why) {
    isOver = true;
    cause = why;
  }
}
