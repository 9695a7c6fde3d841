package dev.pollux.net;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A handler that writes down what it is told, does what a test wants, and watches the order. */
final class Recorder implements ConnectionHandler {

  final List<String> log = new ArrayList<>();
  final List<String> violations = new ArrayList<>();
  final List<Silence> silences = new ArrayList<>();
  final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  Consumer<Connection> onOpened = _ -> {};
  BiConsumer<Connection, ByteBuffer> onReceived = (_, data) -> take(data);
  Consumer<Connection> onReadComplete = _ -> {};
  Consumer<Connection> onReadClosed = Connection::close;
  Consumer<Connection> onWritable = _ -> {};
  Consumer<Connection> onHeartbeat = _ -> {};
  @Nullable Consumer<Connection> onIdle = Connection::reset; // null: what is done by default
  Consumer<Connection> onPeerEnded = _ -> {};
  Consumer<Connection> onAttached = _ -> {};
  Consumer<Connection> onFinishing = _ -> {};
  Consumer<Connection> onClosed = _ -> {};

  CloseCause cause;
  int lostBytes;
  private boolean opened;
  private boolean readClosed;

  /** Reads all of it. */
  void take(ByteBuffer data) {
    take(data, data.remaining());
  }

  /** Reads so much of it. */
  void take(ByteBuffer data, int count) {
    byte[] got = new byte[Math.min(count, data.remaining())];
    data.get(got);
    bytes.writeBytes(got);
  }

  static Recorder echo() {
    Recorder recorder = new Recorder();
    recorder.onReceived =
        (connection, data) -> {
          recorder.take(data.duplicate());
          WriteResult _ = connection.write(data);
        };
    return recorder;
  }

  String text() {
    return bytes.toString(US_ASCII);
  }

  boolean isClosed() {
    return cause != null;
  }

  int count(String callback) {
    return (int) log.stream().filter(callback::equals).count();
  }

  @Override
  public void opened(Connection connection) {
    note("opened", !opened);
    opened = true;
    onOpened.accept(connection);
  }

  @Override
  public void attached(Connection connection) {
    note("attached", !opened && connection.isOpen());
    opened = true;
    onAttached.accept(connection);
  }

  @Override
  public void received(Connection connection, ByteBuffer data) {
    note("received", opened && !readClosed && data.hasRemaining());
    if (connection.isReadingPaused()) {
      violations.add("received while paused");
    }
    if (!connection.isOpen()) {
      violations.add("received after close");
    }
    onReceived.accept(connection, data);
  }

  @Override
  public void readComplete(Connection connection) {
    note("readComplete", opened && !readClosed);
    onReadComplete.accept(connection);
  }

  @Override
  public void readClosed(Connection connection) {
    note("readClosed", opened && !readClosed && connection.isPeerEnded());
    readClosed = true;
    onReadClosed.accept(connection);
  }

  @Override
  public void writable(Connection connection) {
    boolean ended = !connection.link().ending.isTaking();
    note("writable", opened && (connection.isWritable() || ended));
    onWritable.accept(connection);
  }

  @Override
  public void heartbeat(Connection connection) {
    note("heartbeat", opened);
    onHeartbeat.accept(connection);
  }

  @Override
  public void peerEnded(Connection connection) {
    note("peerEnded", opened && !readClosed && connection.isPeerEnded());
    onPeerEnded.accept(connection);
  }

  @Override
  public void idle(Connection connection, Silence silence) {
    note("idle", opened);
    silences.add(silence);
    Consumer<Connection> own = onIdle;
    if (own != null) {
      own.accept(connection);
    } else {
      ConnectionHandler.super.idle(connection, silence);
    }
  }

  @Override
  public void finishing(Connection connection) {
    note("finishing", opened && count("finishing") == 0 && connection.isOpen());
    onFinishing.accept(connection);
  }

  @Override
  public void closed(Connection connection, CloseCause why) {
    note("closed", connection.isClosed() && !connection.isOpen());
    cause = why;
    lostBytes = connection.queuedBytes();
    onClosed.accept(connection);
  }

  private void note(String callback, boolean inOrder) {
    if (!inOrder || cause != null) {
      violations.add(callback + " after " + log);
    }
    log.add(callback);
  }
}
