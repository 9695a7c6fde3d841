package dev.pollux.net;

import dev.pollux.loop.Threads;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a loop and a thread that blocks share of a connection.
 *
 * <p>The loop fills {@code input} and empties {@code output}; the thread does the reverse. Whoever
 * makes the other's condition true signals it: the thread by a condition, the loop by a task, of
 * which at most one is on its way. The lock is held for a copy of bytes, never over a call to
 * elsewhere.
 */
final class BlockingBridge implements ConnectionHandler, Leaver {

  final Lock lock;
  final Condition readable;
  final Condition writable;

  // By the lock:
  final ByteRing input = new ByteRing(Blocking.BUFFER_BYTES);
  final ByteRing output = new ByteRing(Blocking.BUFFER_BYTES);
  @Nullable CloseCause closed;
  boolean inputEnded;
  boolean outputEnded; // by this side: nothing is written any more
  @Nullable String outputLost; // not by this side: why what is written is not sent any more
  boolean readerWaits;
  boolean writing; // in the middle of a write, whose rest is still to come
  private int seenBytes; // of the input, by the reader that waits
  boolean finishing;
  boolean left; // another handler is in this one's place, for good
  private boolean paused;
  private boolean posted;
  private boolean closeAsked;
  private @Nullable CloseCause closeFor; // null is no reason of its own

  private final Threads threads;
  private final @Nullable BlockingHandler handler;
  private @Nullable Connection owner; // set before anybody else has this
  private final Runnable pump = this::pump;
  private boolean holding; // the connection, for the thread to answer; the loop's

  BlockingBridge(Threads threads, @Nullable BlockingHandler handler) {
    this.threads = threads;
    this.handler = handler;
    this.lock = threads.newLock();
    this.readable = lock.newCondition();
    this.writable = lock.newCondition();
  }

  // On the loop.

  /** Makes this the handler of a connection that is open already. */
  BlockingConnection takeOver(Connection connection) {
    owner = connection;
    connection.setHandler(this);
    Leaver.set(connection.link(), this); // which may come before it begins
    return new BlockingConnection(this);
  }

  @Override
  public void opened(Connection connection) {
    begin(connection);
  }

  @Override
  public void attached(Connection connection) {
    begin(connection);
    connection.resumeReading(); // whoever paused it has no part in it any more
  }

  /** Starts the thread, if it is not there already, as it is after a {@link #takeOver}. */
  private void begin(Connection connection) {
    if (left) {
      throw new IllegalStateException("Blocking.over is for once: " + connection + " had left it");
    }
    boolean isFirst = owner == null;
    owner = connection;
    Leaver.set(connection.link(), this);
    BlockingHandler code = handler;
    if (code != null && isFirst) {
      BlockingConnection blocking = new BlockingConnection(this);
      Thread.Builder thread = Thread.ofVirtual().name("connection-" + connection.id());
      Thread _ = threads.start(thread, () -> blocking.run(code));
    }
  }

  @Override
  public void received(Connection connection, ByteBuffer data) {
    boolean full;
    boolean ending;
    lock.lock();
    try {
      input.fill(data);
      full = data.hasRemaining();
      paused |= full;
      ending = finishing;
      readable.signal();
    } finally {
      lock.unlock();
    }
    if (full) {
      Pause.set(connection.link(), Pause.HANDLER, true);
    }
    if (ending) {
      holdWhileBusy();
    }
  }

  @Override
  public void readClosed(Connection connection) {
    lock.lock();
    try {
      inputEnded = true;
      readable.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void writable(Connection connection) {
    pump();
  }

  /** As long as the thread works its own read timeout is what counts. */
  @Override
  public void idle(Connection connection, Silence silence) {
    if (silence == Silence.WRITE || !isBusy()) {
      ConnectionHandler.super.idle(connection, silence);
    }
  }

  @Override
  public void finishing(Connection connection) {
    lock.lock();
    try {
      finishing = true;
    } finally {
      lock.unlock();
    }
    holdWhileBusy();
  }

  @Override
  public void closed(Connection connection, CloseCause cause) {
    lock.lock();
    try {
      closed = cause;
      output.clear();
      readable.signalAll();
      writable.signalAll();
    } finally {
      lock.unlock();
    }
    if (owner == null && !connection.channel().isOfServer()) {
      begin(connection); // it never opened: the thread learns why at its first call
    }
  }

  /** Does what the thread asked for: sends, reads again, ends. */
  private void pump() {
    Connection connection = connection();
    boolean close;
    CloseCause why;
    lock.lock();
    try {
      posted = false;
      close = closeAsked;
      why = closeFor;
    } finally {
      lock.unlock();
    }
    if (left) {
      return;
    }
    send(connection, close);
    goOn(connection, close, why);
  }

  /** What follows from what was sent, and read: ends, and reads again. */
  private void goOn(Connection connection, boolean closeAfter, @Nullable CloseCause why) {
    boolean close = closeAfter;
    boolean resume;
    boolean end;
    boolean ending;
    lock.lock();
    try {
      resume = paused && !input.isFull();
      paused &= !resume;
      end = outputEnded && output.isEmpty();
      close &= end; // what was written comes first
      ending = finishing;
    } finally {
      lock.unlock();
    }
    if (close && why != null) {
      connection.close(why);
    } else if (close) {
      connection.close();
    }
    if (close) {
      return;
    }
    if (end) {
      connection.end();
    }
    if (resume) {
      Pause.set(connection.link(), Pause.HANDLER, false);
    }
    if (ending) {
      holdWhileBusy();
    }
  }

  /**
   * The descriptor is given away, if the thread has written nothing that the connection has not
   * taken: from the same moment on it writes no more. False if it has, and nothing is done.
   */
  @Override
  public boolean leaveIfSent() {
    return left || leave(() -> writing || !output.isEmpty());
  }

  /** Likewise, if the thread has not closed its output; or has closed the whole, which is done. */
  @Override
  public boolean leaveIfSending() {
    return left || leave(() -> outputEnded && !closeAsked);
  }

  /** Another handler is about to come: does what the thread asked for so far, and that is all. */
  @Override
  public void leave() {
    if (!left) {
      boolean _ = leave(() -> false);
    }
  }

  /** Unless that is so, with the lock. */
  private boolean leave(BooleanSupplier unless) {
    boolean close;
    CloseCause why;
    lock.lock();
    try {
      if (unless.getAsBoolean()) {
        return false;
      }
      left = true; // what the thread writes, or asks for, before this is done, and nothing after it
      close = closeAsked;
      why = closeFor;
    } finally {
      lock.unlock();
    }
    send(connection(), true);
    boolean lost;
    lock.lock();
    try {
      lost = !output.isEmpty() && connection().link().ending.isTaking();
    } finally {
      lock.unlock();
    }
    goOn(connection(), close, why);
    if (lost) {
      String what = "what a thread wrote is too much to be queued for another handler";
      connection().reset(CloseCause.of(CloseReason.LIMIT, what));
    }
    retire();
    return true;
  }

  /** Tells the thread that this is not its connection any more, and leaves to others what is. */
  private void retire() {
    ByteBuffer unread;
    boolean resume;
    lock.lock();
    try {
      unread = ByteBuffer.allocate(input.sizeBytes());
      input.drain(unread);
      output.clear();
      resume = paused;
      paused = false;
      readable.signalAll();
      writable.signalAll();
    } finally {
      lock.unlock();
    }
    Connection connection = connection();
    if (unread.flip().hasRemaining() && connection.isOpen()) {
      connection.link().putBack(unread);
    }
    if (holding) {
      holding = false;
      connection.release();
    }
    if (resume) {
      Pause.set(connection.link(), Pause.HANDLER, false);
    }
  }

  /** Once a finish has begun it waits as long as there is something to answer. */
  private void holdWhileBusy() {
    boolean busy = isBusy();
    if (busy && !holding) {
      connection().hold();
    } else if (!busy && holding) {
      connection().release();
    }
    holding = busy;
  }

  /**
   * Hands on what the thread wrote, as far as the connection is writable; to the end, as far as it
   * has room. No piece is more than it has room for, so what is refused is for want of memory.
   */
  private void send(Connection connection, boolean toTheEnd) {
    ByteBuffer buffer = LoopNet.of(connection.loop()).transfer();
    Link link = connection.link();
    while (connection.isWritable()
        || (connection.isOpen() && !link.ending.isTaking())
        || (toTheEnd && link.roomBytes() > 0)) {
      int size = buffer.clear().capacity();
      int room = link.ending.isTaking() ? link.roomBytes() : size; // what is dropped needs none
      var _ = buffer.limit(Math.min(size, room));
      lock.lock();
      try {
        output.peek(buffer);
      } finally {
        lock.unlock();
      }
      int count = buffer.flip().remaining();
      WriteResult result = count == 0 ? WriteResult.REFUSED : connection.write(buffer);
      if (result == WriteResult.REFUSED) {
        return; // writable() tells when there is memory
      }
      lock.lock();
      try {
        output.skip(count);
        if (result == WriteResult.CLOSED && connection.isOpen()) {
          CloseCause why = link.ending.loss();
          outputLost = why == null ? "a part may not be sent" : why.reason() + ", " + why.message();
        }
        writable.signal();
      } finally {
        lock.unlock();
      }
    }
  }

  // On any thread.

  Connection connection() {
    Connection connection = owner;
    if (connection == null) {
      throw new IllegalStateException("not open yet");
    }
    return connection;
  }

  /**
   * The thread waits from now on for more input than it has seen, which a finish waits for; whether
   * the task is to be posted that tells the loop. With the lock.
   */
  boolean waitsForInput(int knownBytes) {
    boolean waits = readerWaits && seenBytes == knownBytes; // which the loop knows
    boolean news = (finishing && !waits) || (paused && !input.isFull());
    readerWaits = true;
    seenBytes = knownBytes;
    return news && claimPost();
  }

  /** Tells the loop that there is something to do. With the lock; the task is to be posted. */
  boolean claimPost() {
    boolean first = !posted;
    posted = true;
    return first;
  }

  /** Whether the loop is to read again: half of the buffer is free. With the lock. */
  boolean wantsInput() {
    return paused && input.sizeBytes() <= Blocking.BUFFER_BYTES / 2;
  }

  /** Posts the task that was claimed. Without the lock. */
  void post() {
    boolean _ = OnLoop.postParking(connection().loop(), pump);
  }

  /** Ends the connection in order, and in the end for this reason, if there is one. */
  void close(@Nullable CloseCause why) {
    boolean first;
    lock.lock();
    try {
      if (closeAsked || left || closed != null) {
        return;
      }
      closeAsked = true;
      closeFor = why;
      outputEnded = true;
      first = claimPost();
      readable.signalAll();
      writable.signalAll();
    } finally {
      lock.unlock();
    }
    if (first) {
      post();
    }
  }

  boolean isCloseAsked() {
    return closeAsked;
  }

  /**
   * The thread was interrupted as it wrote, which is no failure, and ends the connection at once;
   * or was told that nothing is sent any more, which has a reason of its own.
   */
  void cutOff(Throwable told) {
    Runnable end =
        () -> {
          Ending ending = connection().link().ending;
          if (ending.isClosing() || ending.loss() == null) {
            connection().reset(CloseCause.of(CloseReason.CUT_OFF, told));
          } else {
            connection().close();
          }
        };
    atOnce(end, () -> {});
  }

  /** The thread's code threw: says so, and ends the connection at once. */
  void failed(Throwable thrown) {
    String what = "the blocking handler";
    atOnce(
        () -> connection().channel().failed(what, thrown),
        () -> Callbacks.failed(connection(), what, thrown));
  }

  /** Does the one thing on the loop; the other if the connection ends already, or is another's. */
  private void atOnce(Runnable end, Runnable late) {
    boolean _ =
        OnLoop.postParking(
            connection().loop(),
            () -> {
              pump();
              (closeAsked || left ? late : end).run();
            });
  }

  /** Whether the thread has something to answer, or the answer is still on its way. */
  private boolean isBusy() {
    lock.lock();
    try {
      boolean read = input.sizeBytes() <= seenBytes;
      boolean written = output.isEmpty() && !writing;
      return closed == null && !(readerWaits && read && written);
    } finally {
      lock.unlock();
    }
  }
}
