package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

  private static long at(long millis) {
    return START + millis * MILLI;
  }

  /** Nothing is ever due, but for what is said: {@code beat=70 read=100}, in milliseconds. */
  private static ConnectionOptions options(String times) {
    ConnectionOptions options =
        ConnectionOptions.DEFAULT.withWriteStall(Duration.ZERO).withCloseGrace(Duration.ZERO);
    for (String time : times.split(" ", -1)) {
      String[] parts = time.split("=", -1);
      Duration value = parts.length > 1 ? Duration.ofMillis(Long.parseLong(parts[1])) : null;
      options =
          switch (parts[0]) {
            case "" -> options;
            case "beat" -> options.withHeartbeat(value);
            case "read" -> options.withReadIdle(value);
            case "stall" -> options.withWriteStall(value);
            case "all" -> options.withAllIdle(value);
            case "grace" -> options.withCloseGrace(value);
            case "total" -> options.withCloseTotal(value);
            default -> throw new IllegalArgumentException(time);
          };
    }
    return options;
  }

  /** One that has gone through this: what happened, and at which millisecond. */
  private static Clock after(String times, String events) {
    Clock clock = new Clock(options(times));
    for (String event : events.split(" ", -1)) {
      happen(clock, event);
    }
    return clock;
  }

  private static void happen(Clock clock, String event) {
    String[] parts = event.split("[@=]", -1);
    long now = at(Long.parseLong(parts[1]));
    switch (parts[0]) {
      case "making" -> clock.limitMaking(now, 30 * MILLI);
      case "opened" -> clock.opened(now);
      case "read" -> clock.read(now);
      case "sent" -> clock.sent(now, parts.length > 2 ? Integer.parseInt(parts[2]) : 1);
      case "unsent" -> clock.unsent(now);
      case "kernel" -> clock.measured(now, Integer.parseInt(parts[2]), false);
      case "unheard" -> clock.unheard(now);
      case "ending" -> clock.ending(now);
      case "moved" -> clock.endMoved(now);
      case "first" -> clock.awaitFirst(now - START); // the time after the last read
      default -> throw new IllegalArgumentException(event);
    }
  }

  private static int facts(String names) {
    int facts = 0;
    for (String name : names.split(" ", -1)) {
      facts |=
          switch (name) {
            case "" -> 0;
            case "PAUSED" -> Clock.PAUSED;
            case "ENDED" -> Clock.ENDED;
            case "HELD" -> Clock.HELD;
            case "PEER_ENDED" -> Clock.PEER_ENDED;
            default -> throw new IllegalArgumentException(name);
          };
    }
    return facts;
  }

  /** Everything that is due, in order. */
  private static String verdicts(Clock clock, long now, State state, int facts) {
    List<String> all = new ArrayList<>();
    for (Verdict verdict = clock.look(now, state, facts);
        verdict != Verdict.NOTHING;
        verdict = clock.look(now, state, facts)) {
      all.add(verdict.name());
      if (verdict == Verdict.NOT_MADE || verdict == Verdict.NOT_ENDED) {
        break; // then it is over
      }
    }
    return String.join(" ", all);
  }

  @ParameterizedTest(name = "{0} {3}, {1}, {2}: due at {4}, then {5}, then at {6}")
  @CsvSource(
      delimiter = '|',
      value = {
        // the beginning
        "CONNECTING|grace=9|making@0|''|30|LOOK NOT_MADE|30",
        "SECURING|read=9 all=9|making@5|''|35|LOOK NOT_MADE|35",
        "SECURING|grace=50|making@0 ending@0|''|20|LOOK|30",
        // heartbeat and readIdle
        "OPEN|beat=70 read=100|making@0 opened@10|''|80|HEARTBEAT|110",
        "OPEN|beat=70 read=100|opened@0 sent@40|''|100|LOOK READ_IDLE|110",
        "OPEN|beat=70 read=100|opened@0 sent@30|''|100|LOOK HEARTBEAT READ_IDLE|170",
        "OPEN|beat=70 read=100|opened@0 read@60 sent@60|''|130|HEARTBEAT|160",
        "OPEN|beat=70 read=100|opened@0 read@20 sent@90|''|120|LOOK READ_IDLE|160",
        "FINISHING|beat=70|opened@0|''|70|HEARTBEAT|140",
        "OPEN|beat=70|opened@0|HELD|70|HEARTBEAT|140",
        // silence does not count where nobody listens; and a stream that has ended is silent
        "OPEN|read=100|opened@0|HELD|100|LOOK|200",
        "OPEN|all=100|opened@0|HELD|100|LOOK|200",
        "OPEN|read=100|opened@0 unheard@90|PAUSED|100|LOOK|200",
        "OPEN|all=100|opened@0 unheard@90|PAUSED|100|LOOK|200",
        "OPEN|read=9|opened@0 unheard@9|ENDED|1009|LOOK|2009",
        "OPEN|all=100|opened@0 unheard@90|PAUSED PEER_ENDED HELD|100|LOOK|200",
        // nor does a pause count once the peer has ended
        "OPEN|all=100|opened@0 unheard@90|PAUSED PEER_ENDED|100|LOOK ALL_IDLE|200",
        "OPEN|all=100 read=100|opened@0 unheard@90|PAUSED PEER_ENDED|100|LOOK ALL_IDLE|200",
        "FINISHING|all=100|opened@0 unheard@90 read@95|PAUSED PEER_ENDED|195|LOOK ALL_IDLE|295",
        // allIdle: from whatever moved last
        "OPEN|all=100|opened@0 read@30|''|130|LOOK ALL_IDLE|230",
        "OPEN|all=100 read=100|opened@0|''|100|LOOK ALL_IDLE READ_IDLE|200",
        "OPEN|all=100|opened@0 sent@30 kernel@40=0|''|130|LOOK ALL_IDLE|230",
        "OPEN|all=100|opened@0 sent@9 kernel@9=5 kernel@40=0|''|140|LOOK ALL_IDLE|240",
        "OPEN|all=100|opened@0 unheard@90|ENDED|100|LOOK ALL_IDLE|200",
        // looks, a quarter of the time apart, as long as something is under way
        "OPEN|stall=40|opened@0 sent@10|''|20|LOOK|30",
        "OPEN|stall=40|opened@0 unsent@10|''|20|LOOK|30",
        "OPEN|stall=40 all=20|opened@0 sent@10|''|15|LOOK|20",
        "FINISHING|stall=40|opened@0 sent@10|PAUSED HELD|20|LOOK|30",
        // looks at the peer, a second apart
        "OPEN|''|opened@0 unheard@10|PAUSED|1010|LOOK|2010",
        "FINISHING|''|opened@0 unheard@10|ENDED|1010|LOOK|2010",
        // looks at the end, first 20 ms apart
        "CLOSING|grace=50|opened@0 ending@100|''|120|LOOK|140",
        "CLOSING|grace=50|opened@0 ending@100 read@119|''|120|LOOK|140",
        "FINISHING|grace=50|opened@0 read@90 ending@40|''|60|LOOK|80",
        "FINISHING|grace=50|opened@0 first@50 ending@40|''|50|LOOK|70",
        "FINISHING|grace=50|opened@0 first@50 ending@60|''|80|LOOK|100",
        "CLOSING|grace=50|opened@0 first@50 ending@40|''|60|LOOK|80",
      })
  void look_tellsWhatIsDue(
      State state, String times, String events, String facts, long due, String told, long next) {
    Clock clock = after(times, events);
    int known = facts(facts);
    assertEquals(at(due), clock.dueNanos(state, known));
    assertEquals("", verdicts(clock, at(due) - 1, state, known));
    assertEquals(at(due), clock.dueNanos(state, known)); // asking early changes nothing
    assertEquals(told, verdicts(clock, at(due), state, known));
    assertEquals(at(next), clock.dueNanos(state, known));
  }

  /** What the kernel takes is no progress, and not in the way of any. */
  @ParameterizedTest(name = "{0} {3}, {1}, {2}: {5} at {4}")
  @CsvSource(
      delimiter = '|',
      value = {
        "OPEN|stall=400|opened@0 sent@10 sent@300|''|410|STALLED",
        "OPEN|stall=400|opened@0 unsent@10 sent@300|''|410|STALLED",
        "OPEN|stall=400|opened@0 sent@10=9 kernel@110=9 sent@200=9 kernel@210=18|''|410|STALLED",
        "OPEN|stall=400|opened@0 sent@10=9 kernel@110=9 sent@200=9 kernel@210=17|''|610|STALLED",
        "OPEN|stall=400|opened@0 sent@10=9 kernel@110=9 sent@200=90 kernel@210=90|''|610|STALLED",
        "OPEN|stall=400|opened@0 sent@10=9 kernel@110=0 sent@300=9 kernel@310=9|''|700|STALLED",
        "OPEN|stall=400|opened@0 sent@10=9 sent@20=9 kernel@110=9 kernel@210=9|''|510|STALLED",
        "OPEN|stall=400|opened@0 sent@10=2147483647 sent@20=9 kernel@110=9|''|510|STALLED",
        "OPEN|all=300|opened@0 sent@10 sent@100 sent@200|''|310|ALL_IDLE",
        "OPEN|all=300|opened@0 sent@10 sent@100 read@200|''|500|ALL_IDLE",
        // the end of the stream counts as a byte, which nobody has written
        "CLOSING|grace=500|opened@0 sent@10=9 kernel@50=9 ending@100"
            + " kernel@110=10|''|600|NOT_ENDED",
        // a kernel that counts more than it was given: there, what it took is progress
        "OPEN|stall=400|opened@0 sent@10=9 kernel@110=768|''|510|STALLED",
        "OPEN|stall=400|opened@0 sent@10=9 kernel@110=768 kernel@210=768|''|510|STALLED",
        "OPEN|stall=400|opened@0 sent@10=9 kernel@110=768 sent@200=9"
            + " kernel@210=1536|''|610|STALLED"
      })
  void progress_isWhatHasLeftTheKernel(
      State state, String times, String events, String facts, long when, String verdict) {
    silence_countsFromTheLastProgress(state, times, events, facts, when, verdict);
  }

  /** The time of the last progress decides: what happened, and the first moment of a verdict. */
  @ParameterizedTest(name = "{0} {3}, {1}, {2}: {5} at {4}")
  @CsvSource(
      delimiter = '|',
      value = {
        // a stall: nothing of what is on its way got on
        "OPEN|stall=400|opened@0 sent@10|''|410|STALLED",
        "OPEN|stall=400|opened@0 unsent@90|''|490|STALLED",
        "OPEN|stall=400|opened@0 sent@10=50 kernel@110=50|''|410|STALLED",
        "OPEN|stall=400|opened@0 sent@10=50 kernel@110=50 kernel@210=50|''|410|STALLED",
        "OPEN|stall=400|opened@0 sent@10=50 kernel@110=50 kernel@210=49|''|610|STALLED",
        "OPEN|stall=400|opened@0 sent@10=50 kernel@110=49|''|510|STALLED",
        "OPEN|stall=400|opened@0 sent@10=50 kernel@110=50 kernel@310=51|''|410|STALLED",
        "OPEN|stall=400|opened@0 sent@10 read@300|''|410|STALLED",
        "OPEN|stall=400|opened@0 sent@10|PAUSED|410|STALLED",
        "OPEN|stall=400|opened@0 sent@10|HELD|410|STALLED",
        "OPEN|stall=400 all=300|opened@0 sent@10|''|310|ALL_IDLE",
        "OPEN|stall=300 all=300|opened@0 sent@10|''|310|STALLED",
        // an end: progress begins its time anew, and reading in CLOSING is none
        "FINISHING|grace=500|opened@0 ending@100|''|600|NOT_ENDED",
        "FINISHING|grace=500|opened@0 ending@100 read@300|''|800|NOT_ENDED",
        "CLOSING|grace=500|opened@0 ending@100 read@300|''|600|NOT_ENDED",
        "CLOSING|grace=500|opened@0 ending@100 moved@300|''|800|NOT_ENDED",
        "CLOSING|grace=500|opened@0 ending@100 sent@200 kernel@210=0|''|700|NOT_ENDED",
        "CLOSING|grace=500|opened@0 ending@100 sent@200|''|700|NOT_ENDED",
        "CLOSING|grace=500 stall=900|opened@0 ending@100 sent@200|''|1100|NOT_ENDED",
        "CLOSING|grace=500 stall=300|opened@0 ending@100 sent@200|''|700|NOT_ENDED",
        "CLOSING|grace=500 stall=900|opened@0 ending@0 sent@2 kernel@3=9"
            + " kernel@400=8|''|1300|NOT_ENDED",
        "CLOSING|grace=500 stall=900|opened@0 ending@100 sent@200 kernel@210=0|''|700|NOT_ENDED",
        "CLOSING|grace=500 total=600|opened@0 ending@100 moved@400|''|700|NOT_ENDED",
        "FINISHING|grace=500 total=2000|opened@0 ending@100|HELD|2100|NOT_ENDED",
        "OPEN|grace=500|opened@0 ending@100 unheard@100|PAUSED|600|NOT_ENDED",
      })
  void silence_countsFromTheLastProgress(
      State state, String times, String events, String facts, long when, String verdict) {
    Clock clock = after(times, events);
    int known = facts(facts);
    for (long millis = 0; millis < when; millis += 5) {
      String early = verdicts(clock, at(millis), state, known).replace("LOOK", "").strip();
      assertEquals("", early, "at " + millis);
    }
    String early = verdicts(clock, at(when) - 1, state, known).replace("LOOK", "").strip();
    assertEquals("", early);
    String told = verdicts(clock, at(when), state, known).replace("LOOK", "").strip();
    assertEquals(verdict, told.split(" ", -1)[0]);
  }

  /** Then the time of a stall counts, and no other. */
  @Test
  void paused_withSomethingUnderWay_isNotIdle_thoughThePeerHasEnded() {
    Clock clock = after("all=100", "opened@0 unsent@10");
    assertEquals("LOOK", verdicts(clock, at(500), State.OPEN, Clock.PAUSED | Clock.PEER_ENDED));
    happen(clock, "kernel@500=0");
    assertEquals(
        "LOOK ALL_IDLE", verdicts(clock, at(600), State.OPEN, Clock.PAUSED | Clock.PEER_ENDED));
  }

  /** What a timer is late by, the peer may have used. */
  @Test
  void beforeItIsSaidThatNothingMoved_itIsLooked() {
    Clock clock = after("stall=400", "opened@0 sent@10=50 kernel@110=50");
    assertEquals(Verdict.LOOK, clock.look(at(350), State.OPEN, 0));
    assertEquals(Verdict.NOTHING, clock.look(at(350), State.OPEN, 0));
    assertEquals(Verdict.LOOK, clock.look(at(411), State.OPEN, 0)); // 39 ms before its time
    happen(clock, "kernel@411=49");
    assertEquals(Verdict.NOTHING, clock.look(at(411), State.OPEN, 0));
    assertEquals("LOOK STALLED", verdicts(clock, at(811), State.OPEN, 0));
  }

  /** The loop was held, and the peer did its part meanwhile: then it has as long again. */
  @Test
  void making_thatIsLookedAtLate_hasAsLongAgain_ifThePeerWasHeard() {
    Clock silent = after("", "making@0");
    assertEquals("LOOK NOT_MADE", verdicts(silent, at(2_030), State.SECURING, 0));
    for (long late : new long[] {101, 1_000, 2_000}) {
      Clock clock = after("", "making@0");
      assertEquals(Verdict.LOOK, clock.look(at(30 + late), State.SECURING, 0));
      clock.heard(at(30 + late));
      assertEquals(Verdict.NOTHING, clock.look(at(30 + late), State.SECURING, 0));
      long due = at(30 + late + Math.max(late, 1_000));
      assertEquals(due, clock.dueNanos(State.SECURING, 0));
      clock.heard(due + 100 * MILLI); // which is in time
      assertEquals("LOOK NOT_MADE", verdicts(clock, due + 100 * MILLI, State.SECURING, 0));
    }
  }

  /** As long as the program leaves it open; and others are not put off by that. */
  @Test
  void silence_thatGoesOn_isToldOnceAPeriod() {
    Clock clock = after("read=100 all=250", "opened@0");
    assertEquals("LOOK READ_IDLE", verdicts(clock, at(100), State.OPEN, 0));
    assertEquals("LOOK READ_IDLE", verdicts(clock, at(200), State.OPEN, 0));
    assertEquals("LOOK ALL_IDLE", verdicts(clock, at(250), State.OPEN, 0));
    assertEquals("LOOK READ_IDLE", verdicts(clock, at(300), State.OPEN, 0));
    assertEquals(at(400), clock.dueNanos(State.OPEN, 0));
  }

  @Test
  void nothingUnderWay_nothingIsLookedAt() {
    Clock clock = after("stall=40", "opened@0 sent@10 kernel@20=0");
    assertFalse(clock.isUnderWay());
    assertEquals(Clock.NEVER, clock.dueNanos(State.OPEN, 0));
    assertTrue(clock.sent(at(30), 1), "a reason for the timer");
    assertFalse(clock.sent(at(31), 1), "the same reason");
    assertEquals(at(40), clock.dueNanos(State.OPEN, 0));
  }

  /** A pipe or a terminal: then only the queue is known. */
  @Test
  void kernelThatDoesNotSay_isTakenForEmpty() {
    Clock clock = after("stall=40", "opened@0 sent@10");
    clock.measured(at(20), -25, true);
    assertTrue(clock.isUnderWay());
    clock.measured(at(30), -25, true);
    assertEquals("LOOK STALLED", verdicts(clock, at(50), State.OPEN, 0));
    clock.measured(at(60), -25, false);
    assertFalse(clock.isUnderWay());
  }

  /** 20 ms after its beginning, and each time as long after that, up to 640 ms. */
  @Test
  void end_isLookedAtLessAndLess() {
    Clock clock = after("", "opened@0 ending@0");
    for (long due : new long[] {20, 40, 80, 160, 320, 640, 1280, 1920, 2560, 3200}) {
      assertEquals(at(due), clock.dueNanos(State.CLOSING, 0));
      assertEquals("LOOK", verdicts(clock, at(due), State.CLOSING, 0));
    }
  }

  @Test
  void end_waitedForTwice_countsFromTheFirst() {
    Clock clock = after("total=50", "opened@0 ending@100 ending@130");
    assertEquals("LOOK NOT_ENDED", verdicts(clock, at(150), State.CLOSING, 0));
  }

  @Test
  void work_holdsUpAnEnd_whoseTimeBeginsWhenItIsDone() {
    Clock clock = after("grace=500", "opened@0 ending@0");
    for (int i = 0; i < 100; i++) {
      assertEquals("LOOK", verdicts(clock, at(1000 * i + 1000), State.FINISHING, Clock.HELD));
    }
    happen(clock, "read@100000"); // a release
    assertEquals("", verdicts(clock, at(100_499), State.FINISHING, 0));
    assertEquals("LOOK NOT_ENDED", verdicts(clock, at(100_500), State.FINISHING, 0));
  }

  @Test
  void lookThatIsLate_tellsEachOnce() {
    Clock clock = after("beat=70 read=100 all=200", "opened@0");
    assertEquals("LOOK HEARTBEAT ALL_IDLE READ_IDLE", verdicts(clock, at(10_000), State.OPEN, 0));
    assertEquals(at(10_070), clock.dueNanos(State.OPEN, 0));
  }

  /** There is something to be seen at once. */
  @Test
  void lookSoon_isDueNow_andThenASecondLater() {
    Clock clock = after("", "opened@0 unheard@10");
    clock.lookSoon(at(20));
    assertEquals(at(20), clock.dueNanos(State.OPEN, Clock.PAUSED));
    assertEquals("LOOK", verdicts(clock, at(20), State.OPEN, Clock.PAUSED));
    assertEquals(at(1020), clock.dueNanos(State.OPEN, Clock.PAUSED));
  }

  /** So an idle connection has no timer. */
  @ParameterizedTest
  @EnumSource(State.class)
  void withoutTimes_nothingIsEverDue(State state) {
    Clock clock = after("", "opened@0 read@1 sent@2");
    assertEquals(Clock.NEVER, clock.dueNanos(state, 0));
    assertEquals("", verdicts(clock, Long.MAX_VALUE / 2, state, 0));
  }

  @Test
  void over_whateverWasDue_isNothing() {
    Clock clock =
        after("beat=7 read=7 stall=7 all=7 grace=7 total=7", "making@0 opened@0 sent@0 ending@0");
    assertEquals(Clock.NEVER, clock.dueNanos(State.OVER, Clock.PAUSED));
    assertEquals("", verdicts(clock, at(10_000), State.OVER, Clock.PAUSED));
  }
}
