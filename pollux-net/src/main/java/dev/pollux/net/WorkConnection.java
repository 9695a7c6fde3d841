package dev.pollux.net;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose requests are answered by {@link Workers}.
 *
 * <p>Of its requests one is with the workers; the next one is held here, with reading paused, until
 * that is answered and the peer takes answers. So the peer that waits for each answer before it
 * asks again costs no pausing.
 *
 * <p>Threads: the loop's, where nothing else is said.
 */
final class WorkConnection implements FrameHandler, Leaver {

  private final Workers workers;
  private final Framing framing;
  private final WorkHandler handler;
  private final Connection connection;
  private final FrameReader reader; // gives the frames to this
  private @Nullable ByteBuffer held; // a request, in what came off the wire: see FrameReader.wire
  private @Nullable CloseCause ending;
  private boolean left; // another handler is in its place
  private boolean busy;
  private boolean late; // what is in work is of before it left: nobody is to be answered
  private boolean paused; // by this, and not by the program
  private boolean holding; // the connection, because there is a request
  private volatile boolean cancelled;

  WorkConnection(Workers workers, Framing framing, WorkHandler handler, Connection connection) {
    this.workers = workers;
    this.framing = framing;
    this.handler = handler;
    this.connection = connection;
    this.reader = new FrameReader(framing, this);
  }

  /** What cuts the stream, for this. */
  ConnectionHandler reader() {
    return reader;
  }

  /** Any thread. */
  Connection connection() {
    return connection;
  }

  /** Any thread. */
  Framing framing() {
    return framing;
  }

  /** Whether nobody waits for answers any more. Any thread. */
  boolean isCancelled() {
    return cancelled;
  }

  /** Runs something on the loop, as long as that is open. A worker's thread. */
  void post(Runnable task) {
    boolean _ = OnLoop.postParking(connection.loop(), task);
  }

  /** Answers a request; on the thread of a worker. */
  void handle(ByteBuffer request) throws Exception {
    Reply reply = new Reply(this);
    handler.handle(request, reply);
    List<ByteBuffer> frames = reply.take();
    boolean last = reply.isCloseAsked();
    post(() -> answered(frames, last));
  }

  @Override
  public void opened(Connection opened) {
    begin();
  }

  @Override
  public void attached(Connection opened) {
    begin();
  }

  private void begin() {
    Leaver.set(connection.link(), this);
    left = false;
    cancelled = false;
    ending = null; // is told again
    workers.know(connection.loop());
  }

  @Override
  public void frame(Connection source, ByteBuffer payload) {
    if (held != null) {
      throw new IllegalStateException("a request came though reading is paused: " + connection);
    }
    if (busy || isFull()) {
      held = reader.wire(payload);
      pause(true);
    } else {
      submit(payload);
    }
    holdWhileBusy();
  }

  @Override
  public void writable(Connection source) {
    goOn();
    holdWhileBusy();
  }

  @Override
  public void readClosed(Connection source) {
    endAfterAnswers(CloseCause.END_OF_STREAM);
  }

  @Override
  public void truncated(Connection source, CloseCause cause) {
    endAfterAnswers(cause);
  }

  @Override
  public void closed(Connection source, CloseCause cause) {
    cancel();
    holdWhileBusy();
  }

  /** What is in work is too late, and what waits here is read by the next. */
  @Override
  public void leave() {
    left = true;
    late = busy;
    if (connection.isOpen() && reader.isCut(held != null)) {
      String what = "handed over within a frame of frames, in the middle of which nobody reads on";
      connection.reset(CloseCause.of(CloseReason.CUT_OFF, what));
    }
    ByteBuffer wire = held;
    if (wire != null && connection.isOpen()) {
      held = null;
      connection.link().putBack(wire.clear());
    } else if (wire != null) {
      cancel();
    }
    if (paused) {
      pause(false);
    }
    holdWhileBusy(); // what is in work is still answered, and nothing is kept that nobody answers
  }

  private void pause(boolean now) {
    paused = now;
    Pause.set(connection.link(), Pause.HANDLER, now);
  }

  private void cancel() {
    cancelled = true;
    if (held != null) {
      held = null;
      workers.dropped();
    }
  }

  /** Nothing is in work any more; true if it was too late to be answered. */
  private boolean doneTooLate() {
    boolean tooLate = late;
    if (tooLate) {
      late = false;
      busy = false;
      if (!left) {
        goOn(); // with what has come since
      }
      holdWhileBusy();
    }
    return tooLate;
  }

  /** Sends what a worker wrote, if it still can be sent. */
  void send(List<ByteBuffer> frames) {
    if (late) {
      return;
    }
    for (ByteBuffer frame : frames) {
      if (connection.write(frame) == WriteResult.REFUSED) {
        connection.reset(CloseCause.of(CloseReason.LIMIT, "an answer is more than may be queued"));
      }
    }
  }

  /** The handler threw. */
  void failed(Throwable cause) {
    if (doneTooLate()) {
      Callbacks.failed(connection, "a worker", cause);
    } else {
      connection.channel().failed("a worker", cause);
    }
  }

  /** The workers are closed. */
  void cutOff() {
    if (!doneTooLate()) {
      connection.reset(CloseCause.of(CloseReason.CUT_OFF, "the workers are closed"));
    }
  }

  private void answered(List<ByteBuffer> frames, boolean last) {
    if (doneTooLate()) {
      return;
    }
    busy = false;
    send(frames);
    if (last) {
      connection.close();
    }
    goOn();
    holdWhileBusy();
  }

  /** A finish waits, and silence does not count, as long as there is a request. */
  private void holdWhileBusy() {
    boolean works = busy || held != null;
    if (works && !holding) {
      connection.hold();
    } else if (!works && holding) {
      connection.release();
    }
    holding = works;
  }

  /** Whether the peer is to take answers first; where none can be sent, that is not waited for. */
  private boolean isFull() {
    return !connection.isWritable() && connection.link().ending.isTaking();
  }

  private void goOn() {
    if (busy || !connection.isOpen() || isFull()) {
      return;
    }
    ByteBuffer next = held;
    held = null;
    if (next != null) {
      submit(next);
    } else if (ending != null) {
      end(ending);
    } else {
      pause(false);
    }
  }

  /** Reading goes on unless the queue is full; then it does when this request is answered. */
  private void submit(ByteBuffer payload) {
    ByteBuffer copy = ByteBuffer.allocate(payload.remaining()).put(payload).flip();
    busy = true;
    switch (workers.add(new WorkRequest(this, copy))) {
      case QUEUED -> pause(false);
      case WAITING -> pause(true);
      case CLOSED -> cutOff();
    }
  }

  private void endAfterAnswers(CloseCause cause) {
    ending = cause;
    if (!busy && held == null) {
      end(cause);
    }
  }

  /** Who ended in order has all the time in the world to read the answers. */
  private void end(CloseCause cause) {
    if (cause.equals(CloseCause.END_OF_STREAM)) {
      connection.end();
    } else {
      connection.close(cause);
    }
  }
}
