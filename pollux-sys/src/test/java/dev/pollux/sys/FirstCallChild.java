package dev.pollux.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What {@link FirstCallIT} runs in a JVM of its own. */
final class FirstCallChild {

  private static final Sys SYS = NativeSys.open();

  private static final Set<String> THROWN = new TreeSet<>();

  private static final MemorySegment ONE = Arena.global().allocateFrom(ValueLayout.JAVA_LONG, 1);

  private static int counter;

  /** How many writes to the counter returned. */
  private static long written;

  private FirstCallChild() {}

  /** Prints what came of it. */
  public static void main(String[] args) throws InterruptedException {
    switch (args[0]) {
      case "direct-memory" -> directMemoryFull();
      case "deep" -> stackFull();
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static void directMemoryFull() throws InterruptedException {
    List<ByteBuffer> kept = new ArrayList<>();
    for (int size = 1 << 16; size >= 1; size >>= 8) {
      try {
        while (true) {
          kept.add(ByteBuffer.allocateDirect(size));
        }
      } catch (OutOfMemoryError e) {
        // no room for one of that size
      }
    }
    Thread thread =
        new Thread(() -> {
          System.out.println("first call of a thread: " + outcome());
          System.out.println("second call: " + outcome());
        });
    thread.start();
    thread.join();
    System.out.println("buffers: " + (kept.isEmpty() ? 0 : "many"));
  }

  private static String outcome() {
    try {
      return Errno.name(-SYS.close(-1));
    } catch (Throwable e) {
      return e.toString();
    }
  }

  private static void stackFull() throws InterruptedException {
    Thread thread = new Thread(null, FirstCallChild::dive, "deep", 1 << 18); // 262 kB
    counter = SYS.eventfd(0, Linux.EFD_CLOEXEC);
    thread.start();
    thread.join();
    System.out.println("thrown: " + THROWN);
    MemorySegment count = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);
    int _ = SYS.read(counter, count.address(), Long.BYTES);
    long unseen = count.get(ValueLayout.JAVA_LONG, 0) - written;
    System.out.println(unseen + " calls were made that did not return");
    System.out.println("afterwards: " + Errno.name(-SYS.close(-1)));
    System.out.println("afterwards, variadic: " + Errno.name(-SYS.fcntl(-1, Linux.F_GETFD, 0)));
  }

  /** Goes down as far as it goes, and makes calls on the way up. */
  @SuppressWarnings("InfiniteRecursion") // that is what it is for
  private static void dive() {
    try {
      dive();
    } catch (StackOverflowError e) {
      // as far as it goes
    }
    try {
      if (SYS.write(counter, ONE.address(), Long.BYTES) > 0) {
        written++;
      }
      int _ = SYS.close(-1);
      int _ = SYS.fcntl(-1, Linux.F_GETFD, 0);
    } catch (Throwable e) {
      note(e);
    }
  }

  private static void note(Throwable e) {
    try {
      THROWN.add(e.getClass().getName());
    } catch (StackOverflowError again) {
      // it is noted further up
    }
  }
}
