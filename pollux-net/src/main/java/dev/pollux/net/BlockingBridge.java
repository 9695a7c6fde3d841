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
  private boolean paused;
  private boolean posted;
  private boolean closeAsked;

  private final @Nullable BlockingHandler handler;
  private @Nullable Connection owner; // set before anybody else has this
  private final Runnable pump = this::pump;

  BlockingBridge(@Nullable BlockingHandler handler) {
    this.handler = handler;
  }

  // On the loop.

  /** Makes this the handler of a connection that is open already. */
  BlockingConnection takeOver(Connection connection) {
    BlockingConnection result = begin(connection);
    connection.setHandler(this);
    inputEnded = connection.link().ending.isInputEnded() && connection.unreadBytes() == 0;
    if (connection.unreadBytes() > 0) {
      connection.pauseReading();
    }
    connection.resumeReading(); // which gives what was left unread
    return result;
  }

  @Override
  public void opened(Connection connection) {
    BlockingConnection blocking = begin(connection);
    BlockingHandler code = handler;
    if (code != null) {
      Thread _ =
          Thread.ofVirtual().name("connection-" + connection.fd()).start(() -> blocking.run(code));
    }
  }

  @Override
  public void received(Connection connection, ByteBuffer data) {
    boolean full;
    lock.lock();
    try {
      input.fill(data);
      full = data.hasRemaining();
      paused |= full;
      inputEnded =
          !full && connection.link().ending.isInputEnded(); // of a connection taken over late
      readable.signal();
    } finally {
      lock.unlock();
    }
    if (full) {
      connection.pauseReading();
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
    lock.lock();
    try {
      resume = paused && !input.isFull();
      paused &= !resume;
      end = outputEnded && output.isEmpty();
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

  /** Ends the connection at once. */
  void fail(Throwable cause) {
    CloseCause why = CloseCause.of(CloseReason.HANDLER_FAILED, cause);
    boolean _ = OnLoop.postParking(connection().loop(), () -> connection().reset(why));
  }

  private BlockingConnection begin(Connection connection) {
    owner = connection;
    connection.link().holdWhile(this::isBusy);
    return new BlockingConnection(this);
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
