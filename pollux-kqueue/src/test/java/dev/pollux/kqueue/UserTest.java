package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.SysException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code EVFILT_USER}: what the program triggers. */
class UserTest extends KqueueCase {

  private static final int TRIGGER = Kevent.NOTE_TRIGGER;

  private void trigger(long ident) throws SysException {
    change(ident, USER, 0, TRIGGER, 0);
  }

  @Test
  void notTriggered_reportsNothing() throws Exception {
    change(1, USER, ADD);
    assertEquals(List.of(), now());
  }

  @Test
  void level_reportsUntilItIsForgotten() throws Exception {
    change(1, USER, ADD);
    trigger(1);
    assertEquals(List.of("USER 1 0"), now());
    assertEquals(List.of("USER 1 0"), now());
    change(1, USER, DELETE);
    assertEquals(List.of(), within(SOON));
  }

  @Test
  void clear_reportsOncePerTrigger_howeverOftenMeanwhile() throws Exception {
    change(-1, USER, ADD | CLEAR);
    trigger(-1);
    trigger(-1);
    assertEquals(List.of("USER -1 0"), now());
    assertEquals(List.of(), now());
    trigger(-1);
    assertEquals(List.of("USER -1 0"), now());
  }

  @Test
  void oneshot_andDispatch() throws Exception {
    change(1, USER, ADD | ONESHOT, TRIGGER, 0);
    change(2, USER, ADD | DISPATCH, TRIGGER, 0);
    change(3, USER, ADD | DISPATCH | CLEAR, TRIGGER, 0);
    assertEquals(3, now().size());
    assertEquals(List.of(), now());
    change(2, USER, ENABLE);
    change(3, USER, ENABLE);
    assertEquals(List.of("USER 2 0"), now()); // it is triggered still
  }

  @Test
  void disabled_keepsItsTrigger() throws Exception {
    change(1, USER, ADD | DISABLE);
    trigger(1);
    change(1, USER, DISABLE, TRIGGER, 0);
    assertEquals(List.of(), now());
    change(1, USER, ENABLE);
    assertEquals(1, now().size());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0xff, 0x0f",
    "0x40000000, 0x0a, 0x0a",
    "0x80000000, 0xf0, 0xff",
    "0xc0000000, 0x3c, 0x3c"
  })
  void flags_areCombined(String control, String given, String result) throws Exception {
    int word = Integer.parseUnsignedInt(control.replace("0x", ""), control.equals("0") ? 10 : 16);
    change(1, USER, ADD, 0x0f, 0);
    int flags = Integer.decode(given) | word | TRIGGER;
    queue.change(1, USER, 0, flags, 77, 5);
    assertEquals(List.of("USER 1 77"), now());
    assertEquals(Integer.decode(result), events.fflags(0));
    assertEquals(5, events.udata(0));
  }

  @Test
  void triggered_reportInTheirOrder() throws Exception {
    for (int i : new int[] {3, 1, 2}) {
      change(i, USER, ADD, TRIGGER, 0);
    }
    assertEquals(List.of("USER 3 0", "USER 1 0", "USER 2 0"), now());
    change(1, USER, DELETE);
    assertEquals(List.of("USER 3 0", "USER 2 0"), now());
  }

  @Test
  void trigger_wakesWhoWaits() throws Exception {
    change(1, USER, ADD | CLEAR);
    CompletableFuture<Integer> woken = new CompletableFuture<>();
    CompletableFuture<Boolean> isIn = new CompletableFuture<>();
    Thread _ =
        Thread.ofPlatform()
            .start(() -> {
              isIn.complete(true);
              try {
                woken.complete(queue.kevent(null, Kevents.allocate(2), FOR_EVER));
              } catch (SysException e) {
                woken.completeExceptionally(e);
              }
            });
    assertTrue(isIn.get());
    trigger(1);
    assertEquals(1, woken.get());
  }

  @Test
  void manyOfThem_areFoundByTheirNumbers() throws Exception {
    for (long i = 0; i < 500; i++) {
      change(i * 0x1_0000_0001L, USER, ADD | CLEAR);
    }
    for (long i = 0; i < 500; i += 2) {
      change(i * 0x1_0000_0001L, USER, DELETE);
    }
    for (long i = 1; i < 500; i += 2) {
      trigger(i * 0x1_0000_0001L);
      assertEquals(List.of("USER " + i * 0x1_0000_0001L + " 0"), now());
    }
    assertEquals(dev.pollux.sys.Errno.ENOENT, errno(() -> trigger(0)));
  }
}
