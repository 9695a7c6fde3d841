package dev.pollux.poll;

import static dev.pollux.poll.Capability.HANGUP_AND_ERROR;
import static dev.pollux.poll.Capability.NANOSECOND_TIMEOUT;
import static dev.pollux.poll.Capability.PRIORITY;
import static dev.pollux.poll.Capability.READ_CLOSED;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.Sys;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a poller by poll says of itself, on systems whose poll can do less than Linux's. */
class PollDialectTest {

  /** A system with kqueue, whose poll may lack what Linux's has. */
  private static Sys system(boolean hasPpoll, boolean hasReadClosed) {
    Sys kqueue = Kernel.SEAM.sys();
    return (Sys)
        Proxy.newProxyInstance(
            Kernel.class.getClassLoader(),
            new Class<?>[] {Sys.class},
            (_, method, a) -> {
              if (!method.getName().equals("ppoll")) {
                return method.invoke(kqueue, a);
              }
              if (!hasPpoll && (long) a[3] != 0) {
                return -Errno.ENOSYS;
              }
              if (!hasReadClosed) {
                leaveOut((long) a[0], (int) a[1]);
              }
              return method.invoke(kqueue, a);
            });
  }

  private static void leaveOut(long address, int count) {
    MemorySegment list =
        MemorySegment.ofAddress(address).reinterpret((long) count * Linux.SIZEOF_POLLFD);
    for (int i = 0; i < count; i++) {
      long at = (long) i * Linux.SIZEOF_POLLFD + Offsets.POLLFD__EVENTS;
      int events = list.get(ValueLayout.JAVA_SHORT, at);
      list.set(ValueLayout.JAVA_SHORT, at, (short) (events & ~Linux.POLLRDHUP));
    }
  }

  private static Set<Capability> capabilities(Sys sys) throws Exception {
    var before = Kernel.NATIVE.openDescriptors();
    try (Poller poller = Poller.open(sys, Backend.POLL)) {
      return poller.capabilities();
    } finally {
      assertEquals(before, Kernel.NATIVE.openDescriptors());
    }
  }

  @Test
  void capabilities_areThoseThatTheSystemsPollHas() throws Exception {
    Set<Capability> all = EnumSet.of(READ_CLOSED, HANGUP_AND_ERROR, PRIORITY, NANOSECOND_TIMEOUT);
    assertEquals(all, capabilities(Kernel.NATIVE.sys()));
    assertEquals(all, capabilities(system(true, true)));
    assertEquals(EnumSet.of(HANGUP_AND_ERROR, PRIORITY), capabilities(system(false, false)));
    assertEquals(
        EnumSet.of(HANGUP_AND_ERROR, PRIORITY, NANOSECOND_TIMEOUT),
        capabilities(system(true, false)));
  }
}
