package dev.pollux.junit;

import dev.pollux.sim.Invariant;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that sets a {@linkplain dev.pollux.sim.Sim simulated world} up, and is run with many
 * seeds, one after the other.
 *
 * <pre>{@code
 * @Simulated(runs = 1000)
 * void everyByteComesBack(Sim sim) throws Exception {
 *   sim.host("server").program(env -> ...);
 *   sim.host("client").program(env -> ...);
 *   sim.eventually(Duration.ofMinutes(1), "all of it", () -> ...);
 * }
 * }</pre>
 *
 * <p>The method is called once for each seed, on the same instance of the test class: what belongs
 * to a run is a local variable of the method. {@code @BeforeEach} and {@code @AfterEach} are called
 * once around all runs.
 *
 * <p>An assumption that does not hold ends its run, which is {@linkplain dev.pollux.sim.Sim#giveUp
 * given up}; the test is aborted if that befalls all of them.
 *
 * <p>A failure has the seed, the last lines of the trace and the line that replays it: {@code
 * -Dpollux.sim.seed} runs that seed alone, {@code -Dpollux.sim.runs} changes how many there are,
 * see {@link dev.pollux.sim.SimRuns}. What the runs met is published as an entry of the test's
 * report: how many runs and steps, how often which fault, and which of those asked for never.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(SimulatedExtension.class)
public @interface Simulated {

  /** How many seeds: so many runs. */
  int runs() default 100;

  /** The first seed; the others follow it. */
  long from() default 1;

  /** After how much of its time a run ends at the latest, in ISO 8601. */
  String lasting() default "PT10M";

  /** Whether each seed is run twice, and both runs have to be the same. */
  boolean repeated() default false;

  /** What is not held of the runs. */
  Invariant[] without() default {};
}
