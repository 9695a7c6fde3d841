package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LibcTest {

  @Test
  void handle_missingFunction_failsWithEnosysAndIsListed() throws Throwable {
    MethodHandle handle =
        Libc.handle("pollux_no_such_function", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG);
    MemorySegment errno = Libc.errno();
    assertEquals(-Errno.ENOSYS, Libc.result((int) handle.invokeExact(errno, 1, 2L), errno));
    assertTrue(NativeSys.open().missingFunctions().contains("pollux_no_such_function"));
  }

  @Test
  void absent_functionReturningLong_failsWithEnosys() throws Throwable {
    MethodHandle handle = Libc.absent(FunctionDescriptor.of(JAVA_LONG, JAVA_INT));
    MemorySegment errno = Libc.errno();
    assertEquals(-Errno.ENOSYS, Libc.result((long) handle.invokeExact(errno, 1), errno));
  }

  @Test
  void missing_afterAllCallsWereLinked_isNothingOfOurs() throws ClassNotFoundException {
    int linked = 0;
    for (Class<?> handles :
        List.of(
            FileHandles.class, SocketHandles.class, ReadinessHandles.class, SourceHandles.class)) {
      for (Class<?> handle : handles.getDeclaredClasses()) {
        Class.forName(handle.getName(), true, handle.getClassLoader());
        linked++;
      }
    }
    assertEquals(Sys.class.getMethods().length - 1, linked, "a call of Sys but nanoTime each");
    Set<String> missing = new TreeSet<>(NativeSys.open().missingFunctions());
    missing.remove("pollux_no_such_function");
    assertEquals(Set.of(), missing);
  }

  @Test
  void result_success_doesNotLookAtErrno() {
    MemorySegment errno = Arena.ofAuto().allocate(4, 4);
    errno.set(JAVA_INT, 0, Errno.EIO);
    assertEquals(0, Libc.result(0, errno));
    assertEquals(0x7ffff000, Libc.result(0x7ffff000L, errno));
    assertEquals(-Errno.EIO, Libc.result(-1, errno));
    assertEquals(-Errno.EIO, Libc.result(-1L, errno));
  }

  @Test
  void errno_belongsToTheThread() throws InterruptedException {
    long mine = Libc.errno().address();
    assertEquals(mine, Libc.errno().address());
    long[] other = new long[1];
    Thread thread = new Thread(() -> other[0] = Libc.errno().address());
    thread.start();
    thread.join();
    assertNotEquals(mine, other[0]);
  }
}
