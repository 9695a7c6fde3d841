package dev.pollux.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.pollux.sim.Host;
import dev.pollux.sim.Invariant;
import dev.pollux.sim.Sim;
import dev.pollux.sim.SimFailure;
import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.opentest4j.TestAbortedException;

/** Test methods that take a world, run by JUnit as it runs any. */
class SimulatedTest {

  private static final List<Long> SEEDS = new ArrayList<>();

  /** What came of a class of tests, and what was published. */
  private static final class Outcome implements TestExecutionListener {
    final Map<String, TestExecutionResult> results = new LinkedHashMap<>();
    final Map<String, String> published = new LinkedHashMap<>();

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      if (test.isTest()) {
        results.put(test.getDisplayName(), result);
      }
    }

    @Override
    public void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
      published.putAll(entry.getKeyValuePairs());
    }

    Throwable failure() {
      assertEquals(1, results.size(), results::toString);
      return results.values().iterator().next().getThrowable().orElseThrow();
    }
  }

  private static Outcome run(Class<?> tests) {
    SEEDS.clear();
    Outcome outcome = new Outcome();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(tests)).build();
    LauncherFactory.create().execute(request, outcome);
    return outcome;
  }

  static class Passes {
    private int before;

    @org.junit.jupiter.api.BeforeEach
    void setUp() {
      before++;
    }

    @Simulated(runs = 7, from = 40, repeated = true)
    void passes(TestInfo info, Sim sim) {
      assertTrue(info.getDisplayName().contains("7 seeds from 40"));
      assertEquals(1, before);
      SEEDS.add(sim.seed());
      sim.disturb(Duration.ofSeconds(1), "nothing", () -> {});
    }
  }

  @Test
  void method_isCalledForEachSeed_andWhatItMetIsPublished() {
    Outcome outcome = run(Passes.class);
    assertEquals(List.of("7 seeds from 40"), List.copyOf(outcome.results.keySet()));
    assertEquals(
        TestExecutionResult.Status.SUCCESSFUL,
        outcome.results.get("7 seeds from 40").getStatus(),
        outcome.results::toString);
    assertEquals(14, SEEDS.size());
    assertEquals(40, SEEDS.getFirst());
    assertEquals(46, SEEDS.getLast());
    assertEquals("7", outcome.published.get("pollux.sim.runs"));
    assertEquals("{DISTURBANCE=7}", outcome.published.get("pollux.sim.faults"));
  }

  static class Fails {
    @Simulated
    void fails(Sim sim) {
      SEEDS.add(sim.seed());
      sim.after(
          Duration.ofSeconds(1),
          () -> {
            if (sim.seed() == 5) {
              throw new IllegalStateException("the fifth");
            }
          });
    }
  }

  @Test
  void failure_namesItsSeed_andTheLineThatReplaysIt() {
    Outcome outcome = run(Fails.class);
    SimFailure failure = (SimFailure) outcome.failure();
    assertEquals(5, failure.seed());
    assertTrue(failure.getMessage().contains("the fifth"), failure.getMessage());
    String replay = "'-Dtest=" + Fails.class.getName() + "#fails' -Dpollux.sim.seed=5";
    assertTrue(failure.getMessage().endsWith("\nreplay: " + replay), failure.getMessage());
    assertEquals(List.of(1L, 2L, 3L, 4L, 5L), SEEDS.subList(0, 5));
  }

  @Test
  void seedOfTheProperty_isTheOnlyOne() {
    var _ = System.setProperty("pollux.sim.seed", "5");
    try {
      assertEquals(5, ((SimFailure) run(Fails.class).failure()).seed());
    } finally {
      var _ = System.clearProperty("pollux.sim.seed");
    }
    assertEquals(5, SEEDS.getFirst());
  }

  static class SetUpFails {
    @Simulated
    void fails(Sim sim) throws Exception {
      int _ = SysException.check("read", -Errno.EIO);
    }
  }

  @Test
  void exceptionOfTheMethod_isTheFailure_withItsCause() {
    Throwable failure = run(SetUpFails.class).failure();
    assertEquals(SysException.class, failure.getCause().getClass());
  }

  static class Allowed {
    @Simulated(runs = 1, without = Invariant.DESCRIPTORS, lasting = "PT1S")
    void leaks(Sim sim) throws Exception {
      Host _ =
          sim.host("a")
              .program(env -> {
                int _ = SysException.check("eventfd", env.sys().eventfd(0, 0));
                env.after(Duration.ofSeconds(2), () -> sim.fail("lasts too long"));
              });
    }
  }

  @Test
  void options_areTheRuns() {
    assertEquals(
        TestExecutionResult.Status.SUCCESSFUL,
        run(Allowed.class).results.get("seed 1").getStatus());
  }

  static class Assumes {
    @Simulated
    void assumes(Sim sim) {
      throw new TestAbortedException("as an assumption does, of seed " + sim.seed());
    }
  }

  @Test
  void assumptionThatDoesNotHold_abortsTheTest() {
    assertEquals(
        TestExecutionResult.Status.ABORTED,
        run(Assumes.class).results.get("100 seeds from 1").getStatus());
  }

  static class WorldElsewhere {
    @org.junit.jupiter.api.BeforeEach
    void setUp(Sim sim) {
      sim.end();
    }

    @Simulated
    void takesOne(Sim sim) {}
  }

  @Test
  void world_isForTheMethodAlone() {
    String message = String.valueOf(run(WorldElsewhere.class).failure().getMessage());
    assertTrue(message.contains("No ParameterResolver registered"), message);
  }

  static class NoWorld {
    @Simulated
    void takesNone() {}
  }

  static class NoTime {
    @Simulated(lasting = "an hour")
    void takesOne(Sim sim) {}
  }

  static class NoRuns {
    @Simulated(runs = 0)
    void takesOne(Sim sim) {}
  }

  /** They are containers that fail. */
  @Test
  void methodThatCannotBeRun_saysWhy() {
    assertEquals("takes no Sim", complaint(NoWorld.class, "takes no Sim"));
    assertEquals("cannot be parsed", complaint(NoTime.class, "cannot be parsed"));
    assertEquals("is less than 1", complaint(NoRuns.class, "is less than 1"));
  }

  private static String complaint(Class<?> tests, String part) {
    List<String> messages = new ArrayList<>();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(tests)).build();
    LauncherFactory.create()
        .execute(
            request,
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                result.getThrowable().ifPresent(e -> messages.add(e.getMessage()));
              }
            });
    assertEquals(1, messages.size(), messages::toString);
    return messages.getFirst().contains(part) ? part : messages.getFirst();
  }

  static class AssumesOfOneSeed {
    @Simulated(runs = 10)
    void assumes(Sim sim) {
      SEEDS.add(sim.seed());
      if (sim.seed() == 2) {
        throw new TestAbortedException("nothing to see here");
      }
      if (sim.seed() == 6) {
        throw new IllegalStateException("the bug of seed 6");
      }
    }
  }

  @Test
  void assumptionOfOneSeed_hidesNoOtherSeed() {
    SimFailure failure = assertInstanceOf(SimFailure.class, run(AssumesOfOneSeed.class).failure());
    assertEquals(6, failure.seed());
  }

  abstract static class Base {
    @Simulated(runs = 1)
    void fails(Sim sim) {
      sim.fail("of the base");
    }
  }

  static class Inherits extends Base {}

  /** The class that was run, and not the one where the method stands, runs it again. */
  @Test
  void replay_ofAnInheritedMethod_namesTheClassThatWasRun() {
    String message = String.valueOf(run(Inherits.class).failure().getMessage());
    assertTrue(message.contains("-Dtest=dev.pollux.junit.SimulatedTest$Inherits#fails"), message);
  }
}
