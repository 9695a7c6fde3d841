package dev.pollux.http;

import dev.pollux.net.Connection;
import dev.pollux.net.WriteResult;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * What a loop and a thread that blocks share of an exchange: the thread has the loop do something
 * by a task and waits for it, or for a piece of the body, of which there is one at a time.
 *
 * <p>The lock is held for looks at the fields alone, never over a call to elsewhere.
 */
final class HttpBridge implements HttpBodyHandler {

  /** Something done to the answer, on the loop. */
  @FunctionalInterface
  interface Step {
    WriteResult take(HttpResponse response);
  }

  private static final int MAX_CAUSES = 100;
  private static final long PAUSE_NANOS = 100_000; // 0.1 ms
  private static final long MAX_PAUSE_NANOS = 20_000_000; // 20 ms

  private final HttpRequest request;
  private final HttpResponse response;
  private final Exchange exchange;
  private final @Nullable Connection connection;
  private final Lock lock;
  private final Condition changed;

  // By the lock:
  private @Nullable ByteBuffer piece; // of the body
  private boolean isBodyOver;
  private boolean isBodyLost;
  private boolean isOver; // the answer, or the connection
  private @Nullable WriteResult answer; // to the last step
  private @Nullable Throwable thrown; // by it
  private boolean hasRoom;
  private boolean isSent;

  // The thread's:
  private boolean isReading;
  private boolean isAhead; // of the thread's first read
  private boolean isPieceTaken; // and the body has paused with it
  private @Nullable IOException told; // what it was told, and may pass on

  HttpBridge(HttpRequest request, HttpResponse response) {
    this.request = request;
    this.response = response;
    this.exchange = request.exchange();
    this.connection = exchange.connection();
    this.lock = exchange.threads().newLock();
    this.changed = lock.newCondition();
  }

  // ---- on the loop

  void begin() {
    response.whenOver(() ->
        change(() -> {
          isOver = true;
          hasRoom = true;
        }));
  }

  /**
   * Begins to read the body before the thread asks: what came with the head, and the end of none,
   * is there then. Not of a client that waits for being asked.
   */
  void readAhead() {
    if (request.field("Expect") == null) {
      isReading = true;
      isAhead = true;
      request.body().readAhead(true);
      stream();
    }
  }

  @Override
  public void data(ByteBuffer data) {
    byte[] copy = new byte[data.remaining()];
    data.get(copy);
    request.body().pause();
    change(() -> piece = ByteBuffer.wrap(copy));
  }

  @Override
  public void end() {
    change(() -> isBodyOver = true);
  }

  @Override
  public void failed() {
    change(() -> isBodyLost = true);
  }

  private void change(Runnable what) {
    lock.lock();
    try {
      what.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void take(Step step) {
    WriteResult result = WriteResult.CLOSED;
    Throwable caught = null;
    try {
      if (response.isOpen()) {
        result = step.take(response);
      }
    } catch (Throwable t) {
      caught = t;
    }
    boolean waits = caught == null && !result.goesOn() && result != WriteResult.CLOSED;
    boolean mayGoOn = !waits || !response.isOpen();
    if (!mayGoOn) {
      response.whenWritable(() -> change(() -> hasRoom = true));
    }
    WriteResult known = result;
    Throwable failure = caught;
    change(() -> {
      answer = known;
      thrown = failure;
      hasRoom |= mayGoOn;
      lookWhetherSent();
    });
  }

  // ---- on the thread

  /** Has the loop do something, again if it was refused, and waits until there is room for more. */
  void call(Step step) throws IOException {
    WriteResult result = WriteResult.REFUSED;
    while (result == WriteResult.REFUSED) {
      forget();
      post(() -> take(step));
      result = await();
    }
    if (result == WriteResult.CLOSED) {
      throw tell(new IOException("the connection of " + request + " is over"));
    }
  }

  /**
   * Has the loop do something after which there is nothing more to do, and waits for nothing: what
   * it throws is as if the program had.
   */
  void callLast(Step step) throws IOException {
    if (!postAnyway(() -> takeLast(step))) {
      throw tell(new IOException("the loop of " + request + " is closed"));
    }
  }

  /**
   * Has the loop do the last there is to do, and waits until the kernel has all that was sent, or
   * the connection is over: what follows, were it the end of the process, takes nothing from the
   * client.
   */
  void callWhole(Step step) throws IOException {
    call(step);
    long pause = PAUSE_NANOS;
    while (!exchange.inLoop() && !isSent()) {
      exchange.threads().pause(pause);
      if (Thread.currentThread().isInterrupted()) { // no pause is one then
        throw interrupted(new InterruptedException());
      }
      pause = Math.min(2 * pause, MAX_PAUSE_NANOS);
      post(() -> change(this::lookWhetherSent));
    }
  }

  private boolean isSent() {
    lock.lock();
    try {
      return isSent;
    } finally {
      lock.unlock();
    }
  }

  private void lookWhetherSent() {
    Connection known = connection;
    isSent = known == null || known.isClosed() || known.queuedBytes() == 0;
  }

  private void takeLast(Step step) {
    try {
      if (response.isOpen()) {
        WriteResult _ = step.take(response);
      }
    } catch (Throwable t) {
      failed(t);
    }
  }

  private void forget() {
    lock.lock();
    try {
      answer = null;
      thrown = null;
      hasRoom = false;
    } finally {
      lock.unlock();
    }
  }

  private WriteResult await() throws IOException {
    lock.lock();
    try {
      while (answer == null || !hasRoom) {
        changed.await();
      }
      Throwable failure = thrown;
      switch (failure) {
        case null -> {}
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new IOException(failure);
      }
      return answer;
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      lock.unlock();
    }
  }

  /** The next piece of the body; null at its end. */
  @Nullable ByteBuffer read() throws IOException {
    if (!isReading) {
      isReading = true;
      post(this::stream);
    } else if ((isAhead || isPieceTaken) && !isBodyOver()) {
      boolean isFirst = isAhead;
      boolean isPaused = isPieceTaken; // else it has not, or the next one is there
      isAhead = false;
      isPieceTaken = false;
      post(() -> goOn(isFirst, isPaused));
    }
    lock.lock();
    try {
      while (piece == null && !isBodyOver) {
        if (isBodyLost || isOver) {
          throw tell(new IOException("the rest of the body of " + request + " will not come"));
        }
        changed.await();
      }
      ByteBuffer taken = piece;
      piece = null;
      isPieceTaken = taken != null;
      return taken;
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      lock.unlock();
    }
  }

  /** The thread waits for the next of the body. */
  private void goOn(boolean isFirst, boolean isPaused) {
    if (isFirst) {
      request.body().readAhead(false); // from now on it may be too slow
    }
    if (isPaused) {
      request.body().resume();
    }
  }

  private boolean isBodyOver() {
    lock.lock();
    try {
      return isBodyOver || piece != null;
    } finally {
      lock.unlock();
    }
  }

  private void stream() {
    try {
      if (response.isOpen()) {
        request.body().stream(this);
      } else {
        failed();
      }
    } catch (Exception e) {
      failed();
    }
  }

  /** The code threw. */
  void fail(Throwable failure) {
    if (isTold(failure)) {
      abort();
    } else {
      boolean _ = postAnyway(() -> failed(failure));
    }
  }

  private void failed(Throwable failure) {
    if (response.isOpen()) {
      exchange.failed(failure);
    } else if (!(failure instanceof HttpException)) { // which was the answer for a client
      exchange.report(failure);
    }
  }

  /** The code threw, and nobody is going to answer. */
  void abort(Throwable failure) {
    if (!isTold(failure)) {
      boolean _ = postAnyway(() -> exchange.report(failure));
    }
    abort();
  }

  /** Nobody is going to answer. */
  void abort() {
    boolean _ = postAnyway(this::abandon);
  }

  private void abandon() {
    Connection known = connection;
    if (response.isOpen() && !response.isBegun() && known != null) {
      known.close(); // of which nothing is missing
    } else if (response.isOpen()) {
      exchange.abort(new IllegalStateException("nobody answers"));
    }
  }

  @SuppressWarnings("ReferenceEquality") // an equal one would be another's
  private boolean isTold(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) { // they may be a circle
      if (cause == told) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  /** What the thread is told, the first of it as the cause of all that follows. */
  private IOException tell(IOException what) {
    IOException first = told;
    if (first == null) {
      told = what;
    } else if (what.getCause() == null) {
      var _ = what.initCause(first);
    }
    return what;
  }

  private IOException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt(); // for whoever asks afterwards
    InterruptedIOException result = new InterruptedIOException("interrupted");
    var _ = result.initCause(cause);
    return tell(result);
  }

  private void post(Runnable task) throws IOException {
    if (exchange.inLoop()) {
      throw new IllegalStateException("blocking calls are not for the thread of the loop");
    }
    if (!postAnyway(task)) {
      throw tell(new IOException("the loop of " + request + " is closed"));
    }
  }

  /** Has the loop run it; waits while it has too much to do. False if it is closed. */
  private boolean postAnyway(Runnable task) {
    if (exchange.inLoop()) { // an executor that has its caller do the work
      task.run();
      return true;
    }
    boolean isInterrupted = false;
    try {
      while (!exchange.offer(task)) {
        if (exchange.isClosed()) {
          return false;
        }
        exchange.threads().pause(PAUSE_NANOS);
        isInterrupted |= Thread.interrupted(); // no pause is one then
      }
      return true;
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
