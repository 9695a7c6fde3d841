package dev.pollux.loop;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** Threads as the JDK has them. */
enum JvmThreads implements Threads {
  /** There is no state. */
  INSTANCE;

  @Override
  public Thread start(Thread.Builder builder, Runnable code) {
    return builder.start(code);
  }

  @Override
  public Lock newLock() {
    return new ReentrantLock();
  }

  @Override
  public void pause(long nanos) {
    LockSupport.parkNanos(nanos);
  }

  @Override
  public void join(Thread thread) throws InterruptedException {
    thread.join();
  }
}
