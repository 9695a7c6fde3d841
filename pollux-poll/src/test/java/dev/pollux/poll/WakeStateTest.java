package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link WakeState}, in all interleavings: see {@link WakeModel}. */
class WakeStateTest {

  /** The actors of one exploration. */
  record Cast(boolean edge, boolean faults, int waiters, int waits, int wakers, boolean closer) {
    WakeModel.Result explore(WakeModel.Defect defect) {
      return WakeModel.explore(edge, faults, waiters, waits, wakers, closer, defect);
    }
  }

  static Stream<Cast> casts() {
    return Stream.concat(casts(false), casts(true));
  }

  private static Stream<Cast> casts(boolean faults) {
    List<Cast> casts = new ArrayList<>();
    for (boolean edge : new boolean[] {true, false}) {
      for (int waiters = 1; waiters <= (edge ? 2 : 1); waiters++) {
        for (int waits = 1; waits <= 2; waits++) {
          int most = faults && waiters == 2 ? 3 - waits : 3; // wakers: faults make many more ways
          for (int wakers = 1; wakers <= most; wakers++) {
            casts.add(new Cast(edge, faults, waiters, waits, wakers, false));
            casts.add(new Cast(edge, faults, waiters, waits, wakers, true));
          }
        }
      }
    }
    return casts.stream();
  }

  @ParameterizedTest
  @MethodSource("casts")
  void allInterleavings_loseNothingAndFreeOnce(Cast cast) {
    WakeModel.Result result = cast.explore(WakeModel.Defect.NONE);
    assertEquals(List.of(), result.violations());
    assertTrue(result.interleavings().compareTo(BigInteger.ONE) > 0, "explored next to nothing");
    System.out.println(
        cast + ": " + result.interleavings() + " interleavings, " + result.states() + " states");
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void brokenProtocol_isCaught(WakeModel.Defect defect) {
    assertTrue(
        casts(!defect.showsWithoutFaults())
            .anyMatch(cast -> !cast.explore(defect).violations().isEmpty()),
        "the exploration would not notice " + defect);
  }

  @Test
  void signal_withoutWaiters_doesNotRingAndIsTakenByTheNext() {
    WakeState state = new WakeState();
    assertEquals(WakeState.NO_RING, state.signal());
    assertEquals(WakeState.NO_RING, state.signal());
    assertEquals(WakeState.WOKEN, state.enter());
    assertEquals(0, state.leave());
    assertEquals(WakeState.SLEEP, state.enter());
    assertEquals(0, state.leave());
  }

  @Test
  void signal_withAWaiter_ringsUntilARingWasMade() {
    WakeState state = new WakeState();
    assertEquals(WakeState.SLEEP, state.enter());
    assertTrue(state.hasWaiters());
    int first = state.signal();
    assertNotEquals(WakeState.NO_RING, first);
    assertEquals(first, state.signal(), "the first ring may fail");
    assertEquals(0, state.signalDone(first, false));
    assertEquals(first, state.signal(), "it has failed");
    assertEquals(0, state.signalDone(first, true));
    assertEquals(WakeState.NO_RING, state.signal());
    assertEquals(0, state.signalDone(first, false));
    assertEquals(WakeState.NO_RING, state.signal());
    assertEquals(WakeState.WOKEN, state.leave());
    assertFalse(state.hasWaiters());
  }

  @Test
  void signalDone_ofAnEarlierWakeUp_saysNothingOfALaterOne() {
    WakeState state = new WakeState();
    assertEquals(WakeState.SLEEP, state.enter());
    int early = state.signal();
    assertEquals(WakeState.WOKEN, state.leave());
    assertEquals(WakeState.SLEEP, state.enter());
    int late = state.signal();
    assertNotEquals(early, late);
    assertEquals(0, state.signalDone(early, true));
    assertEquals(late, state.signal(), "the later one was not rung for yet");
  }

  @Test
  void close_isFirstOnceAndRefusesWhatComesLater() {
    WakeState state = new WakeState();
    assertTrue(state.close());
    assertFalse(state.close());
    assertTrue(state.isClosed());
    assertEquals(WakeState.CLOSED, state.enter());
    assertEquals(WakeState.NO_RING, state.signal());
    assertEquals(WakeState.LAST, state.signalDone(WakeState.NO_RING, false));
  }

  @Test
  void close_withWaiterAndRinger_theLastOutIsTold() {
    WakeState state = new WakeState();
    assertEquals(WakeState.SLEEP, state.enter());
    int ticket = state.signal();
    assertTrue(state.close());
    assertEquals(0, state.signalDone(ticket, true));
    assertEquals(WakeState.WOKEN | WakeState.CLOSED, state.leave());
    assertEquals(WakeState.LAST, state.signalDone(WakeState.NO_RING, false));
  }
}
