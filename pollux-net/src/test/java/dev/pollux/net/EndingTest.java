package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.net.Ending.State;
import dev.pollux.net.Ending.Step;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The table of a connection's end: what follows from what happened, and from what is pending. */
class EndingTest {

  private static final CloseCause PROGRAM = CloseCause.of(CloseReason.PROTOCOL, "of the program");
  private static final CloseCause OBSTACLE = CloseCause.of(CloseReason.RESET, "in the way");
  private static final CloseCause CUT = CloseCause.of(CloseReason.CUT_OFF, "lost");
  private static final int ALL_PENDING = 1 << 6;

  /** One that has gone through this, beginning with OPEN, or with {@code connecting}. */
  private static Ending after(String events) {
    boolean connecting = events.startsWith("connecting");
    Ending ending = new Ending(connecting ? State.CONNECTING : State.OPEN);
    for (String event : events.split(" ", -1)) {
      switch (event) {
        case "connecting", "open" -> {}
        case "connected" -> ending.connected(false);
        case "securing" -> ending.securing();
        case "secured" -> ending.secured();
        case "end" -> ending.end();
        case "shut" -> ending.outputEnded();
        case "broken" -> ending.outputBroken(OBSTACLE);
        case "read" -> ending.inputEnded();
        case "told" -> ending.endTold();
        case "finish" -> ending.finish();
        case "heard" -> ending.finishTold();
        case "changed" -> ending.handlerChanged();
        case "sent" -> ending.sent();
        case "lost" -> ending.lost(CUT);
        case "hold" -> ending.hold();
        case "holdToEnd" -> ending.holdToEnd(true);
        case "release" -> assertTrue(ending.release());
        case "close" -> {
          boolean _ = ending.end();
          ending.close(CloseCause.CLOSED);
        }
        case "over" -> ending.over(CloseCause.CUT_OFF);
        default -> throw new IllegalArgumentException(event);
      }
    }
    return ending;
  }

  private static int bits(String names) {
    int bits = 0;
    for (String name : names.split(" ", -1)) {
      bits |=
          switch (name) {
            case "" -> 0;
            case "SEND" -> Pending.SEND;
            case "WRAP" -> Pending.WRAP;
            case "GIVE" -> Pending.GIVE;
            case "READ" -> Pending.READ;
            case "PAUSED" -> Pending.PAUSED;
            case "HELD" -> Pending.HELD;
            default -> throw new IllegalArgumentException(name);
          };
    }
    return bits;
  }

  @ParameterizedTest(name = "{0}, pending {1}: {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "connecting                    | ''                     | NOTHING",
        "connecting finish             | ''                     | NOTHING",
        "open                          | ''                     | NOTHING",
        "open                          | SEND GIVE READ         | NOTHING",
        "open read told                | ''                     | NOTHING",
        "open end                      | ''                     | SHUTDOWN",
        "open end                      | SEND                   | NOTHING",
        "open end                      | WRAP                   | NOTHING",
        "open end                      | GIVE READ PAUSED HELD  | SHUTDOWN",
        "open end shut                 | ''                     | NOTHING",
        "open end read                 | ''                     | SHUTDOWN",
        "open end read told            | SEND                   | NOTHING",
        "open end read told            | ''                     | DISPOSE",
        "open end shut read            | PAUSED                 | NOTHING",
        "open end read told            | GIVE                   | SHUTDOWN",
        "open end shut read told       | GIVE                   | NOTHING",
        "open end shut read told       | READ PAUSED HELD       | DISPOSE",
        "open end shut read told       | ''                     | DISPOSE",
        "open broken                   | ''                     | NOTHING",
        "open securing                 | ''                     | NOTHING",
        "open securing end             | ''                     | NOTHING",
        "open securing finish          | ''                     | LOOK",
        "open securing finish          | SEND READ              | LOOK",
        "open securing finish          | WRAP                   | LOOK",
        "open securing finish close    | ''                     | SHUTDOWN",
        "open finish securing          | ''                     | LOOK",
        "open finish securing          | SEND READ              | LOOK",
        "open finish securing secured  | ''                     | CLOSE",
        "open securing finish secured  | GIVE                   | LOOK",
        "open securing finish secured  | ''                     | CLOSE",
        "open finish                   | ''                     | CLOSE",
        "open finish                   | SEND                   | LOOK",
        "open finish                   | WRAP                   | LOOK",
        "open finish                   | GIVE                   | LOOK",
        "open finish                   | READ                   | LOOK",
        "open finish                   | PAUSED                 | LOOK",
        "open finish                   | HELD                   | LOOK",
        "open finish end               | HELD                   | SHUTDOWN",
        "open finish end shut          | HELD                   | LOOK",
        "open finish end shut          | ''                     | CLOSE",
        "open finish read              | GIVE                   | LOOK",
        "open finish read told         | ''                     | CLOSE",
        "open close                    | SEND                   | LOOK",
        "open close                    | WRAP                   | LOOK",
        "open close                    | ''                     | SHUTDOWN",
        "open close shut               | ''                     | LOOK",
        "open close shut read          | ''                     | DISPOSE",
        "open close read               | SEND                   | LOOK",
        "open close read               | ''                     | DISPOSE",
        "open broken close             | ''                     | LOOK",
        "open over                     | ''                     | NOTHING",
        "open close over               | SEND                   | NOTHING"
      })
  void next_followsFromWhatHappened(String events, String pending, Step step) {
    assertEquals(step, after(events).next(bits(pending)));
  }

  /** A relay waits so for the other side. */
  @ParameterizedTest
  @CsvSource({
    "holdToEnd, true",
    "finish holdToEnd, true",
    "holdToEnd end, false",
    "holdToEnd end hold, true",
    "holdToEnd broken, false",
    "holdToEnd close, false",
    "holdToEnd over, false"
  })
  void heldToEnd_isHeldUntilTheOutputHasEnded(String events, boolean held) {
    assertEquals(held, after("open " + events).isHeld());
  }

  /** What would tell the peer that it has everything, and must not. */
  @ParameterizedTest(name = "{0}, for {1}: {2}")
  @CsvSource({
    "open, CUT_OFF, false",
    "open, LIMIT, true",
    "open, ERROR, true",
    "open, HANDLER_FAILED, true",
    "open, CLOSED, false",
    "open sent, CLOSED, false",
    "open sent, CUT_OFF, true",
    "open hold, CUT_OFF, true",
    "open hold, PROTOCOL, true",
    "open hold release, CUT_OFF, false",
    "open finish sent, CUT_OFF, true",
    "open sent end, CUT_OFF, false",
    "open sent hold end, CUT_OFF, false",
    "open sent hold close, CUT_OFF, false",
    "open end, LIMIT, false",
    "connecting hold, CONNECT_FAILED, false"
  })
  void endAtOnce_inTheMiddle_isAReset(String events, CloseReason why, boolean reset) {
    assertEquals(reset, after(events).isCutBy(why));
  }

  @Test
  void lost_isTheCause_unlessTheProgramHasOneOfItsOwn() {
    assertSame(CUT, after("open lost").cause());
    assertSame(CUT, after("open lost close").cause());
    assertSame(CUT, after("open lost broken close").cause());
    Ending ending = after("open lost");
    ending.close(PROGRAM);
    assertSame(PROGRAM, ending.cause());
  }

  /** Whatever is pending: a finish closes exactly if nothing is due. */
  @Test
  void finish_withAnyPending_closesIfNothingIsDue() {
    for (int pending = 0; pending < ALL_PENDING; pending++) {
      boolean due = (pending & Pending.DUE) != 0;
      assertEquals(due ? Step.LOOK : Step.CLOSE, after("open finish").next(pending), "" + pending);
    }
  }

  /** The steps that lead on come to an end, wherever one begins. */
  @ParameterizedTest
  @CsvSource({
    "open",
    "open end",
    "open end read told",
    "open finish",
    "open finish end",
    "open close",
    "open read told finish",
    "open broken",
    "open broken close",
    "open securing finish"
  })
  void steps_fromAnywhere_comeToAnEnd(String events) {
    for (int pending = 0; pending < ALL_PENDING; pending++) {
      Ending ending = after(events);
      List<Step> steps = new ArrayList<>();
      Step step;
      do {
        step = ending.next(pending);
        steps.add(step);
        switch (step) {
          case SHUTDOWN -> ending.outputEnded();
          case CLOSE -> {
            boolean _ = ending.end();
            ending.close(CloseCause.CLOSED);
          }
          case DISPOSE -> ending.over(CloseCause.CLOSED);
          case NOTHING, LOOK -> {}
        }
        assertTrue(steps.size() <= 4, steps.toString());
      } while (step != Step.NOTHING && step != Step.LOOK);
    }
  }

  @ParameterizedTest(name = "{0}: {1}, open {2}, sending {3}")
  @CsvSource(
      delimiter = '|',
      value = {
        "connecting                    | CONNECTING | false | false",
        "connecting connected          | OPEN       | true  | true",
        "open securing                 | SECURING   | true  | true",
        "open securing secured         | OPEN       | true  | true",
        "open securing finish secured  | FINISHING  | true  | true",
        "open securing close secured   | CLOSING    | false | false",
        "open over securing            | OVER       | false | false",
        "open                          | OPEN       | true  | true",
        "open end                      | OPEN       | true  | false",
        "open end shut                 | OPEN       | true  | false",
        "open broken                   | OPEN       | true  | false",
        "open read told                | OPEN       | true  | true",
        "open finish                   | FINISHING  | true  | true",
        "open close                    | CLOSING    | false | false",
        "open close finish             | CLOSING    | false | false",
        "open over                     | OVER       | false | false"
      })
  void states_areWhatHappened(String events, State state, boolean open, boolean sending) {
    Ending ending = after(events);
    assertEquals(state, ending.state());
    assertEquals(open, ending.isOpen());
    assertEquals(sending, ending.isSending());
  }

  @ParameterizedTest(name = "{0}: held {1}, finish to tell {2}, end to tell {3}, taking {4}")
  @CsvSource(
      delimiter = '|',
      value = {
        "open                          | false | false | false | true",
        "open hold                     | true  | false | false | true",
        "open hold hold release        | true  | false | false | true",
        "open hold release             | false | false | false | true",
        "open hold lost                | false | false | false | true",
        "open hold broken              | false | false | false | false",
        "open hold close               | false | false | false | false",
        "open hold over                | false | false | false | false",
        "connecting hold               | true  | false | false | true",
        "connecting end                | false | false | false | false",
        "connecting end connected      | false | false | false | false",
        "open finish                   | false | true  | false | true",
        "open finish heard             | false | false | false | true",
        "open finish heard changed     | false | true  | false | true",
        "open finish heard close       | false | false | false | false",
        "open securing finish          | false | false | false | true",
        "open securing finish secured  | false | true  | false | true",
        "open read                     | false | false | true  | true",
        "open read told                | false | false | false | true",
        "open read told changed        | false | false | true  | true",
        "open read changed             | false | false | true  | true",
        "open changed                  | false | false | false | true"
      })
  void news_areWhatHappened(
      String events, boolean held, boolean finish, boolean end, boolean taking) {
    Ending ending = after(events);
    assertEquals(held, ending.isHeld());
    assertEquals(finish, ending.isFinishToTell());
    assertEquals(end, ending.isEndToTell());
    assertEquals(taking, ending.isTaking());
  }

  @Test
  void release_withoutAHold_isNone() {
    assertFalse(after("open").release());
    assertFalse(after("open hold release").release());
  }

  @Test
  void end_ofAnOutputThatIsNotToBeHad_isNothing() {
    for (String events : List.of("open end", "open broken", "open close", "open over")) {
      assertFalse(after(events).end(), events);
    }
    Ending broken = after("open broken");
    boolean _ = broken.end();
    assertSame(OBSTACLE, broken.broken()); // and is still broken
    assertTrue(broken.isOutputEnded());
  }

  /** What came in the way is told, unless the program has said why it closes. */
  @ParameterizedTest
  @EnumSource(CloseReason.class)
  void cause_ofTheProgram_outlastsWhatCameInTheWay(CloseReason reason) {
    CloseCause said = CloseCause.of(reason, "said");
    Ending ending = after("open end");
    ending.close(said);
    boolean plain = reason == CloseReason.CLOSED || reason == CloseReason.END_OF_STREAM;
    assertSame(plain ? OBSTACLE : said, ending.unlessProgram(OBSTACLE));
  }

  @Test
  void close_afterTheOutputBroke_tellsThat_unlessTheProgramHasAReason() {
    Ending plain = after("open broken");
    plain.close(CloseCause.CLOSED);
    assertSame(OBSTACLE, plain.cause());
    Ending own = after("open broken");
    own.close(PROGRAM);
    assertSame(PROGRAM, own.cause());
  }
}
