package dev.pollux.net;

import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;

/** Work that answers with its request, when the test lets it go: until then it is under way. */
final class GatedEcho implements WorkHandler {

  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);

  @Override
  public void handle(ByteBuffer request, Reply reply) throws InterruptedException {
    started.countDown();
    go.await();
    reply.write(request);
  }

  /** Waits for the first request. */
  void awaitStart() throws InterruptedException {
    started.await();
  }

  void letGo() {
    go.countDown();
  }
}
