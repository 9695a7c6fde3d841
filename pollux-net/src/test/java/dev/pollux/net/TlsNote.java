package dev.pollux.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A handler that notes what it is told and in which order, and does what a test wants. */
final class TlsNote implements ConnectionHandler {

  final List<String> log = new ArrayList<>();
  final List<String> wrong = new ArrayList<>();
  final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  Consumer<Connection> onOpened = _ -> {};
  BiConsumer<Connection, ByteBuffer> onReceived = (_, data) -> take(data, data.remaining());
  Consumer<Connection> onReadClosed = Connection::close;
  Consumer<Connection> onWritable = _ -> {};

  @Nullable Connection connection;
  @Nullable CloseCause cause;
  boolean handshaken;
  boolean finishing;
  int readClosedCount;
  int peerEndedCount;
  boolean byDefault;

  void take(ByteBuffer data, int count) {
    byte[] got = new byte[Math.min(count, data.remaining())];
    data.get(got);
    bytes.writeBytes(got);
  }

  static TlsNote echo() {
    TlsNote note = new TlsNote();
    note.onReceived =
        (connection, data) -> {
          note.take(data.duplicate(), data.remaining());
          WriteResult _ = connection.write(data);
        };
    return note;
  }

  String text() {
    return bytes.toString(ISO_8859_1);
  }

  boolean isClosed() {
    return cause != null;
  }

  Connection connection() {
    if (connection == null) {
      throw new AssertionError("not opened: " + this);
    }
    return connection;
  }

  CloseReason reason() {
    if (cause == null) {
      throw new AssertionError("not closed: " + this);
    }
    return cause.reason();
  }

  String message() {
    return cause == null ? "" : cause.message();
  }

  @Override
  public void opened(Connection opened) {
    require(!handshaken && opened.tlsSession() != null, "opened");
    connection = opened;
    handshaken = true;
    onOpened.accept(opened);
  }

  @Override
  public void received(Connection source, ByteBuffer data) {
    require(handshaken && readClosedCount == 0 && data.hasRemaining(), "received");
    require(!source.isReadingPaused(), "received, paused");
    require(source.isOpen(), "received, closed");
    onReceived.accept(source, data);
  }

  @Override
  public void readComplete(Connection source) {
    require(handshaken, "readComplete");
  }

  @Override
  public void readClosed(Connection source) {
    boolean first = handshaken && readClosedCount == 0;
    require(first && !source.isReadingPaused() && source.isPeerEnded(), "readClosed");
    readClosedCount++;
    onReadClosed.accept(source);
  }

  @Override
  public void writable(Connection source) {
    require(source.isWritable() || !source.link().ending.isTaking(), "writable");
    onWritable.accept(source);
  }

  @Override
  public void peerEnded(Connection source) {
    require(handshaken && readClosedCount == 0, "peerEnded");
    peerEndedCount++;
  }

  @Override
  public void idle(Connection source, Silence silence) {
    require(handshaken, "idle");
    if (byDefault) {
      ConnectionHandler.super.idle(source, silence);
    } else {
      source.reset(CloseCause.of(CloseReason.IDLE, "idle"));
    }
  }

  @Override
  public void finishing(Connection source) {
    require(handshaken && !finishing && source.isOpen(), "finishing");
    finishing = true;
  }

  @Override
  public void closed(Connection source, CloseCause why) {
    require(true, "closed");
    cause = why;
  }

  @Override
  public String toString() {
    return log + ", " + bytes.size() + " bytes, " + cause + ", wrong: " + wrong;
  }

  private void require(boolean inOrder, String what) {
    if (!inOrder || cause != null) {
      wrong.add(what + " after " + log);
    }
    if (log.isEmpty() || !log.getLast().equals(what)) {
      log.add(what); // runs of the same are one
    }
  }
}
