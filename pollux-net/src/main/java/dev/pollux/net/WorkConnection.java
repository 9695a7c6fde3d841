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
  private @Nullable WorkRequest held;
  private @Nullable ByteBuffer heldWire; // the same as it came, should it be another handler's
  private @Nullable CloseCause ending;
  private @Nullable FrameReader reader; // what this is a part of
  private boolean left; // another handler is in its place
  private boolean busy;
  private boolean paused; // by this, and not by the program
  private boolean holding; // the connection, because there is a request
  private volatile boolean cancelled;

  WorkConnection(Workers workers, Framing framing, WorkHandler handler, Connection connection) {
    this.workers = workers;
    this.framing = framing;
    this.handler = handler;
    this.connection = connection;
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
    workers.know(connection.loop());
  }

  /** What gives the frames to this, and still knows how they came. */
  ConnectionHandler within(ConnectionHandler frames) {
    reader = frames instanceof FrameReader known ? known : null;
    return frames;
  }

  @Override
  public void frame(Connection source, ByteBuffer payload) {
    ByteBuffer copy = ByteBuffer.allocate(payload.remaining()).put(payload).flip();
    WorkRequest request = new WorkRequest(this, copy);
    if (held != null) {
      throw new IllegalStateException("a request came though reading is paused: " + connection);
    }
    if (busy || isFull()) {
      held = request;
      FrameReader known = reader;
      heldWire = known == null ? null : known.wire(payload);
      pause(true);
    } else {
      submit(request);
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
    ByteBuffer wire = heldWire;
    if (wire != null && connection.isOpen()) {
      held = null;
      heldWire = null;
      connection.link().putBack(wire);
    } else if (held != null) {
      cancel();
    }
    if (paused) {
      pause(false);
    }
    holdWhileBusy(); // what is in work is still answered, and nothing is kept that nobody answers
  }

  /** What is still to be answered is not answered any more. */
  @Override
  public boolean leaveIfSent() {
    leave();
    return true;
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

  /** Nothing is in work any more; true if it was for a connection that is another's by now. */
  private boolean doneForAnother() {
    boolean another = left;
    if (another) {
      busy = false;
      cancel();
      holdWhileBusy();
    }
    return another;
  }

  /** Sends what a worker wrote, if it still can be sent. */
  void send(List<ByteBuffer> frames) {
    if (left) {
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
    if (doneForAnother()) {
      Callbacks.failed(connection, "a worker", cause);
    } else {
      connection.channel().failed("a worker", cause);
    }
  }

  /** The workers are closed. */
  void cutOff() {
    if (!doneForAnother()) {
      connection.reset(CloseCause.of(CloseReason.CUT_OFF, "the workers are closed"));
    }
  }

  private void answered(List<ByteBuffer> frames, boolean last) {
    if (doneForAnother()) {
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
    WorkRequest next = held;
    held = null;
    heldWire = null;
    if (next != null) {
      submit(next);
    } else if (ending != null) {
      end(ending);
    } else {
      pause(false);
    }
  }

  /** Reading goes on unless the queue is full; then it does when this request is answered. */
  private void submit(WorkRequest request) {
    busy = true;
    switch (workers.add(request)) {
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
