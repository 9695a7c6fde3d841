package dev.pollux.http.client;

import dev.pollux.http.wire.Deadline;
import dev.pollux.http.wire.Inflation;
import dev.pollux.net.CloseCause;
import dev.pollux.net.CloseReason;
import dev.pollux.net.ConnectOptions;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.Connector;
import dev.pollux.net.Tls;
import dev.pollux.net.WriteResult;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a server: sends one request, takes the answer out of what it receives, and then
 * waits for the next, or ends.
 *
 * <p>What comes while no request is under way is nobody's answer, and ends it. One timer has all
 * its times, and those of a call while this has it.
 *
 * <p>Threads: the loop's. Source: RFC 9112, 9.
 */
final class ClientConnection implements ConnectionHandler, Inflation.Sink {

  private enum State {
    CONNECTING,
    IDLE,
    HEAD,
    BODY,
    SWITCHED,
    OVER
  }

  /** How much of a redirect's body is read, so that the connection can be kept. */
  private static final int DRAIN_BYTES = 64 << 10;

  private static final long NEVER = Long.MAX_VALUE;

  private final OriginPool pool;
  private final ClientOptions options;
  private final Deadline deadline;
  private final AnswerParser parser;
  private final AnswerBody body;
  private State state = State.CONNECTING;
  private @Nullable Connector connector;
  private @Nullable Connection connection;
  private @Nullable ClientCall call;
  private @Nullable ClientRequest redirect; // whose answer leads there
  private int drained; // of that answer
  private int requests;
  private int informed; // of this answer
  private boolean hasBytes; // of this answer
  private boolean isLast;
  private boolean isInputOver;
  private boolean isRetired;

  ClientConnection(OriginPool pool) {
    this.pool = pool;
    this.options = pool.options();
    this.deadline = new Deadline(pool.loop(), this::late);
    this.parser = new AnswerParser(options.limits());
    this.body = new AnswerBody(options.limits(), this);
  }

  // ---- the beginning

  /** Connects, for a call. */
  void connect(ClientCall first, @Nullable Tls tls) throws SysException {
    call = first;
    Origin origin = pool.origin();
    var address = origin.address();
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
      lose(
          Failures.ofConnecting(cause, false, pool.isClosed()), cause.message(), cause.exception());
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

  /** Sends the request of a call. */
  void start(ClientCall next) {
    call = next;
    requests++;
    informed = 0;
    hasBytes = false;
    isLast = false;
    parser.begin();
    state = State.HEAD;
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
    if (state == State.IDLE) {
      retire();
      state = State.OVER;
      from.reset(CloseCause.of(CloseReason.PROTOCOL, "something came that nobody asked for"));
    }
    boolean goesOn = true;
    while (goesOn) {
      goesOn =
          switch (state) {
            case HEAD -> data.hasRemaining() && readHead(data);
            case BODY -> readBody(data);
            case CONNECTING, IDLE, SWITCHED, OVER -> false;
          };
    }
    if (state == State.OVER) {
      var _ = data.position(data.limit());
    } else if (state == State.BODY) {
      arm();
      if (isInputOver && !data.hasRemaining()) {
        endInput();
      }
    }
  }

  @Override
  public void readClosed(Connection from) {
    isInputOver = true;
    switch (state) {
      case IDLE -> drop();
      case HEAD -> {
        lose(
            FailureReason.CLOSED_EARLY, "the server ended the connection before it answered", null);
        from.close();
      }
      case BODY -> {
        if (from.unreadBytes() == 0) {
          endInput();
        }
      }
      case CONNECTING, SWITCHED, OVER -> from.close();
    }
  }

  @Override
  public void writable(Connection from) {
    ClientCall current = call;
    if (current != null) {
      boolean wasComplete = current.upload().isComplete();
      current.upload().pump();
      if (!wasComplete) {
        uploaded();
      }
      current.tellRoom();
    }
  }

  @Override
  public void closed(Connection from, CloseCause cause) {
    deadline.end();
    String where = Failures.text(cause);
    switch (state) {
      case CONNECTING ->
          lose(
              Failures.ofConnecting(cause, pool.origin().isTls(), pool.isClosed()),
              where,
              cause.exception());
      case HEAD, BODY -> {
        boolean isUntold = requests == 1 && !hasBytes && pool.origin().isTls();
        lose(Failures.ofLoss(cause, isUntold, pool.isClosed()), where, cause.exception());
      }
      case IDLE, SWITCHED, OVER -> retire();
    }
    state = State.OVER;
  }

  // ---- the answer

  private boolean readHead(ByteBuffer data) {
    ClientCall current = call;
    if (current != null && !hasBytes) {
      current.answering();
    }
    hasBytes = true;
    switch (parser.parse(data)) {
      case MORE -> {
        return false;
      }
      case REFUSED -> {
        FailureReason why =
            parser.isTooLarge() ? FailureReason.TOO_LARGE : FailureReason.BAD_ANSWER;
        fail(why, "the answer is none: " + parser.problem(), null);
      }
      case DONE -> headCame(parser.head(), data.hasRemaining());
    }
    return true;
  }

  private void headCame(AnswerHead head, boolean hasMore) {
    ClientCall current = Objects.requireNonNull(call);
    ClientRequest request = current.request();
    AnswerFraming framing = AnswerFraming.of(request, head);
    String problem = framing.problem();
    if (problem != null) {
      fail(FailureReason.BAD_ANSWER, "the answer can be understood in two ways: " + problem, null);
    } else if (head.status() == 101 || framing.kind() == AnswerFraming.Kind.TUNNEL) {
      switchTo(current, head);
    } else if (head.status() < 200) {
      inform(current, head);
    } else {
      isLast = framing.isLast();
      Redirects.Step step = Redirects.of(request, head, current.redirects(), options);
      String refused = step.problem();
      redirect = step.next();
      drained = 0;
      if (refused != null) {
        fail(FailureReason.BAD_REDIRECT, refused, null);
      } else {
        beginBody(current, head, framing, hasMore);
      }
    }
  }

  private void inform(ClientCall current, AnswerHead head) {
    informed++;
    if (informed > options.limits().informationalCount()) {
      int most = options.limits().informationalCount();
      fail(FailureReason.TOO_LARGE, "more than " + most + " informational answers", null);
      return;
    }
    parser.begin();
    if (head.status() == 100 && current.upload().isHeld()) {
      current.upload().release();
      uploaded();
    }
    tell(() -> current.handler().informed(current, head.status(), head.fields()));
    current.tellRoom();
  }

  private void beginBody(
      ClientCall current, AnswerHead head, AnswerFraming framing, boolean hasMore) {
    var decoder = redirect == null ? current.decoder(head, framing) : null;
    boolean isInflated = decoder != null;
    body.begin(framing, decoder);
    state = State.BODY;
    if (redirect == null) {
      long length = isInflated ? -1 : framing.length();
      ClientAnswer answer =
          new ClientAnswer(current.request(), head, body.isWireOver() ? 0 : length, isInflated);
      tell(() -> current.handler().answered(current, answer));
    }
    if (state == State.BODY) {
      if (!isTaking() && !body.isWireOver()) {
        connection().pauseReading();
      }
      settleBody(hasMore);
    }
  }

  /** Goes a step further in the body; false if nothing more can be done with it now. */
  private boolean readBody(ByteBuffer data) {
    boolean on = false;
    if (isTaking()) {
      try {
        on = body.read(data);
      } catch (Throwable t) {
        fail(FailureReason.HANDLER_FAILED, "the handler threw " + t, t);
        return true;
      }
      settleBody(data.hasRemaining());
    }
    return on;
  }

  /** The answer is over if all of its body was given. */
  private void settleBody(boolean hasMore) {
    if (state == State.BODY && body.isDrained() && body.end() && state == State.BODY) {
      finish(hasMore);
    }
  }

  private void endInput() {
    if (!body.inputOver()) {
      fail(FailureReason.CLOSED_EARLY, "the server ended the connection within a body", null);
    } else {
      settleBody(false);
    }
  }

  // ---- the body, as what inflates it sees this

  @Override
  public boolean isTaking() {
    ClientCall current = call;
    return state == State.BODY && current != null && (redirect != null || !current.isPaused());
  }

  @Override
  public void take(ByteBuffer data) {
    ClientCall current = call;
    if (redirect != null) {
      drained += data.remaining();
      if (drained > DRAIN_BYTES) {
        isLast = true;
        finish(true);
      }
    } else if (state == State.BODY && current != null) {
      tell(() -> current.handler().data(current, data));
    }
  }

  @Override
  public void refuse(int status, String problem) {
    boolean isTooMuch = status == 413 || status == 431;
    fail(isTooMuch ? FailureReason.TOO_LARGE : FailureReason.BAD_ANSWER, problem, null);
  }

  @Override
  public void again() {
    ClientCall current = call;
    if (current != null) {
      var _ = pool.loop().schedule(0, () -> goOn(current));
    }
  }

  private void goOn(ClientCall of) {
    if (!of.equals(call) || !isTaking()) {
      return;
    }
    try {
      var _ = body.goOn();
    } catch (Throwable t) {
      fail(FailureReason.HANDLER_FAILED, "the handler threw " + t, t);
    }
    if (state == State.BODY && isInputOver && connection().unreadBytes() == 0) {
      endInput();
    }
    settleBody(connection().unreadBytes() > 0);
    if (state == State.BODY) {
      arm();
    }
  }

  // ---- the end of an answer

  private void finish(boolean hasMore) {
    ClientCall done = Objects.requireNonNull(call);
    ClientRequest next = redirect;
    boolean isWhole = done.upload().isComplete();
    boolean stays = isWhole && !isLast && !hasMore && mayStay();
    call = null;
    redirect = null;
    body.close();
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
      done.ended(body.trailers());
    } else {
      done.follow(next);
    }
  }

  private boolean mayStay() {
    Connection mine = connection();
    return !isInputOver && mine.isOpen() && mine.queuedBytes() == 0 && !pool.isClosed();
  }

  private void switchTo(ClientCall current, AnswerHead head) {
    String asked = current.request().upgrade();
    boolean isTunnel = head.status() != 101;
    boolean isAgreed =
        isTunnel || (asked != null && AnswerFraming.says(head.fields(), "Upgrade", asked));
    if (!isAgreed || !current.upload().isComplete()) {
      fail(FailureReason.BAD_ANSWER, "it leaves HTTP for what was not asked for", null);
      return;
    }
    Connection mine = connection();
    call = null;
    state = State.SWITCHED;
    deadline.end();
    retire();
    current.switched(new ClientAnswer(current.request(), head, 0, false), mine, this);
  }

  /** The request is told to go on, or all of it has gone. */
  private void uploaded() {
    ClientCall current = call;
    if (current != null && state == State.HEAD && current.upload().isComplete()) {
      arm();
    }
  }

  // ---- for the call

  /** More of a request's body was written. */
  void wrote() {
    uploaded();
  }

  void pause() {
    if (state == State.BODY && redirect == null) {
      connection().pauseReading();
      arm();
    }
  }

  void resume() {
    if (state == State.BODY) {
      connection().resumeReading();
      arm();
      again();
    }
  }

  /** The call has ended by itself, and nothing more is wanted. */
  void abandon() {
    State before = state;
    call = null;
    redirect = null;
    body.close();
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
    Connection mine = connection();
    return state == State.IDLE
        && mine.isOpen()
        && mine.isWritable()
        && !mine.isPeerEnded()
        && mine.availableBytes() == 0;
  }

  private void retire() {
    if (!isRetired) {
      isRetired = true;
      pool.retired(this);
    }
  }

  // ---- failures

  /** Tells the program something; what it throws is its own failure. */
  private void tell(ClientCall.Step step) {
    try {
      step.run();
    } catch (Throwable t) {
      fail(FailureReason.HANDLER_FAILED, "the handler threw " + t, t);
    }
  }

  private void fail(FailureReason reason, String why, @Nullable Throwable thrown) {
    ClientCall failed = call;
    if (failed != null) {
      abandon();
      failed.fail(reason, why, thrown);
    }
  }

  /** The connection is gone. */
  private void lose(FailureReason reason, String why, @Nullable Throwable thrown) {
    ClientCall lost = call;
    call = null;
    redirect = null;
    body.close();
    deadline.clear();
    boolean wasKept = requests > 1 && !hasBytes;
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

  /** Sets the timer by what is waited for. */
  private void arm() {
    ClientCall current = call;
    if (current == null) {
      return;
    }
    long phase =
        switch (state) {
          case HEAD -> headNanos(current);
          case BODY -> current.isPaused() ? 0 : options.bodyNanos();
          case CONNECTING, IDLE, SWITCHED, OVER -> 0;
        };
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

  private void late() {
    ClientCall current = call;
    if (state == State.IDLE) {
      drop();
    } else if (current != null && current.totalLeft() <= 0) {
      fail(FailureReason.TOTAL_TIMEOUT, "it took too long in all", null);
    } else if (state == State.BODY) {
      fail(FailureReason.BODY_TIMEOUT, "nothing came of the body for too long", null);
    } else if (current != null && current.upload().isHeld() && options.continueNanos() > 0) {
      current.upload().release();
      arm();
      current.tellRoom();
    } else {
      fail(FailureReason.HEAD_TIMEOUT, "no head of an answer came in time", null);
    }
  }
}
