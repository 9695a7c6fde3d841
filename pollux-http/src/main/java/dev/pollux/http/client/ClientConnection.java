package dev.pollux.http.client;

import dev.pollux.http.HttpFields;
import dev.pollux.http.wire.Deadline;
import dev.pollux.net.CloseCause;
import dev.pollux.net.CloseReason;
import dev.pollux.net.ConnectOptions;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.Connector;
import dev.pollux.net.Tls;
import dev.pollux.net.WriteResult;
import dev.pollux.sys.SysException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a server: sends one request, has its answer {@linkplain AnswerReader read}, and
 * then waits for the next, or ends.
 *
 * <p>What comes while no request is under way is nobody's answer, and ends it. That is also so of
 * what came with the end of an answer, or waits in the kernel: so a call that gets the connection
 * within the end of another has it reserved, and its request is sent in the next turn, if nothing
 * came until then. One timer has all its times, and those of a call while this has it.
 *
 * <p>Threads: the loop's. Source: RFC 9112, 9.
 */
final class ClientConnection implements ConnectionHandler {

  private enum State {
    CONNECTING,
    IDLE,
    RESERVED,
    BUSY,
    SWITCHED,
    OVER
  }

  private static final long NEVER = Long.MAX_VALUE;

  private final OriginPool pool;
  private final ClientOptions options;
  private final Deadline deadline;
  private final AnswerReader reader;
  private State state = State.CONNECTING;
  private @Nullable Connector connector;
  private @Nullable Connection connection;
  private @Nullable ClientCall call;
  private int requests;
  private boolean isReading; // the program may be told of something
  private boolean isInputOver;
  private boolean isRetired;

  ClientConnection(OriginPool pool) {
    this.pool = pool;
    this.options = pool.options();
    this.deadline = new Deadline(pool.loop(), this::late);
    this.reader = new AnswerReader(this, options);
  }

  // ---- the beginning

  /** Connects, for a call. */
  void connect(ClientCall first, @Nullable Tls tls) throws SysException {
    call = first;
    Origin origin = pool.origin();
    SocketAddress address = origin.address();
    ConnectOptions to =
        address == null
            ? ConnectOptions.to(origin.host(), origin.port())
            : ConnectOptions.to(address);
    connector =
        Connector.connect(
            pool.loop(),
            to.withTimeout(options.connectTime())
                .withResolver(options.resolver())
                .withConnection(options.connection())
                .withTls(tls),
            this,
            this::notConnected);
    first.connecting(this);
  }

  private void notConnected(CloseCause cause) {
    if (state == State.CONNECTING) {
      FailureReason reason = Failures.ofConnecting(cause, false, pool.isClosed());
      lose(reason, cause.message(), cause.exception());
    }
  }

  @Override
  public void opened(Connection opened) {
    connection = opened;
    ClientCall first = call;
    if (state == State.CONNECTING && first != null) {
      start(first);
    } else {
      opened.close();
    }
  }

  /** Sends the request of a call; or in the next turn. */
  void take(ClientCall next) {
    if (!isReading) {
      start(next);
      return;
    }
    call = next;
    state = State.RESERVED;
    deadline.clear();
    next.connecting(this);
    var _ = pool.loop().schedule(0, () -> startReserved(next));
  }

  private void startReserved(ClientCall next) {
    if (state == State.RESERVED && next.equals(call)) {
      if (isQuiet()) {
        start(next);
      } else {
        giveBack();
      }
    }
  }

  /** Something came, or the server has ended it: the call goes elsewhere, as nothing was sent. */
  private void giveBack() {
    ClientCall next = Objects.requireNonNull(call);
    call = null;
    drop();
    next.goElsewhere();
  }

  private void start(ClientCall next) {
    call = next;
    requests++;
    reader.begin(next);
    state = State.BUSY;
    Upload upload = next.begin(this);
    ByteBuffer head = RequestHead.of(next.request(), next.asksForCodings(), upload.begin());
    WriteResult result = connection().write(head);
    if (result == WriteResult.REFUSED) { // there is no memory
      abandon();
      next.failLater(FailureReason.TOO_MANY, "there is no memory to send it; try again later");
      return;
    }
    next.sent();
    upload.headSent(connection());
    arm();
    next.tellRoomLater();
  }

  private Connection connection() {
    return Objects.requireNonNull(connection, "not connected");
  }

  // ---- what the connection tells

  @Override
  public void received(Connection from, ByteBuffer data) {
    if (state == State.RESERVED) {
      giveBack();
    } else if (state == State.IDLE) {
      retire();
      state = State.OVER;
      from.reset(CloseCause.of(CloseReason.PROTOCOL, "something came that nobody asked for"));
    }
    isReading = true;
    try {
      reader.read(data);
    } finally {
      isReading = false;
    }
    if (state == State.OVER) {
      var _ = data.position(data.limit());
    } else if (reader.isInBody()) {
      arm();
      if (isInputOver && !data.hasRemaining()) {
        reader.endInput();
      }
    }
  }

  @Override
  public void readClosed(Connection from) {
    isInputOver = true;
    if (state == State.RESERVED) {
      giveBack();
    } else if (state == State.IDLE) {
      drop();
    } else if (reader.isInHead()) {
      lose(FailureReason.CLOSED_EARLY, "the server ended the connection before it answered", null);
      from.close();
    } else if (!reader.isInBody()) {
      from.close();
    } else if (from.unreadBytes() == 0) {
      reader.endInput();
    }
  }

  @Override
  public void writable(Connection from) {
    ClientCall current = call;
    if (current != null) {
      boolean wasComplete = current.upload().isComplete();
      current.upload().pump();
      if (!wasComplete) {
        wrote();
      }
      current.tellRoom();
    }
  }

  @Override
  public void closed(Connection from, CloseCause cause) {
    deadline.end();
    boolean isTls = pool.origin().isTls();
    if (state == State.RESERVED) {
      giveBack();
    } else if (state == State.CONNECTING || state == State.BUSY) {
      boolean isUntold = requests == 1 && !reader.hasBytes() && isTls;
      FailureReason reason =
          state == State.CONNECTING
              ? Failures.ofConnecting(cause, isTls, pool.isClosed())
              : Failures.ofLoss(cause, isUntold, pool.isClosed());
      lose(reason, Failures.text(cause), cause.exception());
    }
    retire();
    state = State.OVER;
  }

  // ---- what the answer comes to

  /** All of it came, and was told. */
  void finish(boolean hasMore) {
    ClientCall done = Objects.requireNonNull(call);
    ClientRequest next = reader.redirect();
    HttpFields trailers = reader.trailers();
    boolean isWhole = done.upload().isComplete();
    boolean stays = isWhole && !reader.isLast() && !hasMore && mayStay();
    call = null;
    reader.stop();
    deadline.clear();
    done.detach();
    Connection mine = connection();
    if (mine.isReadingPaused()) {
      mine.resumeReading();
    }
    if (stays) {
      state = State.IDLE;
      if (options.idleNanos() > 0) {
        deadline.in(options.idleNanos());
      }
      pool.released(this);
    } else {
      retire();
      state = State.OVER;
      if (isWhole && !hasMore) {
        mine.close();
      } else {
        mine.reset(CloseCause.of(CloseReason.CUT_OFF, "the answer came before the request's end"));
      }
    }
    if (next == null) {
      done.ended(trailers);
    } else {
      done.follow(next);
    }
  }

  private boolean mayStay() {
    Connection mine = connection();
    return !isInputOver && mine.isOpen() && mine.queuedBytes() == 0 && !pool.isClosed();
  }

  /** HTTP is left, with this answer. */
  void switched(ClientAnswer answer) {
    ClientCall current = Objects.requireNonNull(call);
    call = null;
    reader.stop();
    state = State.SWITCHED;
    deadline.end();
    retire();
    current.switched(answer, connection(), this);
  }

  /** The server says that the body may come. */
  void goOn() {
    ClientCall current = call;
    if (current != null && current.upload().isHeld()) {
      current.upload().release();
      arm();
    }
  }

  /** More of a request's body was written. */
  void wrote() {
    ClientCall current = call;
    if (current != null && reader.isInHead() && current.upload().isComplete()) {
      arm();
    }
  }

  // ---- for the call

  void pause() {
    if (reader.isInBody() && reader.redirect() == null) {
      connection().pauseReading();
      arm();
    }
  }

  void resume() {
    if (reader.isInBody()) {
      connection().resumeReading();
      arm();
      again();
    }
  }

  /** Goes on with the body in the next turn. */
  void again() {
    ClientCall current = call;
    if (current != null) {
      var _ = pool.loop().schedule(0, () -> goOn(current));
    }
  }

  private void goOn(ClientCall of) {
    if (of.equals(call)) {
      isReading = true;
      try {
        reader.goOn(isInputOver, connection().unreadBytes() > 0);
      } finally {
        isReading = false;
      }
      if (reader.isInBody()) {
        arm();
      }
    }
  }

  /** The call has ended by itself, and nothing more is wanted. */
  void abandon() {
    State before = state;
    call = null;
    reader.stop();
    deadline.clear();
    state = State.OVER;
    retire();
    Connector connecting = connector;
    Connection mine = connection;
    if (before == State.CONNECTING && connecting != null) {
      connecting.cancel();
    } else if (mine != null) {
      mine.reset();
    }
  }

  // ---- for the pool

  /** The client is closed. */
  void close() {
    ClientCall current = call;
    if (state == State.IDLE) {
      drop();
    } else {
      abandon();
    }
    if (current != null) {
      current.failLater(FailureReason.CLIENT_CLOSED, "the client is closed");
    }
  }

  /** Ends it in order: nobody uses it. */
  void drop() {
    retire();
    state = State.OVER;
    deadline.clear();
    connection().close();
  }

  /** Whether a request may be sent: nothing has come of the server that would be its answer. */
  boolean isUsable() {
    return state == State.IDLE && (isReading || isQuiet());
  }

  private boolean isQuiet() {
    Connection mine = connection();
    return mine.isOpen() && mine.isWritable() && !mine.isPeerEnded() && mine.availableBytes() == 0;
  }

  private void retire() {
    if (!isRetired) {
      isRetired = true;
      pool.retired(this);
    }
  }

  // ---- failures

  void fail(FailureReason reason, String why, @Nullable Throwable thrown) {
    ClientCall failed = call;
    if (failed != null) {
      abandon();
      failed.fail(reason, why, thrown);
    }
  }

  /** The connection is gone. */
  private void lose(FailureReason reason, String why, @Nullable Throwable thrown) {
    ClientCall lost = call;
    boolean wasKept = requests > 1 && !reader.hasBytes();
    call = null;
    reader.stop();
    deadline.clear();
    retire();
    state = State.OVER;
    if (lost == null) {
      return;
    }
    if (wasKept && reason == FailureReason.CLOSED_EARLY && lost.mayRetry()) {
      lost.retry();
    } else {
      lost.fail(reason, why, thrown);
    }
  }

  // ---- times

  /** Sets the timer by what is waited for. */
  private void arm() {
    ClientCall current = call;
    if (current == null) {
      return;
    }
    long phase = reader.isInHead() ? headNanos(current) : bodyNanos(current);
    long least = Math.min(phase == 0 ? NEVER : phase, current.totalLeft());
    if (least == NEVER) {
      deadline.clear();
    } else {
      deadline.in(Math.max(0, least));
    }
  }

  private long headNanos(ClientCall current) {
    long head = current.request().headNanos(options);
    if (current.upload().isHeld()) {
      return options.continueNanos() == 0 ? head : options.continueNanos();
    }
    return current.upload().isComplete() ? head : 0;
  }

  private long bodyNanos(ClientCall current) {
    return current.isPaused() && reader.redirect() == null ? 0 : options.bodyNanos();
  }

  private void late() {
    ClientCall current = call;
    if (state == State.IDLE) {
      drop();
    } else if (current != null && current.totalLeft() <= 0) {
      fail(FailureReason.TOTAL_TIMEOUT, "it took too long in all", null);
    } else if (reader.isInBody()) {
      fail(FailureReason.BODY_TIMEOUT, "nothing came of the body for too long", null);
    } else if (current != null && current.upload().isHeld() && options.continueNanos() > 0) {
      goOn();
      current.tellRoom();
    } else {
      fail(FailureReason.HEAD_TIMEOUT, "no head of an answer came in time", null);
    }
  }
}
