package dev.pollux.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Sys;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** {@link Simulation}: the server holds, runs are repeatable, and mistakes are found. */
class SimulationTest {

  private static final int SEEDS = 500;

  /** A mistake that takes more seeds to find than this is not found. */
  private static final int SEEDS_TO_FIND = 300;

  private static final long GOLDEN_SEED = 22;

  private static List<String> trace(long seed) {
    List<String> lines = new ArrayList<>();
    Simulation.run(SimPlan.of(seed, 0), new SimTrace(lines::add));
    return lines;
  }

  @Test
  void server_underManySeeds_keepsItsPromises() {
    int mostUnsent = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      SimPlan plan = SimPlan.of(seed, 0);
      try {
        mostUnsent = Math.max(mostUnsent, Simulation.run(plan, SimTrace.OFF).mostUnsentBytes());
      } catch (SimFailure e) {
        fail(SimCommand.report(plan, 0, e), e);
      }
    }
    assertTrue(mostUnsent >= EchoOptions.PAUSE_BYTES, "no client was too slow");
  }

  @Test
  void run_withManyClients_keepsItsPromises() {
    assertEquals(100, Simulation.run(SimPlan.of(3, 100), SimTrace.OFF).clientCount());
  }

  @Test
  void trace_ofOneSeed_isTheSameEveryTime() {
    for (long seed = 0; seed < 50; seed++) {
      assertEquals(trace(seed), trace(seed));
    }
    assertNotEquals(trace(7), trace(8));
  }

  /**
   * Whoever changes the schedule, the model or the server changes this: look at the trace first.
   */
  @Test
  void trace_ofAGoldenSeed_isTheSameOnEveryMachine() throws Exception {
    GoldenTrace.of("echo.txt").assertSame(trace(GOLDEN_SEED));
  }

  private static String firstFailure(UnaryOperator<Sys> bug) {
    for (long seed = 0; seed < SEEDS_TO_FIND; seed++) {
      try {
        Simulation.run(SimPlan.of(seed, 0), SimTrace.OFF, bug);
      } catch (SimFailure e) {
        return e.getMessage();
      }
    }
    return fail("not found in " + SEEDS_TO_FIND + " seeds");
  }

  private static void assertFound(String expected, UnaryOperator<Sys> bug) {
    String message = firstFailure(bug);
    assertTrue(message.contains(expected), message);
  }

  private static int send(Sys kernel, Object[] a, long less) {
    return kernel.send((int) a[0], (long) a[1], (long) a[2] - less, (int) a[3]);
  }

  private static int recv(Sys kernel, Object[] a) {
    return kernel.recv((int) a[0], (long) a[1], (long) a[2], (int) a[3]);
  }

  @Test
  void byte_lost_isFound() {
    String message =
        firstFailure(
            PlantedBug.at(
                List.of("send"),
                20,
                false,
                (kernel, a) -> (long) a[2] > 1 ? Math.max(send(kernel, a, 1), 0) + 1 : 1));
    assertTrue(message.contains("came back wrong") || message.contains("sent"), message);
  }

  @Test
  void bytes_sentTwice_isFound() {
    assertFound(
        "came back wrong",
        PlantedBug.at(
            List.of("send"),
            20,
            false,
            (kernel, a) -> {
              int _ = send(kernel, a, 0);
              return send(kernel, a, 0);
            }));
  }

  @Test
  void event_swallowed_isFound() {
    String message =
        firstFailure(
            PlantedBug.at(
                List.of("epollWait", "epollPwait2"),
                12,
                false,
                (kernel, a) -> {
                  int result =
                      a.length == 4
                          ? kernel.epollWait((int) a[0], (long) a[1], (int) a[2], (int) a[3])
                          : kernel.epollPwait2(
                              (int) a[0], (long) a[1], (int) a[2], (long) a[3], (long) a[4]);
                  return Math.min(result, 0);
                }));
    assertTrue(
        message.contains("nothing moves any more")
            || message.contains("connections outlive their clients"), // the event was of an end
        message);
  }

  @Test
  void descriptor_leaked_isFound() {
    assertFound("left", PlantedBug.at(List.of("close"), 3, false, (_, _) -> 0));
  }

  @Test
  void server_spinning_isFound() {
    assertFound("spins", PlantedBug.at(List.of("recv"), 9, true, (_, _) -> -Errno.EAGAIN));
  }

  @Test
  void server_throwing_isFound() {
    assertFound(
        "the server threw",
        PlantedBug.at(
            List.of("epollWait", "poll", "ppoll", "select", "pselect", "epollPwait2"),
            12,
            false,
            (_, _) -> -Errno.EBADF));
  }

  @Test
  void connection_failingForNoReason_isFound() {
    assertFound(
        "without a reason",
        PlantedBug.at(
            List.of("recv"),
            9,
            false,
            (kernel, a) -> {
              int _ = recv(kernel, a);
              return -Errno.ECONNRESET;
            }));
  }

  @Test
  void report_ofAFailure_namesTheCommandThatReplaysIt() {
    SimFailure failure = new SimFailure("something");
    String report = SimCommand.report(SimPlan.of(-5, 0), 0, failure);
    assertTrue(report.startsWith("pollux sim: seed -5 failed: something\n"), report);
    assertTrue(report.endsWith("replay: ./pollux sim --seed -5 --runs 1 --trace"), report);
    report = SimCommand.report(SimPlan.of(5, 2), 2, failure);
    assertTrue(report.endsWith("--seed 5 --runs 1 --clients 2 --trace"), report);
  }
}
