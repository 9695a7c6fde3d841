package dev.pollux.http;

import dev.pollux.http.wire.Deadline;
import dev.pollux.http.wire.FieldParser;
import dev.pollux.net.CloseCause;
import dev.pollux.net.CloseReason;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.WriteResult;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A connection that speaks HTTP/1: takes one request after the other out of what it receives, has
 * each answered before it looks at the next, and ends when that is due.
 *
 * <p>What the answers of a turn put into the {@link Output} leaves at its end by one write; an
 * answer from elsewhere leaves at once. Reading is paused whenever nothing that may come is wanted:
 * a request is in work, its body is not asked for, or the peer does not read its answers.
 *
 * <p>Threads: the loop's. Source: RFC 9112, 9.
 */
final class Http1Connection implements ConnectionHandler, Outlet.Owner {

  private final HttpHandler handler;
  private final HttpOptions options;
  private final HttpLimits limits;
  final HttpLoop loop;
  private final Connection connection;
  private final Outlet outlet;
  private final Deadline deadline;
  private final BodyRate rate;
  private final Hold hold;
  private Http1State state = Http1State.HEAD;
  private @Nullable Http1Exchange exchange;
  private int requests;
  private int left; // requests that may be answered in this turn
  private long drained; // of a body that nobody reads
  private boolean isInTurn;
  private boolean hasMore; // came with the head
  private boolean isHandling; // the program is within its handler
  private boolean isHeadBegun;
  private boolean isEnding;
  private boolean isPaused;
  private boolean isCloseDue;
  private boolean isCut; // in the middle of an answer, of which nobody was told the end
  private boolean isInputOver; // but for what was left

  Http1Connection(Connection connection, HttpHandler handler, HttpOptions options) {
    this.connection = connection;
    this.handler = handler;
    this.options = options;
    this.limits = options.limits();
    this.loop = HttpLoop.of(connection.loop());
    this.outlet = new Outlet(connection, loop.output, limits.queuedBytes(), this);
    this.deadline = new Deadline(connection.loop(), this::late);
    this.rate = new BodyRate(limits);
    this.hold = new Hold(connection);
  }

  Connection connection() {
    return connection;
  }

  /** The way to the client. */
  Outlet outlet() {
    return outlet;
  }

  /** Whether something came behind the head, with it. */
  boolean hasMore() {
    return hasMore;
  }

  /** Whether nothing of the stream counts any more. */
  boolean isOver() {
    return state == Http1State.OVER || state == Http1State.SWITCHED;
  }

  /** Whether it ends in order. */
  boolean isFinishing() {
    return isEnding;
  }

  /** Whether the next answer is the last, whatever the request says. */
  boolean isEnding() {
    return isEnding || requests >= limits.requests();
  }

  // ---- what the connection tells

  @Override
  public void opened(Connection opened) {
    deadline.in(limits.headNanos());
  }

  @Override
  public void attached(Connection attached) {
    opened(attached);
    attached.resumeReading();
  }

  @Override
  public void received(Connection from, ByteBuffer data) {
    isInTurn = true;
    left = limits.pipelinedDepth();
    loop.headInput.begin(data);
    try {
      while (advance(data)) {}
    } finally {
      isInTurn = false;
    }
    if (state == Http1State.OVER) {
      var _ = data.position(data.limit());
    }
    settle();
    if (isPaused && data.hasRemaining()) {
      connection.pauseReading();
    }
    if (state == Http1State.HEAD && !isPaused) {
      if (left == 0 && data.hasRemaining()) {
        giveAgain(); // the others have the next turn
      } else if (isInputOver) {
        end();
        settle();
      }
    }
  }

  /** Has what was left, in the next turn. */
  private void giveAgain() {
    connection.pauseReading();
    connection.resumeReading();
  }

  @Override
  public void readClosed(Connection from) {
    isInputOver = true;
    Http1Exchange current = exchange;
    if (state == Http1State.HEAD && connection.unreadBytes() > 0) {
      giveAgain(); // it may be more than a part of a head
    } else if (state == Http1State.HANDLING && current != null) {
      if (!current.isBodyOver()) {
        refuse(current, 400, "the body ended before its end");
      }
    } else if (!isOver()) {
      end();
    }
    settle();
  }

  @Override
  public void writable(Connection from) {
    roomCame();
  }

  @Override
  public void roomCame() {
    Http1Exchange current = exchange;
    if (current != null) {
      call(current, current.response::tellWritable);
    }
    settle();
  }

  @Override
  public void finishing(Connection from) {
    isEnding = true;
    Http1Exchange current = exchange;
    if (current != null) {
      call(current, current.response::tellFinishing);
    }
  }

  @Override
  public void closed(Connection closed, CloseCause cause) {
    deadline.end();
    hold.forget();
    Http1Exchange current = exchange;
    boolean isInWork = state == Http1State.HANDLING || isCut;
    isCut = false;
    state = state == Http1State.SWITCHED ? state : Http1State.OVER;
    exchange = null;
    if (current != null && isInWork) {
      current.response.lose();
      call(current, current.body::fail);
      call(current, current.response::tellWritable);
      call(current, current::over);
    } else if (current != null) {
      current.outcome.tellHalf();
    }
  }

  // ---- requests

  /** Goes a step further in what was received; false if nothing more can be done with it now. */
  private boolean advance(ByteBuffer data) {
    Http1Exchange current = exchange;
    return switch (state) {
      case HEAD -> data.hasRemaining() && outlet.isWritable() && readHead(data);
      case HANDLING -> current != null && current.body.isWanted() && readBody(current, data);
      case DRAINING -> current != null && readBody(current, data);
      case OVER, SWITCHED -> false;
    };
  }

  private boolean readHead(ByteBuffer data) {
    if (left == 0) {
      return false;
    }
    Http1Exchange current = exchange;
    if (current == null) {
      current = loop.claim(options);
      exchange = current;
      current.attach(this);
    }
    HeadParser head = current.head;
    HeadInput input = loop.headInput;
    FieldParser.Result result = input.parse(head, data, limits.headBytes());
    current.looked(input, result == FieldParser.Result.DONE);
    switch (result) {
      case MORE -> beginHead();
      case REFUSED -> refuse(current, head.status(), String.valueOf(head.problem()));
      case DONE -> {
        left--;
        current.begin(input.bytes(), input.take(head, data));
        hasMore = data.hasRemaining();
        handle(current);
      }
    }
    return result == FieldParser.Result.DONE;
  }

  /** A part of a head came. */
  private void beginHead() {
    if (!isHeadBegun) {
      isHeadBegun = true;
      deadline.in(limits.headNanos());
    }
  }

  private void handle(Http1Exchange current) {
    requests++;
    state = Http1State.HANDLING;
    deadline.clear();
    rate.clear();
    isHandling = true;
    try {
      handler.handle(current.request, current.response);
      if (current.response.isOpen() && !current.response.isLater()) {
        throw new IllegalStateException(
            "the handler has neither answered " + current.request + " nor said that it will");
      }
    } catch (Throwable t) {
      failed(current, t);
    } finally {
      isHandling = false;
    }
    if (exchange == null) {
      loop.give(current);
    }
  }

  /** Somebody answers later. */
  void later(Http1Exchange current) {
    current.request.keep();
    hold.begin();
  }

  /** Goes on with the body, which somebody reads or which is passed over; whether it did. */
  private boolean readBody(Http1Exchange current, ByteBuffer data) {
    int before = data.remaining();
    boolean wasDraining = state == Http1State.DRAINING;
    boolean on = true; // also after a failure: what follows has come
    try {
      on = current.readBody(data);
    } catch (Throwable t) {
      failed(current, t);
    }
    int count = before - data.remaining();
    rate.add(count);
    drained += wasDraining ? count : 0;
    if (state == Http1State.DRAINING && drained > limits.drainBytes()) {
      end();
    } else if (state == Http1State.DRAINING && current.isBodyOver()) {
      next();
    }
    return on;
  }

  // ---- answers

  /** Something of an answer was written: how it stands. */
  WriteResult wrote() {
    if (!isInTurn || hold.isHeld()) { // of one that goes on, others may write to the connection
      outlet.flush();
    }
    if (state == Http1State.OVER) {
      return WriteResult.CLOSED;
    }
    return outlet.isWritable() ? WriteResult.QUEUED : WriteResult.FULL;
  }

  /** An answer is complete. */
  WriteResult completed(Http1Exchange current) {
    WriteResult result = wrote();
    if (state != Http1State.HANDLING) {
      return result; // it was cut
    }
    boolean isReusable = current.knownLeft() <= limits.drainBytes();
    if (current.body.isRead()) {
      call(current, current.body::fail);
    }
    if (current.isLast() || !isReusable) {
      end();
    } else if (current.isBodyOver()) {
      next();
    } else {
      state = Http1State.DRAINING;
      drained = 0;
      deadline.in(limits.drainNanos());
    }
    try {
      current.response.tellWritable(); // there never will be room
      current.over();
    } catch (Throwable t) {
      current.report(t);
    }
    settleLater();
    return result;
  }

  /** Waits for another request. */
  private void next() {
    Http1Exchange current = exchange;
    exchange = null;
    if (current != null && !isHandling) {
      loop.give(current);
    }
    hold.end();
    state = Http1State.HEAD;
    isHeadBegun = false;
    deadline.in(limits.keepAliveNanos());
  }

  /** Ends the connection behind what was written. */
  private void end() {
    deadline.clear();
    state = Http1State.OVER;
    isCloseDue = true;
    hold.end();
  }

  /** Ends it at once: what was sent is not all. */
  @Override
  public void broken(CloseCause why) {
    if (isOver()) {
      return;
    }
    deadline.clear();
    isCut = state == Http1State.HANDLING;
    state = Http1State.OVER;
    Http1Exchange current = exchange;
    if (current != null) {
      current.outcome.cut();
    }
    outlet.resetBehind(why); // what was answered before is whole
  }

  @Override
  public boolean isStreaming() {
    Http1Exchange current = exchange;
    return current != null && current.response.isOpen();
  }

  /** Answers what is no request, or no body; nothing behind it is looked at. */
  void refuse(Http1Exchange current, int status, String problem) {
    if (isOver() || !current.equals(exchange)) {
      return;
    }
    if (state == Http1State.DRAINING) { // which was answered
      end();
      settleLater();
      return;
    }
    state = Http1State.HANDLING;
    current.setLast();
    if (current.response.isBegun()) {
      broken(CloseCause.of(CloseReason.PROTOCOL, problem));
    } else {
      current.outcome.refuse(status, problem);
    }
    call(current, current.body::fail);
    settleLater();
  }

  /** The program's code threw. */
  void failed(Http1Exchange current, Throwable thrown) {
    current.body.drop();
    if (thrown instanceof HttpException known && !current.response.isBegun() && !isOver()) {
      Refusals.answer(current, known.status(), String.valueOf(known.getMessage()));
      return;
    }
    current.report(thrown);
    boolean isDue = state == Http1State.HANDLING && current.equals(exchange); // else answered
    if (isDue && current.response.isBegun()) {
      broken(CloseCause.of(CloseReason.HANDLER_FAILED, thrown));
    } else if (isDue) {
      current.outcome.fail();
    }
  }

  /** Calls the program; what it throws is its own failure. */
  void call(Http1Exchange current, Runnable what) {
    try {
      what.run();
    } catch (Throwable t) {
      failed(current, t);
    }
  }

  /** The connection is another handler's. */
  void switchTo(Http1Exchange current, ConnectionHandler next) {
    deadline.end();
    hold.end();
    state = Http1State.SWITCHED;
    exchange = null;
    connection.pauseReading();
    outlet.handOver(next);
    call(current, current::over);
  }

  // ---- what is wanted next

  /** As {@link #settle}, at the end of the turn if this is one. */
  void settleLater() {
    if (!isInTurn) {
      settle();
    }
  }

  /** Sends what is there, and has the connection read, wait or end. */
  private void settle() {
    outlet.flush();
    if (isInputOver && state == Http1State.HEAD && isPaused && connection.unreadBytes() == 0) {
      end();
    }
    if (isCloseDue && !outlet.isWaiting()) {
      isCloseDue = false;
      connection.close();
    }
    if (isOver()) {
      return;
    }
    Http1Exchange current = exchange;
    boolean wants =
        switch (state) {
          case HEAD -> outlet.isWritable();
          case HANDLING -> current != null && current.body.isWanted();
          default -> true;
        };
    if (state == Http1State.HANDLING) {
      boolean isAwaited = wants && current != null && current.body.isAwaited();
      rate.watch(isAwaited, connection.loop().nowNanos(), deadline);
    }
    if (!wants && !isPaused) {
      isPaused = true; // the connection is when something comes: mostly nothing does
    } else if (wants && isPaused) {
      isPaused = false;
      connection.resumeReading(); // what was left is given in the next turn
    }
  }

  /** The deadline has come. */
  private void late() {
    Http1Exchange current = exchange;
    switch (state) {
      case HEAD -> {
        if (isPaused && isHeadBegun) { // it is we who do not read
          deadline.in(limits.headNanos());
        } else if (isHeadBegun && current != null) {
          refuse(current, 408, "the head took too long");
        } else if (requests > 0 && outlet.isBusy()) {
          deadline.in(limits.keepAliveNanos()); // the client has not read its answer yet
        } else {
          end();
        }
      }
      case HANDLING -> {
        if (current != null && !current.isBodyOver()) {
          refuse(current, 408, "the body came too slowly");
        }
      }
      case DRAINING -> end();
      case OVER, SWITCHED -> {}
    }
    settle();
  }
}
