package dev.pollux.http.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.net.CloseCause;
import dev.pollux.net.CloseReason;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.WriteResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connection that speaks WebSocket, from behind the handshake to its end.
 *
 * <p>Threads: the loop's. Source: RFC 6455, 5.5 and 7.
 */
final class Conversation implements ConnectionHandler, FrameReader.Sink, Silences.Owner {

  private enum State {
    OPEN,
    /** We have said Close, and wait for the peer's. */
    CLOSING,
    /** Nothing that comes counts any more. */
    OVER
  }

  /** A call of the program's code. */
  private interface Call {
    void run() throws Exception;
  }

  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  private final WebSocketOptions options;
  private final WebSocketHandler handler;
  private final boolean isClient;
  private final @Nullable String subprotocol;
  private final @Nullable Deflation deflation;
  private final FrameReader reader;
  private final List<WebSocketGroup> groups = new ArrayList<>(0);
  private @Nullable Talk talk; // from its beginning on
  private State state = State.OPEN;
  private boolean isPausedByProgram;
  private boolean isPaused;
  private boolean mayReadOnce; // although it is full again: it was drained meanwhile
  private boolean isHeld;
  private boolean isInParts; // of a message that is being sent
  private boolean isPongDue;
  private ByteBuffer pong = EMPTY;
  private int endCode = CloseCodes.ABNORMAL;
  private String endReason = "";
  private boolean isClean;

  /** What there is of it as soon as it has its connection. */
  private record Talk(
      Connection connection, WebSocket socket, FrameWriter writer, Silences silences, Told told) {}

  Conversation(
      WebSocketOptions options,
      WebSocketHandler handler,
      boolean isClient,
      @Nullable String subprotocol,
      @Nullable Deflation deflation) {
    this.options = options;
    this.handler = handler;
    this.isClient = isClient;
    this.subprotocol = subprotocol;
    this.deflation = deflation;
    int most = options.maxMessageBytes();
    MessageInflater inflater =
        deflation == null
            ? null
            : new MessageInflater(Deflation.keepsOwn(deflation, !isClient), most);
    this.reader = new FrameReader(!isClient, most, options.maxFrames(), inflater, this);
  }

  private Talk talk() {
    return Objects.requireNonNull(talk, "not attached yet");
  }

  // ---- what the connection tells

  @Override
  public void attached(Connection connection) {
    WebSocket socket = new WebSocket(this, connection);
    FrameWriter writer = new FrameWriter(options, connection, isClient, deflation);
    Silences silences = new Silences(options, connection.loop(), this);
    Told told = Told.of(options.observer(), socket);
    talk = new Talk(connection, socket, writer, silences, told);
    silences.heard();
    told.opened();
    call(() -> handler.opened(socket));
    settle();
  }

  @Override
  public void received(Connection connection, ByteBuffer data) {
    talk().silences().heard();
    while (isReading() && reader.read(data)) {}
    mayReadOnce = false;
    if (reader.failure() != 0 && state != State.OVER) {
      fail(reader.failure(), reader.problem());
    }
    if (state == State.OVER) {
      var _ = data.position(data.limit());
    }
    settle();
  }

  @Override
  public void readClosed(Connection connection) {
    connection.close(); // all of it was taken: while it is paused, the end is not told
  }

  @Override
  public void writable(Connection connection) {
    if (state == State.OPEN) {
      mayReadOnce = true; // else who always fills it would never hear a Close
      sendPong();
      call(() -> handler.writable(talk().socket()));
    }
    settle();
  }

  @Override
  public void finishing(Connection connection) {
    close(CloseCodes.GOING_AWAY, "");
  }

  @Override
  public void closed(Connection connection, CloseCause cause) {
    Talk known = talk;
    state = State.OVER;
    isHeld = false;
    if (known != null) {
      known.silences().end();
      known.writer().close();
      leaveGroups();
      tell(known, new WebSocketEnd(endCode, endReason, isClean, cause));
    }
    reader.close();
  }

  private void tell(Talk known, WebSocketEnd end) {
    try {
      handler.closed(known.socket(), end);
    } catch (Throwable t) {
      report(t);
    }
    known.told().closed(end);
  }

  /** The connection was over before it was handed over. */
  void neverOpened() {
    reader.close();
  }

  /**
   * Whether what comes is wanted now: also from who cannot be sent anything any more. A server does
   * not read from who does not read it; if clients did the same, both might wait for ever.
   */
  private boolean isReading() {
    Connection connection = talk().connection();
    return switch (state) {
      case OPEN -> !isPausedByProgram && (isClient || mayReadOnce || hasRoom(connection));
      case CLOSING -> true;
      case OVER -> false;
    };
  }

  private static boolean hasRoom(Connection connection) {
    return connection.isWritable() || connection.queuedBytes() == 0;
  }

  /** Has the connection read, or wait. */
  private void settle() {
    Connection connection = talk().connection();
    boolean wants = state != State.OPEN || isReading();
    if (!connection.isOpen() || wants != isPaused) {
      return;
    }
    isPaused = !wants;
    if (wants) {
      talk().silences().heard();
      connection.resumeReading(); // what was left is given in the next turn
    } else {
      connection.pauseReading();
    }
  }

  // ---- what came

  @Override
  public void message(boolean isText, ByteBuffer data) {
    if (state == State.OPEN) {
      talk().told().received(isText, data.remaining());
      try {
        handler.message(talk().socket(), isText, data);
      } catch (Throwable t) {
        failed(t);
      }
    }
  }

  @Override
  public void control(int opcode, ByteBuffer data) {
    switch (opcode) {
      case Opcode.PING -> {
        pong = ByteBuffer.allocate(data.remaining()).put(data).flip();
        isPongDue = true;
        sendPong();
      }
      case Opcode.PONG -> {
        if (state == State.OPEN) {
          call(() -> handler.pong(talk().socket(), data));
        }
      }
      default -> closeCame(data);
    }
  }

  /** Answers the last ping, when there is room: a peer that does not read has the others lost. */
  private void sendPong() {
    if (isPongDue && state == State.OPEN && talk().connection().isWritable()) {
      WriteResult result = talk().writer().frame(Opcode.FIN | Opcode.PONG, pong);
      isPongDue = result == WriteResult.REFUSED;
    }
  }

  private void closeCame(ByteBuffer data) {
    int code = FrameReader.closeCode(data);
    if (code == 0) {
      fail(CloseCodes.PROTOCOL_ERROR, "a Close has a code that may not be sent");
      return;
    }
    String reason = code == CloseCodes.NO_STATUS ? "" : FrameReader.closeReason(data);
    if (reason == null) {
      fail(CloseCodes.INVALID_DATA, "the reason of a Close is not UTF-8");
      return;
    }
    endCode = code;
    endReason = reason;
    isClean = true;
    if (state == State.OPEN) {
      sendClose(code, "");
    }
    over();
    if (isClient) {
      talk().silences().awaitClose(); // the server ends the connection
    } else {
      talk().connection().close();
    }
  }

  // ---- the end

  void close(int code, String reason) {
    requireInLoop("WebSocket.close");
    if (state != State.OPEN) {
      return;
    }
    state = State.CLOSING;
    sendClose(code, reason);
    leaveGroups();
    Connection connection = talk().connection();
    if (connection.isOpen()) {
      isHeld = true;
      connection.hold();
      settle();
      talk().silences().awaitClose();
    }
  }

  private void sendClose(int code, String reason) {
    byte[] words = reason.getBytes(UTF_8);
    ByteBuffer payload = ByteBuffer.allocate(Short.BYTES + words.length);
    if (code != CloseCodes.NO_STATUS) {
      var _ = payload.putShort((short) code).put(words);
    }
    Connection connection = talk().connection();
    WriteResult result = talk().writer().frame(Opcode.FIN | Opcode.CLOSE, payload.flip());
    if (result == WriteResult.REFUSED) {
      connection.reset(CloseCause.of(CloseReason.LIMIT, "no room for a Close"));
    }
  }

  /** Nothing that comes counts any more. */
  private void over() {
    state = State.OVER;
    leaveGroups();
    settle();
    if (isHeld) {
      isHeld = false;
      if (talk().connection().isOpen()) {
        talk().connection().release();
      }
    }
  }

  /** What came is wrong: says so, and ends the connection. */
  private void fail(int code, String why) {
    end(code, why, CloseCause.of(CloseReason.PROTOCOL, why));
  }

  private void end(int code, String why, CloseCause cause) {
    if (state == State.OPEN) {
      sendClose(code, why);
    }
    endCode = code;
    endReason = why;
    over();
    talk().connection().close(cause);
  }

  /** Calls the program; what it throws ends this WebSocket. */
  private void call(Call what) {
    try {
      what.run();
    } catch (Throwable t) {
      failed(t);
    }
  }

  private void failed(Throwable thrown) {
    report(thrown);
    if (state != State.OVER) {
      end(CloseCodes.INTERNAL_ERROR, "", CloseCause.of(CloseReason.HANDLER_FAILED, thrown));
    }
  }

  void report(Throwable thrown) {
    Connection connection = talk().connection();
    try {
      connection.options().observer().failed(connection, "the handler of a WebSocket", thrown);
    } catch (Throwable t) {
      connection.loop().report("the observer of " + connection, t);
    }
  }

  // ---- silence

  @Override
  public boolean isDeaf() {
    Connection connection = talk().connection();
    return connection.isReadingPaused() || connection.queuedBytes() > 0;
  }

  @Override
  public boolean isHearingDue() {
    return talk().connection().availableBytes() > 0;
  }

  @Override
  public void pingDue() {
    WriteResult _ = sendControl(Opcode.PING, EMPTY);
  }

  @Override
  public void pongMissed() {
    endReason = "the peer has not answered a ping";
    state = State.OVER;
    talk().connection().reset(CloseCause.of(CloseReason.STALLED, endReason));
  }

  @Override
  public void closeMissed() {
    over();
    talk().connection().close();
  }

  // ---- what the program asks

  WriteResult send(boolean isText, ByteBuffer data) {
    int size = data.remaining();
    return mayBegin("WebSocket.send")
        ? talk().told().sent(isText, size, talk().writer().message(isText, data))
        : drop(data);
  }

  WriteResult send(WebSocketMessage message) {
    if (!mayBegin("WebSocket.send")) {
      return WriteResult.CLOSED;
    }
    return talk().told().sent(message.isText(), message.sizeBytes(), sendNow(message));
  }

  private WriteResult sendNow(WebSocketMessage message) {
    boolean isShort = message.sizeBytes() < options.compressFromBytes();
    if (!isClient && (deflation == null || isShort)) {
      return talk().connection().write(message.plain());
    }
    if (deflatesAlone()) {
      return talk().connection().write(message.deflated());
    }
    return talk().writer().message(message.isText(), message.content());
  }

  WriteResult sendPart(boolean isText, ByteBuffer data, boolean isLast) {
    requireInLoop("WebSocket.sendPart");
    if (!groups.isEmpty()) {
      throw new IllegalStateException(
          "WebSocket.sendPart: a member of a group is sent messages, which may not be between");
    }
    if (state != State.OPEN) {
      return drop(data);
    }
    int size = data.remaining();
    int opcode = isInParts ? Opcode.CONTINUATION : isText ? Opcode.TEXT : Opcode.BINARY;
    WriteResult result = talk().writer().frame(isLast ? Opcode.FIN | opcode : opcode, data);
    if (result != WriteResult.REFUSED) {
      talk().told().sentPart(isText, !isInParts, size, isLast && result != WriteResult.CLOSED);
      isInParts = !isLast;
    }
    return result;
  }

  WriteResult sendControl(int opcode, ByteBuffer data) {
    requireInLoop("WebSocket.ping");
    return state == State.OPEN ? talk().writer().frame(Opcode.FIN | opcode, data) : drop(data);
  }

  private boolean mayBegin(String call) {
    requireInLoop(call);
    if (isInParts) {
      throw new IllegalStateException(call + ": a message is being sent in parts");
    }
    return state == State.OPEN;
  }

  private static WriteResult drop(ByteBuffer data) {
    var _ = data.position(data.limit());
    return WriteResult.CLOSED;
  }

  void pause(boolean isToPause) {
    requireInLoop("WebSocket.pauseReading");
    isPausedByProgram = isToPause;
    settle();
  }

  boolean isOpen() {
    return state == State.OPEN && talk().connection().isOpen();
  }

  boolean isClient() {
    return isClient;
  }

  @Nullable String subprotocol() {
    return subprotocol;
  }

  /** Whether its own messages are compressed, and refer to none before them. */
  boolean deflatesAlone() {
    return !isClient && deflation != null && !Deflation.keepsOwn(deflation, false);
  }

  private void requireInLoop(String call) {
    talk().connection().loop().requireInLoop(call);
  }

  // ---- groups

  void joined(WebSocketGroup group) {
    if (isInParts) {
      throw new IllegalStateException("WebSocketGroup.add: a message is being sent in parts");
    }
    if (!groups.contains(group)) {
      groups.add(group);
    }
  }

  void left(WebSocketGroup group) {
    boolean _ = groups.remove(group);
  }

  private void leaveGroups() {
    Talk known = talk;
    while (known != null && !groups.isEmpty()) {
      groups.getLast().remove(known.socket());
    }
  }
}
