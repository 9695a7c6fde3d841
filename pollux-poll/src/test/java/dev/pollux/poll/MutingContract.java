package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** "Triggers": who is muted in the middle of a batch is not read any more, hung up or not. */
abstract class MutingContract extends ContractCase {

  MutingContract(Fixture fixture) {
    super(fixture);
  }

  /** What makes the two descriptors of a test ready. */
  enum Readiness {
    DATA,
    HANGUP
  }

  static Stream<Arguments> readinessByTriggers() {
    return Stream.of(Readiness.values())
        .flatMap(readiness -> triggers().map(trigger -> Arguments.of(readiness, trigger)));
  }

  private Registration addReady(Readiness readiness, Trigger trigger) throws Exception {
    int[] pair = io.unixPair();
    int _ = io.write(pair[1], 1);
    if (readiness == Readiness.HANGUP) {
      io.close(pair[1]);
    }
    return add(pair[0], Interest.READABLE, trigger);
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("readinessByTriggers")
  void muted_inTheBatchAtHand_isPassedOver(Readiness readiness, Trigger trigger) throws Exception {
    Registration a = addReady(readiness, trigger);
    Registration b = addReady(readiness, trigger);
    assertEquals(2, poller.await(events, 0));
    assertTrue(events.next());
    Registration muted = events.registration() == a ? b : a;
    muted.modify(Interest.NONE);
    assertFalse(events.next());
    muted.modify(Interest.READABLE);
    expect(poller).readable(muted).atLeast();
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("readinessByTriggers")
  void muted_inTheUnreadRest_isNotGivenAgain(Readiness readiness, Trigger trigger)
      throws Exception {
    Registration a = addReady(readiness, trigger);
    Registration b = addReady(readiness, trigger);
    assertEquals(2, poller.await(events, 0));
    a.modify(Interest.NONE);
    assertEquals(1, poller.await(events, -1), "the rest to read");
    assertTrue(events.next());
    assertSame(b, events.registration());
    assertFalse(events.next());
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("readinessByTriggers")
  void muted_allOfTheUnreadRest_isNoRest(Readiness readiness, Trigger trigger) throws Exception {
    Registration a = addReady(readiness, trigger);
    Registration b = addReady(readiness, trigger);
    assertEquals(2, poller.await(events, 0));
    a.modify(Interest.NONE);
    b.modify(Interest.NONE);
    assertEquals(0, poller.await(events, 0));
    assertFalse(events.next());
    expectNothingAndNoSpinning();
  }
}
