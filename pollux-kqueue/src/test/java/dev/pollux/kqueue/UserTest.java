package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.util.ArrayList;
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
    assertEquals(Errno.ENOENT, errno(() -> trigger(0)));
  }

  @Test
  void flags_above24Bits_areNotTheProgramsOwn() throws Exception {
    change(1, USER, ADD, 0x00ff_ffff | TRIGGER, 0);
    assertEquals(1, now().size());
    assertEquals(0x00ff_ffff, events.fflags(0));
    change(2, USER, ADD, 0x3e00_0005 | TRIGGER, 0);
    assertEquals(2, now().size());
    assertEquals(5, events.fflags(events.ident(0) == 2 ? 0 : 1));
  }

  @Test
  void flags_areCombined_withoutATrigger() throws Exception {
    change(1, USER, ADD, 0x0f, 0);
    change(1, USER, 0, Kevent.NOTE_FFAND | 0x3c, 0);
    assertEquals(List.of(), now());
    change(1, USER, 0, Kevent.NOTE_FFOR | 0x30, 0);
    change(1, USER, 0, TRIGGER, 0);
    assertEquals(1, now().size());
    assertEquals(0x3c, events.fflags(0));
  }

  @Test
  void flags_areCombined_whenItIsAddedAgain() throws Exception {
    change(1, USER, ADD, 0x0f, 0);
    change(1, USER, ADD, Kevent.NOTE_FFOR | 0xf0 | TRIGGER, 0);
    assertEquals(1, now().size());
    assertEquals(0xff, events.fflags(0));
    change(1, USER, ADD, Kevent.NOTE_FFCOPY, 0);
    assertEquals(1, now().size());
    assertEquals(0, events.fflags(0));
  }

  @Test
  void flags_areKept_whenItIsCleared() throws Exception {
    change(1, USER, ADD | CLEAR, 7 | TRIGGER, 0);
    assertEquals(1, now().size());
    assertEquals(List.of(), now());
    trigger(1);
    assertEquals(1, now().size());
    assertEquals(7, events.fflags(0));
  }

  @Test
  void flags_ofSeveralTriggers_areGathered() throws Exception {
    change(1, USER, ADD | CLEAR);
    for (int i = 0; i < 8; i++) {
      change(1, USER, 0, Kevent.NOTE_FFOR | TRIGGER | 1 << i, 0);
    }
    assertEquals(1, now().size());
    assertEquals(0xff, events.fflags(0));
  }

  @Test
  void flags_arePassed_whileItIsOff() throws Exception {
    change(1, USER, ADD | DISABLE);
    change(1, USER, 0, Kevent.NOTE_FFCOPY | TRIGGER | 9, 0);
    assertEquals(List.of(), now());
    change(1, USER, ENABLE);
    assertEquals(1, now().size());
    assertEquals(9, events.fflags(0));
  }

  @Test
  void data_isPassed_andUdata() throws Exception {
    queue.change(1, USER, ADD | CLEAR, TRIGGER, Long.MIN_VALUE, Long.MAX_VALUE);
    assertEquals(List.of("USER 1 " + Long.MIN_VALUE), now());
    assertEquals(Long.MAX_VALUE, events.udata(0));
  }

  @Test
  void triggerWithAdd_isOne() throws Exception {
    change(1, USER, ADD | CLEAR, TRIGGER, 0);
    assertEquals(List.of("USER 1 0"), now());
    change(1, USER, ADD, TRIGGER, 0);
    assertEquals(List.of("USER 1 0"), now());
    assertEquals(List.of(), now());
  }

  @Test
  void trigger_ofWhatIsNotThere_isEnoent() throws Exception {
    assertEquals(Errno.ENOENT, errno(() -> trigger(1)));
    change(1, USER, ADD | ONESHOT, TRIGGER, 0);
    assertEquals(1, now().size());
    assertEquals(Errno.ENOENT, errno(() -> trigger(1)));
  }

  @Test
  void deleted_forgetsItsTrigger() throws Exception {
    change(1, USER, ADD, TRIGGER | 5, 3);
    change(1, USER, DELETE);
    change(1, USER, ADD);
    assertEquals(List.of(), now());
    trigger(1);
    assertEquals(List.of("USER 1 0"), now());
    assertEquals(0, events.fflags(0));
  }

  @Test
  void trigger_fromManyThreads_isNeverLost() throws Exception {
    change(1, USER, ADD | CLEAR);
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int bits = 0x3f << (6 * t);
      all.add(
          CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 24; i++) {
              int bit = bits & 1 << i;
              assertDoesNotThrow(() -> change(1, USER, 0, Kevent.NOTE_FFOR | TRIGGER | bit, 0));
            }
          }));
    }
    int seen = 0;
    while (seen != 0x00ff_ffff) {
      assertEquals(1, within(LONG).size());
      seen |= events.fflags(0);
    }
    for (CompletableFuture<Void> each : all) {
      var _ = get(each);
    }
  }
}
