package dev.pollux.poll;

import dev.pollux.sys.NativeSys;

/**
 * What {@link StackEndIT} runs in a JVM of its own: dives to the end of the stack leave marks in
 * compiled code that tests of allocation would see. Prints what is left open.
 */
final class StackEndChild {

  private static final int DIVES = 30;
  private static final int EDGES = 30;
  private static final long STACK_BYTES = 1 << 19; // 512 KiB

  private StackEndChild() {}

  /** Takes a backend, and {@code wakeup}, {@code close} or {@code await}. */
  public static void main(String[] args) throws Exception {
    Backend backend = Backend.valueOf(args[0]);
    OpenDescriptors before = new OpenDescriptors();
    int pollers = args[1].equals("await") ? 4 : DIVES; // each dives for every edge
    for (int i = 0; i < pollers; i++) {
      Poller poller = Poller.open(NativeSys.open(), backend);
      switch (args[1]) {
        case "wakeup" -> wakeup(poller);
        case "await" -> edges(poller, args[0]);
        default -> atTheEndOfAStack(poller::close);
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

  /** Each edge is reported once, by a wait that fails for want of stack or by one above it. */
  private static void edges(Poller poller, String backend) throws Exception {
    try (EventFd source = EventFd.open(NativeSys.open())) {
      Registration watched = poller.add(source, Interest.READABLE, Trigger.EDGE, null);
      for (int edge = 0; edge < EDGES; edge++) {
        source.signal();
        Events events = new Events(1);
        atTheEndOfAStack(() -> poll(poller, events));
        poll(poller, events); // what the first found is given again
        int told = 0;
        while (events.next()) {
          told++;
        }
        if (told != 1) {
          throw new AssertionError(backend + ": edge " + edge + " told " + told + " times");
        }
        long _ = source.take();
        watched.drained(Interest.READABLE);
      }
    }
  }

  private static void poll(Poller poller, Events events) {
    try {
      int _ = poller.await(events, 0);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
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
