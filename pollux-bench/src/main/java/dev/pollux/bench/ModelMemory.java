package dev.pollux.bench;

import dev.pollux.sys.Abi;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;

/**
 * The heap that the model kernel needs, after a collection.
 *
 * @param items how many there were
 * @param perEventfd bytes for each open eventfd
 * @param perItem bytes more for each registration of one
 */
record ModelMemory(int items, double perEventfd, double perItem) {

  /** Opens so many eventfds and registers them. */
  static ModelMemory measure(int items) throws IOException {
    Sys sys = ModelBenchmark.kernel(items);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment event = arena.allocate(Abi.CURRENT.epollEventSize, 8);
      event.set(ValueLayout.JAVA_INT, 0, Linux.EPOLLIN);
      int epfd = SysException.check("epoll_create1", sys.epollCreate1(Linux.EPOLL_CLOEXEC));
      long empty = used();
      for (int i = 1; i <= items; i++) {
        SysException.check("eventfd", sys.eventfd(0, Linux.EFD_NONBLOCK));
      }
      long open = used();
      for (int fd = epfd + 1; fd <= epfd + items; fd++) {
        SysException.check(
            "epoll_ctl", sys.epollCtl(epfd, Linux.EPOLL_CTL_ADD, fd, event.address()));
      }
      long registered = used();
      int _ = sys.close(epfd); // until here the kernel is in use, and not garbage
      return new ModelMemory(
          items, (double) (open - empty) / items, (double) (registered - open) / items);
    }
  }

  @SuppressWarnings("CallToSystemGC") // what is left after it is what is measured
  private static long used() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
