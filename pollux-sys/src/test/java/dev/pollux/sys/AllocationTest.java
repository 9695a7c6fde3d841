package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** No call on the per-event path allocates. */
@ExtendWith(FdLeakCheck.class)
class AllocationTest {

  private static final int CALLS = 100_000;
  private static final int ROUNDS = 10;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Workspace work = new Workspace();
  private final Sys sys = work.sys;

  /** Where results go, so that no call is optimised away. */
  private long sum;

  @AfterEach
  void close() {
    work.close();
  }

  /**
   * The bytes this thread allocates for 100,000 calls, in the best of several rounds: the first
   * ones run in the interpreter, which allocates what compiled code does not.
   */
  private static long allocatedBytes(IntConsumer call) {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS && least > 0; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        call.accept(i);
      }
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }

  @Test
  void measurement_callThatAllocates_isSeen() {
    Object[] kept = new Object[1];
    long bytes = allocatedBytes(i -> kept[0] = new int[] {i});
    assertTrue(bytes >= 16L * CALLS, () -> bytes + " bytes");
  }

  @Test
  void sys_readWriteEpollWait_allocateNothing() throws SysException {
    int[] pipe = work.pipe();
    IoBuffer io = IoBuffer.allocate(8);
    EpollEvents events = EpollEvents.allocate(4);
    int epfd = work.own(sys.epollCreate1(Linux.EPOLL_CLOEXEC));
    events.set(0, Linux.EPOLLIN, 1);
    assertEquals(0, sys.epollCtl(epfd, Linux.EPOLL_CTL_ADD, pipe[0], events.address()));
    assertEquals(
        0,
        allocatedBytes(_ -> {
          sum += sys.write(pipe[1], io.address(), 8);
          sum += sys.epollWait(epfd, events.address(), 4, 0);
          sum += sys.read(pipe[0], io.address(), 8);
        }));
  }

  /** So many frames between a loop and the call are more than the JIT inlines. */
  @Test
  void sys_calledFromDeepDown_allocatesNothing() {
    int fd = work.own(sys.epollCreate1(Linux.EPOLL_CLOEXEC));
    EpollEvents events = EpollEvents.allocate(4);
    assertEquals(0, allocatedBytes(_ -> sum += first(fd, events.address())));
  }

  private int first(int fd, long address) {
    return second(fd, address) + 1;
  }

  private int second(int fd, long address) {
    return third(fd, address) + 1;
  }

  private int third(int fd, long address) {
    return fourth(fd, address) + 1;
  }

  private int fourth(int fd, long address) {
    return fifth(fd, address) + 1;
  }

  private int fifth(int fd, long address) {
    return sixth(fd, address) + 1;
  }

  private int sixth(int fd, long address) {
    return seventh(fd, address) + 1;
  }

  private int seventh(int fd, long address) {
    return eighth(fd, address) + 1;
  }

  private int eighth(int fd, long address) {
    return sys.epollWait(fd, address, 4, 0);
  }

  @Test
  void sys_failingCall_allocatesNothing() {
    int fd = work.eventfd(0);
    long address = work.memory(8).address();
    assertEquals(0, allocatedBytes(_ -> sum += sys.read(fd, address, 8))); // EAGAIN each time
    assertEquals(0, allocatedBytes(_ -> sum += Sockets.accept(sys, fd))); // ENOTSOCK each time
  }

  @Test
  void epoll_waitWithEventAccess_allocatesNothing() throws SysException {
    EpollEvents events = EpollEvents.allocate(4);
    try (Epoll epoll = Epoll.create(sys)) {
      epoll.add(work.eventfd(1), Linux.EPOLLIN, 5);
      epoll.add(work.eventfd(1), Linux.EPOLLIN, 6);
      SignalSet mask = SignalSet.empty();
      assertEquals(
          0,
          allocatedBytes(i -> {
            try {
              int n =
                  switch (i % 3) {
                    case 0 -> epoll.await(events, 0);
                    case 1 -> epoll.awaitNanos(events, 1000);
                    default -> epoll.await(events, 0, mask);
                  };
              for (int e = 0; e < n; e++) {
                sum += events.data(e) + events.events(e);
              }
            } catch (SysException e) {
              throw new AssertionError(e);
            }
          }));
    }
  }

  @Test
  void epoll_modify_allocatesNothing() throws SysException {
    int fd = work.eventfd(1);
    try (Epoll epoll = Epoll.create(sys)) {
      epoll.add(fd, Linux.EPOLLIN, 5);
      assertEquals(
          0,
          allocatedBytes(i -> {
            try {
              epoll.modify(fd, Linux.EPOLLIN | Linux.EPOLLONESHOT, i);
            } catch (SysException e) {
              throw new AssertionError(e);
            }
          }));
    }
  }

  @Test
  void ioBuffer_writeThenRead_allocateNothing() throws SysException {
    int[] pipe = work.pipe();
    IoBuffer io = IoBuffer.allocate(64);
    assertEquals(
        0,
        allocatedBytes(_ -> {
          io.buffer().clear();
          sum += io.write(sys, pipe[1]);
          io.buffer().clear();
          sum += io.read(sys, pipe[0]);
        }));
  }

  @Test
  void pollAndSelect_waits_allocateNothing() {
    int fd = work.eventfd(1);
    Poll poll = Poll.allocate(sys, 1);
    poll.set(0, fd, Linux.POLLIN);
    FdSet read = FdSet.allocate(fd + 1);
    assertEquals(
        0,
        allocatedBytes(i -> {
          try {
            read.set(fd);
            sum +=
                switch (i % 4) {
                  case 0 -> poll.poll(0) + poll.revents(0);
                  case 1 -> poll.pollNanos(1000);
                  case 2 -> Select.select(sys, fd + 1, read, null, null, 1000);
                  default -> Select.pselect(sys, fd + 1, read, null, null, 1000, null);
                };
          } catch (SysException e) {
            throw new AssertionError(e);
          }
        }));
  }

  @Test
  void batch_sendAndReceive_allocateNothing() throws SysException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    int fd = work.own(Sockets.datagram(sys, any));
    SocketAddress self = Sockets.localAddress(sys, fd);
    MessageBatch out = MessageBatch.allocate(4, 8);
    MessageBatch in = MessageBatch.allocate(4, 8);
    ByteBuffer data = ByteBuffer.allocateDirect(8);
    long bytes =
        allocatedBytes(_ -> {
          boolean added = out.append(data.clear(), self);
          added &= in.isEmpty() ? out.append(data.clear(), self) : out.append(data.clear(), in, 0);
          sum += added ? out.send(sys, fd, 0) : 0;
          sum += in.receive(sys, fd, 4, 0);
          for (int m = 0; m < in.count(); m++) {
            sum += in.data(m).remaining();
            sum += self.equals(in.peer(m)) ? 1 : 0;
          }
        });
    assertEquals(0, bytes);
    assertTrue(sum > 0);
  }
}
