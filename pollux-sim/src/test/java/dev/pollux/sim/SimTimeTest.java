package dev.pollux.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** When a run looks, and when it is over. */
class SimTimeTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static String failure(SimBody body) {
    return assertThrows(SimFailure.class, () -> Sim.seeds(1).run(body)).getMessage();
  }

  /** Nothing happens: time alone makes it wrong, or right. */
  @Test
  void propertiesThatTimeAloneDecides_areLookedAt() {
    assertTrue(
        failure(sim -> sim.always("answered by 20 s", () -> sim.elapsed().toSeconds() < 20))
            .startsWith("not always: answered by 20 s"));
    SimReport report =
        Sim.seeds(1)
            .run(sim -> {
              sim.eventually(
                  MINUTE.multipliedBy(20), "quiet for 30 s", () -> sim.elapsed().toSeconds() >= 30);
              sim.sometimes("quiet for 40 s", () -> sim.elapsed().toSeconds() >= 40);
            });
    assertEquals(1, report.runs());
  }

  @Test
  void eventually_isWithinItsTime() {
    SimReport report =
        Sim.seeds(1)
            .run(sim -> {
              AtomicBoolean done = new AtomicBoolean();
              sim.host("a")
                  .program(env -> env.loop().schedule(MINUTE.toNanos(), () -> done.set(true)));
              sim.eventually(MINUTE, "at the last moment", done::get);
            });
    assertEquals(1, report.runs());
    String late =
        failure(sim -> {
          AtomicBoolean done = new AtomicBoolean();
          sim.after(MINUTE.plusMillis(1), () -> done.set(true));
          sim.eventually(MINUTE, "too late", done::get);
        });
    assertTrue(late.startsWith("not in time: too late"), late);
    String ended =
        failure(sim -> {
          sim.after(SECOND, sim::end);
          sim.eventually(MINUTE, "before the end", () -> false);
        });
    assertTrue(ended.startsWith("never: before the end"), ended);
  }

  /** A property that an action brings prolongs the run. */
  @Test
  void eventually_fromAnAction_hasItsTime() {
    SimReport report =
        Sim.seeds(1)
            .lasting(Duration.ofSeconds(10))
            .run(sim -> {
              AtomicBoolean done = new AtomicBoolean();
              sim.after(
                  Duration.ofSeconds(5), () -> sim.eventually(MINUTE, "done", () -> done.get()));
              sim.after(Duration.ofSeconds(50), () -> done.set(true));
            });
    assertEquals(1, report.runs());
  }

  @Test
  void actionAtTheVeryEnd_isDone() {
    AtomicInteger done = new AtomicInteger();
    SimReport _ = Sim.seeds(3).lasting(MINUTE).run(sim -> sim.after(MINUTE, done::incrementAndGet));
    assertEquals(3, done.get());
  }

  @Test
  void timesBeyondAllMeasure_areACentury() {
    Duration ever = Duration.ofSeconds(Long.MAX_VALUE);
    AtomicInteger done = new AtomicInteger();
    SimReport _ =
        Sim.seeds(1)
            .lasting(ever)
            .run(sim -> {
              sim.after(ever, () -> {});
              sim.eventually(ever, "done", () -> done.get() > 0);
              sim.after(
                  SECOND,
                  () -> {
                    int _ = done.incrementAndGet();
                    sim.end();
                  });
            });
    assertEquals(1, done.get());
    assertThrows(IllegalArgumentException.class, () -> Sim.seeds(1).lasting(SECOND.negated()));
  }

  @Test
  void propertyThatIsNoNumber_isSaid() {
    for (String name : new String[] {"pollux.sim.seed", "pollux.sim.runs", "pollux.sim.threads"}) {
      var _ = System.setProperty(name, "17,");
      try {
        String message =
            assertThrows(IllegalArgumentException.class, () -> Sim.seeds(3)).getMessage();
        assertEquals("-D" + name + "=17, is no number", message);
      } finally {
        var _ = System.clearProperty(name);
      }
    }
  }

  @Test
  void twoProperties_ofOneName_areRefused() {
    String message =
        failure(sim -> {
          sim.always("it is so", () -> true);
          sim.always("it is so", () -> true);
        });
    assertTrue(message.contains("two properties 'it is so'"), message);
  }

  @Test
  void errorOfTheTest_isAFailureWithItsSeed() {
    SimFailure failure =
        assertThrows(
            SimFailure.class,
            () ->
                Sim.seeds(1)
                    .run(sim -> {
                      throw new LinkageError("as it is");
                    }));
    assertEquals(LinkageError.class, failure.getCause().getClass());
    assertEquals(1, failure.seed());
  }
}
