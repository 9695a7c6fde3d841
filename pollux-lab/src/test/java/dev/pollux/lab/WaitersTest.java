package dev.pollux.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WaitersTest {

  private final Queue<Integer> results = new ConcurrentLinkedQueue<>();

  @ParameterizedTest
  @EnumSource(Kernel.class)
  void close_wakesWhoSleeps(Kernel kernel) {
    Machine machine = Runner.machines(kernel).get();
    int epfd = machine.sys().epollCreate1(Linux.EPOLL_CLOEXEC);
    try {
      Waiters waiters = waiters(machine);
      assertEquals("", waiters.start(3, List.of(epfd)).result());
      assertTrue(waiters.areActive());
      assertEquals("0 threads", waiters.woken(0).result());

      waiters.close();

      assertFalse(waiters.areActive());
      assertEquals(Collections.nCopies(3, 1), List.copyOf(results), "by an event, not by time");
    } finally {
      assertEquals(0, machine.sys().close(epfd));
    }
  }

  private Waiters waiters(Machine machine) {
    return new Waiters(
        machine,
        (result, _) -> {
          results.add(result);
          return "";
        });
  }
}
