package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.WrongMethodTypeException;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;

class LibcTest {

  @Test
  void call_missingFunction_failsWithEnosysAndIsListed() {
    MemorySegment function = Libc.find("pollux_no_such_function");
    assertEquals(-Errno.ENOSYS, Libc.call(function.address(), 1));
    assertEquals(-Errno.ENOSYS, Libc.call(function.address(), 1, 2, 3, 4, 5, 6));
    assertEquals(-Errno.ENOSYS, Libc.callVariadic(function, 1, 2, 3));
    assertTrue(NativeSys.open().missingFunctions().contains("pollux_no_such_function"));
  }

  /** {@code abs} takes and returns an int: neither upper half counts. */
  @Test
  void call_intFunction_looksAtLowerHalvesOnly() {
    long abs = Libc.find("abs").address();
    assertEquals(7, Libc.call(abs, -7));
    assertEquals(7, Libc.call(abs, 0x5555_5555_ffff_fff9L));
    assertEquals(7, Libc.call(abs, 0x5555_5555_0000_0007L));
  }

  @Test
  void call_sixArguments_arriveInOrder() throws SysException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment fds = arena.allocate(8, 8);
      Sys sys = NativeSys.open();
      int type = Linux.SOCK_DGRAM | Linux.SOCK_CLOEXEC;
      int _ =
          SysException.check("socketpair", sys.socketpair(Linux.AF_UNIX, type, 0, fds.address()));
      int a = fds.get(JAVA_INT, 0);
      int b = fds.get(JAVA_INT, 4);
      MemorySegment memory = arena.allocate(64, 8);
      memory.set(JAVA_INT, 0, 42); // sent from here, received at 8; address length at 16
      assertEquals(4, sys.sendto(a, memory.address(), 4, Linux.MSG_DONTWAIT, 0, 0));
      memory.set(JAVA_INT, 16, 16);
      int flags = Linux.MSG_DONTWAIT;
      long length = memory.address() + 16;
      assertEquals(
          4, sys.recvfrom(b, memory.address() + 8, 4, flags, memory.address() + 32, length));
      assertEquals(42, memory.get(JAVA_INT, 8));
      assertTrue(memory.get(JAVA_INT, 16) < 16, "the length of an unnamed address was stored");
      assertEquals(0, sys.close(a));
      assertEquals(0, sys.close(b));
    }
  }

  @Test
  void syscall_unknownNumber_failsWithEnosys() {
    assertEquals(-Errno.ENOSYS, Libc.syscall(1 << 20, 1, 2, 3, 4, 5, 6));
  }

  /** Where the C library has no function for it, the poller's wait goes this way. */
  @Test
  void syscall_epollPwait2_waits() throws SysException {
    Sys sys = NativeSys.open();
    int epfd = SysException.check("epoll_create1", sys.epollCreate1(Linux.EPOLL_CLOEXEC));
    EpollEvents events = EpollEvents.allocate(1);
    long address = events.address();
    long number = Linux.SYS_epoll_pwait2;
    assertEquals(
        sys.epollPwait2(epfd, address, 1, Scratch.timespec().set(0), 0),
        Libc.syscall(
            number, epfd, address, 1, Scratch.timespec().set(0), 0, Linux.KERNEL_SIGSET_SIZE));
    assertEquals(
        KernelVersion.hasEpollPwait2() ? -Errno.EINVAL : -Errno.ENOSYS,
        Libc.syscall(number, epfd, address, 0, 0, 0, 8));
    assertEquals(0, sys.close(epfd));
  }

  @Test
  void missing_afterAllFunctionsWereLookedUp_isNothingOfOurs() throws IllegalAccessException {
    int found = 0;
    for (Field field : Functions.class.getDeclaredFields()) {
      assertNotNull(field.get(null));
      found++;
    }
    int elsewhere = 5; // nanoTime; openat2, pidfd_open, pidfd_getfd and kcmp, made by syscall
    int spare = 1; // sigprocmask
    assertEquals(Sys.class.getMethods().length - elsewhere + spare, found, "each call of Sys");
    Set<String> missing = new TreeSet<>(NativeSys.open().missingFunctions());
    missing.remove("pollux_no_such_function");
    assertEquals(Set.of(), missing);
  }

  @Test
  void result_success_doesNotLookAtErrno() {
    ErrnoMemory errno = ErrnoMemory.own();
    errno.memory().set(JAVA_INT, 0, Errno.EIO);
    assertEquals(0, errno.result(0));
    assertEquals(0x7ffff000, errno.result(0x7ffff000));
    assertEquals(-Errno.EIO, errno.result(-1));
  }

  @Test
  void errno_belongsToTheThread() throws InterruptedException {
    long mine = ErrnoMemory.own().address();
    assertEquals(mine, ErrnoMemory.own().address());
    long[] other = new long[1];
    Thread thread = new Thread(() -> other[0] = ErrnoMemory.own().address());
    thread.start();
    thread.join();
    assertNotEquals(mine, other[0]);
  }

  @Test
  void errno_ofManyThreads_neverShareACacheLine() throws InterruptedException {
    Set<Long> lines = ConcurrentHashMap.newKeySet();
    List<Thread> threads = new ArrayList<>();
    CyclicBarrier all = new CyclicBarrier(8);
    for (int i = 0; i < 8; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                lines.add(ErrnoMemory.own().address() / 64);
                try {
                  int _ = all.await(); // none is freed before the last is made
                } catch (InterruptedException | BrokenBarrierException e) {
                  throw new AssertionError(e);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(8, lines.size());
  }

  @Test
  void impossible_error_isThrownAsItIs() {
    for (Error error :
        List.of(new OutOfMemoryError(), new StackOverflowError(), new LinkageError())) {
      assertSame(error, assertThrows(Error.class, () -> Libc.impossible(error)));
    }
  }

  @Test
  void impossible_linkageMistake_isAnAssertionErrorWithItsCause() {
    Exception mistake = new WrongMethodTypeException("a mistake");
    assertSame(mistake, Libc.impossible(mistake).getCause());
  }
}
