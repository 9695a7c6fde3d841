package dev.pollux.net;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a loop and a thread that blocks share of a connection.
 *
 * <p>The loop fills {@code input} and empties {@code output}; the thread does the reverse. Whoever
 * makes the other's condition true signals it: the thread by a condition, the loop by a task, of
 * which at most one is on its way. The lock is held for a copy of bytes, never over a call to
 * elsewhere.
 */
final class BlockingBridge implements ConnectionHandler {

  final ReentrantLock lock = new ReentrantLock();
  final Condition readable = lock.newCondition();
  final Condition writable = lock.newCondition();

  // By the lock:
  final ByteRing input = new ByteRing(Blocking.BUFFER_BYTES);
  final ByteRing output = new ByteRing(Blocking.BUFFER_BYTES);
  @Nullable CloseCause closed;
  boolean inputEnded;
  boolean outputEnded; // by this side: nothing is written any more
  boolean readerWaits;
  boolean finishing;
  private boolean paused;
  private boolean posted;
  private boolean closeAsked;

  private final @Nullable BlockingHandler handler;
  private @Nullable Connection owner; // set before anybody else has this
  private final Runnable pump = this::pump;
  private boolean holding; // the connection, for the thread to answer; the loop's

  BlockingBridge(@Nullable BlockingHandler handler) {
    this.handler = handler;
  }

  // On the loop.

  /** Makes this the handler of a connection that is open already. */
  BlockingConnection takeOver(Connection connection) {
    owner = connection;
    connection.setHandler(this);
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
    owner = connection;
    BlockingHandler code = handler;
    if (code != null) {
      BlockingConnection blocking = new BlockingConnection(this);
      Thread _ =
          Thread.ofVirtual().name("connection-" + connection.id()).start(() -> blocking.run(code));
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
      connection.pauseReading();
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
    if (owner == null) {
      begin(connection); // it never opened: the thread learns why at its first call
    }
  }

  /** Does what the thread asked for: sends, reads again, ends. */
  private void pump() {
    Connection connection = connection();
    boolean close;
    lock.lock();
    try {
      posted = false;
      close = closeAsked;
    } finally {
      lock.unlock();
    }
    send(connection, close);
    boolean resume;
    boolean end;
    boolean ending;
    lock.lock();
    try {
      resume = paused && !input.isFull();
      paused &= !resume;
      end = outputEnded && output.isEmpty();
      ending = finishing;
    } finally {
      lock.unlock();
    }
    if (close) {
      connection.close();
      return;
    }
    if (end) {
      connection.end();
    }
    if (resume) {
      connection.resumeReading();
    }
    if (ending) {
      holdWhileBusy();
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

  /** Hands on what the thread wrote, as far as the connection takes it or all of it. */
  private void send(Connection connection, boolean all) {
    ByteBuffer buffer = LoopNet.of(connection.loop()).transfer();
    while (all || connection.isWritable()) {
      var _ = buffer.clear();
      lock.lock();
      try {
        output.drain(buffer);
        writable.signal();
      } finally {
        lock.unlock();
      }
      if (buffer.flip().remaining() == 0) {
        return;
      }
      if (connection.write(buffer) == WriteResult.REFUSED) {
        connection.reset(CloseCause.of(CloseReason.LIMIT, "a blocking thread wrote too much"));
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
   * The thread waits for input from now on, which a finish waits for; whether the task is to be
   * posted that tells the loop. With the lock.
   */
  boolean waitsForInput() {
    boolean news = finishing && !readerWaits;
    readerWaits = true;
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

  /** Ends the connection in order. */
  void close() {
    boolean first;
    lock.lock();
    try {
      if (closeAsked || closed != null) {
        return;
      }
      closeAsked = true;
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

  /** The thread's code threw: ends the connection at once, and says so unless it is no failure. */
  void failed(Throwable cause, boolean failure) {
    Channel channel = connection().channel();
    CloseCause why = CloseCause.of(CloseReason.HANDLER_FAILED, cause);
    Runnable end =
        failure
            ? () -> channel.failed("the blocking handler", cause)
            : () -> connection().reset(why);
    boolean _ = OnLoop.postParking(connection().loop(), end);
  }

  /** Whether the thread has something to answer, or the answer is still on its way. */
  private boolean isBusy() {
    lock.lock();
    try {
      return closed == null && (!readerWaits || !input.isEmpty() || !output.isEmpty());
    } finally {
      lock.unlock();
    }
  }
}
