package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;

/** Calls that block, each in a thread of its own, on a kernel with threads. */
abstract class BlockingCase {

  /** Long enough for a call that does not block to have returned. */
  static final int GRACE_MILLIS = 20;

  private static final long DEADLINE_SECONDS = 10;

  final Box box = new Box(sys());

  /** A call that wrongly blocks for ever does not keep the virtual machine alive. */
  private final ExecutorService pool =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());

  private final List<Box> others = new ArrayList<>();

  abstract Sys sys();

  @AfterEach
  void closeAll() {
    pool.shutdownNow();
    others.forEach(Box::close);
    box.close();
  }

  /** A call in a thread and with memory of its own, which has had the time to block. */
  <T> Future<T> started(CallIn<T> call) {
    Box other = new Box(box.sys);
    others.add(other);
    CompletableFuture<Thread> entering = new CompletableFuture<>();
    Callable<T> task =
        () -> {
          boolean _ = entering.complete(Thread.currentThread());
          return call.in(other);
        };
    Future<T> result = pool.submit(task);
    box.letBlock(entering.join(), result, GRACE_MILLIS);
    return result;
  }

  interface CallIn<T> {
    T in(Box own);
  }

  void pass(int millis) {
    assertEquals(0, box.sys.poll(box.memory().address(), 0, millis));
  }

  static <T> T end(Future<T> call) throws Exception {
    try {
      return call.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("it blocks for ever", e);
    }
  }

  /** The number of the first of these to be done; the others are still blocked. */
  int onlyOneOf(List<? extends Future<?>> calls) {
    for (int i = 0; i < DEADLINE_SECONDS * 1_000 / GRACE_MILLIS; i++) {
      pass(GRACE_MILLIS); // the others had the time to wake, too
      int[] done = IntStream.range(0, calls.size()).filter(n -> calls.get(n).isDone()).toArray();
      if (done.length > 0) {
        assertEquals(1, done.length);
        return done[0];
      }
    }
    throw new AssertionError("nobody was woken");
  }

  int blocking(int fd) {
    box.ok(box.sys.fcntl(fd, Linux.F_SETFL, 0));
    return fd;
  }
}
