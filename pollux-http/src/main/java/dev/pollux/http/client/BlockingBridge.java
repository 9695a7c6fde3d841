package dev.pollux.http.client;

import dev.pollux.http.HttpFields;
import dev.pollux.loop.EventLoop;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a loop and a thread that blocks share of a call: the thread has the loop do something by a
 * task, and waits for a piece of the body, of which there is one at a time.
 *
 * <p>The lock is held for looks at the fields alone, never over a call to elsewhere.
 */
final class BlockingBridge implements ClientHandler {

  private final HttpClient client;
  private final EventLoop loop;
  private final ClientRequest request;
  private final Lock lock;
  private final Condition changed;

  // By the lock:
  private @Nullable ClientAnswer answer;
  private @Nullable ByteBuffer piece; // of the body
  private @Nullable HttpFields trailers; // when it is over
  private @Nullable ClientException failure;
  private boolean isWritten; // the last piece of the request's body
  private boolean isTaken; // and more may be written

  // The loop's:
  private @Nullable ClientCall call;
  private boolean isUnwanted;

  BlockingBridge(HttpClient client, ClientRequest request) {
    this.client = client;
    this.request = request;
    this.loop = client.loop();
    this.lock = loop.options().threads().newLock();
    this.changed = lock.newCondition();
  }

  // ---- on the loop

  private void begin() {
    if (!isUnwanted) {
      call = client.send(request, this);
    }
  }

  @Override
  public void answered(ClientCall of, ClientAnswer came) {
    change(() -> answer = came);
  }

  @Override
  public void data(ClientCall of, ByteBuffer data) {
    byte[] copy = new byte[data.remaining()];
    var _ = data.get(copy);
    of.pause();
    change(() -> piece = ByteBuffer.wrap(copy));
  }

  @Override
  public void ended(ClientCall of, HttpFields came) {
    change(() -> trailers = came);
  }

  @Override
  public void failed(ClientCall of, ClientException why) {
    change(() -> failure = why);
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

  private void write(ByteBuffer some) {
    ClientCall known = call;
    if (known == null) {
      wrote(false);
      return;
    }
    switch (known.write(some)) {
      case REFUSED -> known.whenWritable(() -> write(some));
      case FULL -> known.whenWritable(() -> wrote(true));
      case SENT, QUEUED -> wrote(true);
      case CLOSED -> wrote(false);
    }
  }

  private void wrote(boolean taken) {
    change(() -> {
      isWritten = true;
      isTaken = taken;
    });
  }

  private void endWriting() {
    ClientCall known = call;
    if (known != null && !known.isOver()) {
      try {
        known.end();
      } catch (IllegalStateException _) {
        // less was written than was said: the call fails, which is told
      }
    }
  }

  // ---- on the thread

  /** Has the request sent. */
  void send() throws ClientException {
    if (loop.inLoop()) {
      throw new IllegalStateException(
          loop + " would wait for itself: on its thread use HttpClient.send or fetch");
    }
    post(this::begin);
  }

  private void post(Runnable task) throws ClientException {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException full) {
      boolean isClosed = loop.isClosed();
      throw new ClientException(
          isClosed ? FailureReason.CLIENT_CLOSED : FailureReason.TOO_MANY,
          request + ": " + full.getMessage() + (isClosed ? "" : "; try again later"),
          false,
          true,
          full);
    }
  }

  /** Writes a piece of the request's body, and waits for room; false if nobody takes more. */
  boolean write(byte[] some, int count) throws ClientException, InterruptedException {
    ByteBuffer copy = ByteBuffer.allocate(count).put(some, 0, count).flip();
    lock.lock();
    try {
      isWritten = false;
      isTaken = false;
    } finally {
      lock.unlock();
    }
    post(() -> write(copy));
    await(() -> isWritten || failure != null);
    return isTaken;
  }

  /** The request's body is over. */
  void end() throws ClientException {
    post(this::endWriting);
  }

  /** Waits for the head. */
  ClientAnswer head() throws ClientException, InterruptedException {
    await(() -> answer != null || failure != null);
    ClientAnswer came = answer;
    if (came == null) {
      throw thrown();
    }
    return came;
  }

  /** Waits for a piece; null is the end. */
  @Nullable ByteBuffer next() throws ClientException, InterruptedException {
    ByteBuffer last = piece;
    if (last != null && !last.hasRemaining()) {
      change(() -> piece = null);
      post(() -> {
        ClientCall known = call;
        if (known != null) {
          known.resume();
        }
      });
    }
    await(() -> piece != null || trailers != null || failure != null);
    ByteBuffer came = piece;
    if (came == null && trailers == null) {
      throw thrown();
    }
    return came;
  }

  /** What came behind the body, if it is over. */
  @Nullable HttpFields trailers() {
    return trailers;
  }

  private ClientException thrown() {
    ClientException known = failure;
    if (known == null) {
      throw new AssertionError("nothing has failed");
    }
    return known.again();
  }

  private void await(BooleanSupplier condition) throws InterruptedException {
    boolean isDone = false;
    lock.lock();
    try {
      while (!condition.getAsBoolean()) {
        changed.await();
      }
      isDone = true;
    } finally {
      lock.unlock();
      if (!isDone) {
        cancel();
      }
    }
  }

  /** Nobody waits for it any more. */
  void cancel() {
    boolean _ =
        loop.offer(() -> {
          isUnwanted = true;
          ClientCall known = call;
          if (known != null) {
            known.cancel();
          }
        });
  }
}
