package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.pollux.model.ModelSys;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** "Limits": a number that is no descriptor's is EBADF, is not kept, and costs no memory. */
abstract class GarbageNumberContract extends ContractCase {

  /** An exception and its stack trace, and far less than a table with a place for the number. */
  private static final long MOST_BYTES = 1 << 18; // 256 KiB

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  GarbageNumberContract(Fixture fixture) {
    super(fixture);
  }

  private void assertRefused(int number, Interest interest, Trigger trigger) {
    SysException e = assertThrows(SysException.class, () -> add(number, interest, trigger));
    assertEquals(Errno.EBADF, e.errno(), e.getMessage());
  }

  @ParameterizedTest(name = CASES)
  @ValueSource(ints = {1_000_000_000, Integer.MAX_VALUE, Integer.MAX_VALUE - 1, 1 << 24, -1})
  void add_ofAGarbageNumber_isRefusedWithoutMemory(int number) throws Exception {
    assertRefused(number, Interest.READABLE, Trigger.LEVEL); // loads what it needs
    for (Interest interest : List.of(Interest.READABLE, Interest.NONE)) {
      for (Trigger trigger : Trigger.values()) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        assertRefused(number, interest, trigger);
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < MOST_BYTES, "allocated " + allocated + " bytes");
      }
    }
    assertEquals(0, poller.size());
    assertEquals(List.of(), poller.registrations());
    expectNothing();
  }

  @Test
  void add_refusedManyTimes_takesNoSlot() throws Exception {
    int closed = io.eventfd(0);
    io.close(closed);
    for (int i = 0; i < 100; i++) {
      assertRefused(closed, Interest.READABLE, Trigger.LEVEL);
      assertRefused(Integer.MAX_VALUE, Interest.READABLE, Trigger.LEVEL);
    }
    Registration first = add(io.eventfd(1), Interest.READABLE, Trigger.LEVEL);
    assertEquals(0, first.slot, "the slot of those that were refused");
    expect(poller).readable(first).nothingElse();
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void add_ofANumberJustClosed_isRefusedAndTheNumberStaysUsable(Trigger trigger) throws Exception {
    int fd = io.eventfd(1);
    Registration before = add(fd, Interest.READABLE, trigger);
    before.remove();
    io.close(fd);
    assertRefused(fd, Interest.READABLE, trigger);
    assertRefused(fd, Interest.NONE, trigger);
    int again = io.eventfd(1);
    Registration registration = add(again, Interest.READABLE, trigger);
    assertEquals(before.slot, registration.slot, "the slot is reused");
    expect(poller).readable(registration).nothingElse();
  }

  /** It names a file and gives no access to it. A kernel without such opens none, and says so. */
  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void add_ofAPathOnly_isRefused(Trigger trigger) throws Exception {
    int path;
    try (Arena memory = Arena.ofConfined()) {
      path = sys.open(memory.allocateFrom("/").address(), Linux.O_PATH, 0);
    }
    if (sys instanceof ModelSys model) {
      assertEquals(-Errno.ENOSYS, path);
      assertTrue(model.unsupported().contains("open(O_PATH)"), () -> "" + model.unsupported());
      return;
    }
    int _ = io.own(path);
    assertRefused(path, Interest.READABLE, trigger);
    assertRefused(path, Interest.NONE, trigger);
    assertEquals(0, poller.size());
    expectNothing();
  }
}
