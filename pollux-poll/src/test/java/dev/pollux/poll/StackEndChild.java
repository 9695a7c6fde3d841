package dev.pollux.poll;

import dev.pollux.sys.NativeSys;

/**
 * What {@link StackEndTest} runs in a JVM of its own: dives to the end of the stack leave marks in
 * compiled code that tests of allocation would see. Prints what is left open.
 */
final class StackEndChild {

  private static final int DIVES = 30;
  private static final long STACK_BYTES = 1 << 19; // 512 KiB

  private StackEndChild() {}

  /** Takes a backend, and {@code wakeup} or {@code close}. */
  public static void main(String[] args) throws Exception {
    Backend backend = Backend.valueOf(args[0]);
    OpenDescriptors before = new OpenDescriptors();
    for (int i = 0; i < DIVES; i++) {
      Poller poller = Poller.open(NativeSys.open(), backend);
      if (args[1].equals("wakeup")) {
        wakeup(poller);
      } else {
        atTheEndOfAStack(poller::close);
      }
      poller.close(); // goes on where the first could not
    }
    before.assertUnchanged();
    System.out.println("nothing left open");
  }

  private static void wakeup(Poller poller) throws InterruptedException {
    Thread waiter = Thread.ofPlatform().daemon().start(() -> await(poller));
    Deadline.forThe("wait").await(() -> waiter.getState() == Thread.State.RUNNABLE);
    atTheEndOfAStack(poller::wakeup);
    Deadline.forThe("end of the wait").await(() -> !waiter.isAlive());
    if (poller.size() != 0) { // takes the lock
      throw new AssertionError("size " + poller.size());
    }
  }

  private static void await(Poller poller) {
    try {
      poller.await(new Events(1), -1);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void atTheEndOfAStack(Runnable call) throws InterruptedException {
    Thread thread = new Thread(null, () -> dive(call), "diver", STACK_BYTES);
    thread.start();
    thread.join();
  }

  /** Goes down until the stack ends, and on the way up tries until it is enough. */
  @SuppressWarnings("InfiniteRecursion") // is what it is for
  private static void dive(Runnable call) {
    try {
      dive(call);
      return;
    } catch (StackOverflowError _) {
      // here is the end, or there was not enough for the call one frame below
    }
    call.run();
  }
}
