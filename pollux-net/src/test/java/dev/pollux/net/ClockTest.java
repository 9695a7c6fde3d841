package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.net.Clock.Verdict;
import dev.pollux.net.Ending.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The table of what is due when, to the nanosecond, and without a timer. */
class ClockTest {

  private static final long MILLI = 1_000_000; // nanoseconds
  private static final long START = 1_000 * MILLI;

  private static final ConnectionOptions NO_TIMES =
      ConnectionOptions.DEFAULT.withCloseTime(Duration.ZERO);
  private static final ConnectionOptions ALL_TIMES =
      NO_TIMES
          .withHeartbeat(Duration.ofMillis(70))
          .withIdle(Duration.ofMillis(100))
          .withCloseTime(Duration.ofMillis(50));

  private static long at(long millis) {
    return START + millis * MILLI;
  }

  /** One that has gone through this: what happened, and at which millisecond. */
  private static Clock after(ConnectionOptions options, String events) {
    Clock clock = new Clock(options);
    for (String event : events.split(" ", -1)) {
      String[] parts = event.split("@", -1);
      long now = at(Long.parseLong(parts[1]));
      switch (parts[0]) {
        case "opened" -> clock.opened(now);
        case "read" -> clock.read(now);
        case "sent" -> clock.sent(now);
        case "making" -> clock.limitMaking(now, 30 * MILLI);
        case "ending" -> clock.ending(now);
        default -> throw new IllegalArgumentException(event);
      }
    }
    return clock;
  }

  /** Everything that is due, in order. */
  private static String verdicts(Clock clock, long now, State state, boolean listening) {
    List<String> all = new ArrayList<>();
    for (Verdict verdict = clock.look(now, state, listening);
        verdict != Verdict.NOTHING;
        verdict = clock.look(now, state, listening)) {
      all.add(verdict.name());
      if (verdict == Verdict.NOT_MADE || verdict == Verdict.NOT_ENDED) {
        break; // then it is over
      }
    }
    return String.join(" ", all);
  }

  @ParameterizedTest(name = "{0} {1}: due at {2}, then {3}, then at {4}")
  @CsvSource(
      delimiter = '|',
      value = {
        "CONNECTING | making@0                     | 30  | NOT_MADE       | 30",
        "SECURING   | making@5                     | 35  | NOT_MADE       | 35",
        "OPEN       | making@0 opened@10           | 80  | HEARTBEAT      | 110",
        "OPEN       | opened@0 sent@40             | 100 | IDLE           | 110",
        "OPEN       | opened@0 sent@30             | 100 | HEARTBEAT IDLE | 170",
        "OPEN       | opened@0 read@60 sent@60     | 130 | HEARTBEAT      | 160",
        "OPEN       | opened@0 read@20 sent@90     | 120 | IDLE           | 160",
        "FINISHING  | opened@0 sent@60 ending@90   | 100 | IDLE           | 110",
        "FINISHING  | opened@0 read@90 ending@40   | 60  | LOOK           | 70",
        "FINISHING  | opened@0 read@90 ending@30   | 50  | LOOK           | 70",
        "CLOSING    | opened@0 ending@100          | 120 | LOOK           | 140",
        "CLOSING    | opened@0 ending@100 read@119 | 120 | LOOK           | 140",
        "SECURING   | making@0 ending@0            | 20  | LOOK           | 30"
      })
  void look_tellsWhatIsDue(State state, String events, long due, String verdicts, long next) {
    Clock clock = after(ALL_TIMES, events);
    assertEquals(at(due), clock.dueNanos(state));
    assertEquals("", verdicts(clock, at(due) - 1, state, true));
    assertEquals(at(due), clock.dueNanos(state)); // asking early changes nothing
    assertEquals(verdicts, verdicts(clock, at(due), state, true));
    assertEquals(at(next), clock.dueNanos(state));
  }

  /** The end has 50 ms from when it was waited for first; looks every 20 ms do not put it off. */
  @Test
  void end_isBoundedFromItsBeginning() {
    Clock clock = after(ALL_TIMES, "opened@0 ending@100 ending@130");
    assertEquals("LOOK", verdicts(clock, at(120), State.CLOSING, true));
    assertEquals("LOOK", verdicts(clock, at(140), State.CLOSING, true));
    assertEquals(at(150), clock.dueNanos(State.CLOSING));
    assertEquals("", verdicts(clock, at(150) - 1, State.CLOSING, true));
    assertEquals("NOT_ENDED", verdicts(clock, at(150), State.CLOSING, true));
  }

  @Test
  void end_withoutABound_looksForEver() {
    Clock clock = after(NO_TIMES, "opened@0 ending@0");
    for (int i = 1; i <= 1_000; i++) {
      assertEquals("LOOK", verdicts(clock, at(20 * i), State.CLOSING, true));
    }
  }

  @Test
  void idle_whereNobodyListens_isNotTold_andCountsAnew() {
    Clock clock = after(ALL_TIMES.withHeartbeat(Duration.ZERO), "opened@0");
    assertEquals("", verdicts(clock, at(100), State.OPEN, false));
    assertEquals(at(200), clock.dueNanos(State.OPEN));
    assertEquals("IDLE", verdicts(clock, at(200), State.OPEN, true));
  }

  @Test
  void heartbeat_whereNobodyListens_isTold() {
    Clock clock = after(ALL_TIMES, "opened@0");
    assertEquals("HEARTBEAT", verdicts(clock, at(70), State.OPEN, false));
  }

  @Test
  void lookThatIsLate_tellsEachOnce() {
    Clock clock = after(ALL_TIMES, "opened@0");
    assertEquals("HEARTBEAT IDLE", verdicts(clock, at(10_000), State.OPEN, true));
    assertEquals(at(10_070), clock.dueNanos(State.OPEN));
  }

  /** So an idle connection has no timer. */
  @ParameterizedTest
  @EnumSource(State.class)
  void withoutTimes_nothingIsEverDue(State state) {
    Clock clock = after(NO_TIMES, "opened@0 read@1 sent@2");
    assertEquals(Clock.NEVER, clock.dueNanos(state));
    assertEquals("", verdicts(clock, Long.MAX_VALUE / 2, state, true));
  }

  @Test
  void over_whateverWasDue_isNothing() {
    Clock clock = after(ALL_TIMES, "making@0 opened@0 ending@0");
    assertEquals(Clock.NEVER, clock.dueNanos(State.OVER));
    assertEquals("", verdicts(clock, at(10_000), State.OVER, true));
  }
}
