package dev.pollux.loop;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What {@link DirectMemoryIT} runs, with at most 4 MiB of direct memory. */
final class DirectMemoryChild {

  private DirectMemoryChild() {}

  public static void main(String[] args) throws Exception {
    EventLoop loop = EventLoop.open();
    Thread thread = Thread.ofPlatform().name("loop").daemon().unstarted(loop);
    loop.handTo(thread);
    thread.start();
    Deadline.forThe("sleep of the loop").await(() -> Fixture.isAsleep(thread));

    List<ByteBuffer> hog = new ArrayList<>();
    for (int size = 1 << 16; size >= 1; size /= 2) {
      fill(hog, size);
    }
    Thread fresh =
        Thread.ofPlatform()
            .start(() -> {
              try {
                loop.execute(() -> {});
              } catch (OutOfMemoryError e) {
                // told
              }
              System.out.println("told or worked");
            });
    fresh.join();

    hog.clear();
    Deadline deadline = Deadline.forThe("direct memory to be free again");
    while (!isFree()) {
      deadline.check();
      System.gc();
    }
    for (int i = 0; i < 3; i++) {
      CountDownLatch ran = new CountDownLatch(1);
      loop.execute(ran::countDown);
      boolean inTime = ran.await(10, TimeUnit.SECONDS);
      System.out.println(inTime ? "task " + i : "task " + i + " did not run");
    }
    loop.stop();
    boolean ended = thread.join(java.time.Duration.ofSeconds(10));
    System.out.println(ended ? "stopped" : "not stopped");
    loop.close();
  }

  private static void fill(List<ByteBuffer> hog, int sizeBytes) {
    try {
      while (true) {
        hog.add(ByteBuffer.allocateDirect(sizeBytes));
      }
    } catch (OutOfMemoryError e) {
      // that is the end of this size
    }
  }

  private static boolean isFree() {
    try {
      return ByteBuffer.allocateDirect(1 << 20).capacity() > 0;
    } catch (OutOfMemoryError e) {
      return false;
    }
  }
}
