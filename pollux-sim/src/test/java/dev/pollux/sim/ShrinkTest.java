package dev.pollux.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.model.Fault;
import dev.pollux.model.Faults;
import dev.pollux.net.DatagramEndpoint;
import dev.pollux.net.DatagramOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A failure says what it needs, and nothing else. */
class ShrinkTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final int PORT = 7000;

  private static String failure(SimRuns runs, SimBody body) {
    return assertThrows(SimFailure.class, () -> runs.run(body)).getMessage();
  }

  /** What stands between the line that says so and the next that is not indented. */
  private static String needed(String failure) {
    int start = failure.indexOf("\nneeded for it:");
    assertTrue(start >= 0, failure);
    return failure.substring(start, failure.indexOf("\n(smaller runs", start)).strip();
  }

  /** A hundred datagrams over a link that loses many, of which the seventh must not be lost. */
  @Test
  void oneOfManyLosses_isTheOneThatIsNeeded() {
    String failure =
        failure(
            Sim.seeds(100),
            sim -> {
              boolean[] arrived = new boolean[100];
              sim.link(sim.host("sender"), sim.host("receiver"), LinkOptions.DEFAULT.withLoss(0.3));
              Host _ =
                  sim.host("receiver")
                      .program(env -> {
                        var _ =
                            DatagramEndpoint.open(
                                env.loop(),
                                env.any(PORT),
                                DatagramOptions.DEFAULT,
                                (_, data, _, _) -> arrived[data.getInt()] = true);
                      });
              Host _ =
                  sim.host("sender")
                      .program(env -> {
                        var endpoint =
                            DatagramEndpoint.open(
                                env.loop(),
                                env.any(0),
                                DatagramOptions.DEFAULT,
                                (_, _, _, _) -> {});
                        for (int i = 0; i < arrived.length; i++) {
                          int number = i;
                          env.after(
                              Duration.ofMillis(1 + i),
                              () -> {
                                ByteBuffer data = ByteBuffer.allocate(4).putInt(number).flip();
                                boolean _ = endpoint.send(data, env.at("receiver", PORT));
                              });
                        }
                      });
              sim.eventually(SECOND, "the seventh", () -> arrived[7]);
            });
    String needed = needed(failure);
    assertTrue(
        needed.matches("(?s)needed for it:\n  LOSS of DATAGRAM sender:\\d+ > receiver:7000 #0 4"),
        failure);
  }

  @Test
  void disturbances_numbers_andFaultsOfCalls_areAsFewAsWillDo() {
    AtomicInteger runs = new AtomicInteger();
    String failure =
        failure(
            Sim.seeds(1),
            sim -> {
              int _ = runs.incrementAndGet();
              boolean[] done = new boolean[5];
              Host host = sim.host("host").faults(Faults.none().with(Fault.SHORT_READ, 0.5));
              Host _ = host.program(_ -> {});
              for (int i = 0; i < done.length; i++) {
                int number = i;
                sim.disturb(SECOND, "disturbance of number " + i, () -> done[number] = true);
              }
              int length = sim.choose("length", 3, 1000);
              int count = sim.choose("count", 1, 10);
              sim.after(
                  SECOND.multipliedBy(2),
                  () -> {
                    if (done[1] && done[4] && length >= 10) {
                      sim.fail("both, and " + length + " and " + count);
                    }
                  });
            });
    assertEquals(
        "needed for it:\n  disturbance of number 1\n  disturbance of number 4\n"
            + "  length: 10\n  count: 1",
        needed(failure));
    assertTrue(runs.get() < 60, runs + " runs");
  }

  /** Another failure is not this one. */
  @Test
  void smallerRuns_thatFailInAnotherWay_doNotCount() {
    String failure =
        failure(
            Sim.seeds(1),
            sim -> {
              boolean[] done = new boolean[2];
              sim.disturb(SECOND, "first", () -> done[0] = true);
              sim.disturb(SECOND, "second", () -> done[1] = true);
              sim.after(
                  SECOND.multipliedBy(2),
                  () -> sim.fail(done[0] && done[1] ? "as it was" : "something else"));
            });
    assertEquals("needed for it:\n  first\n  second", needed(failure));
    assertTrue(failure.startsWith("as it was"), failure);
  }

  @Test
  void failure_thatNeedsNoFault_saysSo() {
    String failure =
        failure(
            Sim.seeds(1),
            sim -> {
              sim.disturb(SECOND, "partition", () -> {});
              sim.after(SECOND.multipliedBy(2), () -> sim.fail("anyway"));
            });
    assertEquals("needed for it: no fault", needed(failure));
  }

  /** A number that depends on another stays within what that allows. */
  @Test
  void numbers_stayWithinTheirBounds() {
    String failure =
        failure(
            Sim.seeds(50),
            sim -> {
              int nodes = sim.choose("nodes", 1, 10);
              int leader = sim.choose("leader", 1, nodes);
              assertTrue(leader <= nodes);
              sim.after(SECOND, () -> {});
              sim.always("a leader below three", () -> leader < 3);
            });
    assertEquals("needed for it: no fault\n  nodes: 3\n  leader: 3", needed(failure));
  }

  /** Properties are told apart by their names, numbers and all. */
  @Test
  void anotherProperty_isAnotherFailure() {
    String failure =
        failure(
            Sim.seeds(1),
            sim -> {
              boolean[] wrong = new boolean[3];
              sim.disturb(SECOND, "one goes wrong", () -> wrong[1] = true);
              sim.disturb(SECOND.multipliedBy(2), "two goes wrong", () -> wrong[2] = true);
              sim.after(SECOND.multipliedBy(3), () -> {});
              sim.always("node 1 is right", () -> !wrong[1]);
              sim.always("node 2 is right", () -> !wrong[2]);
            });
    assertTrue(failure.startsWith("not always: node 1 is right"), failure);
    assertEquals("needed for it:\n  one goes wrong", needed(failure));
  }

  /** The seed that is named does not depend on who was faster. */
  @Test
  void threads_findTheSameSeed() {
    SimBody body =
        sim -> {
          int number = sim.random().nextInt(40);
          sim.after(SECOND, () -> {});
          sim.always("not three", () -> number != 3);
        };
    String one = failure(Sim.seeds(1000), body);
    for (int threads = 2; threads <= 4; threads++) {
      assertEquals(one, failure(Sim.seeds(1000).threads(threads), body));
    }
    SimBody fine =
        sim -> {
          sim.after(SECOND, () -> {});
          sim.sometimes("it is seed 77", () -> sim.seed() == 77);
        };
    assertEquals(Sim.seeds(200).run(fine), Sim.seeds(200).threads(3).run(fine));
    assertThrows(IllegalArgumentException.class, () -> Sim.seeds(1).threads(0));
  }

  @Test
  void number_isWithinItsBounds_andChosenOnce() {
    boolean[] seen = new boolean[3];
    SimReport report =
        Sim.seeds(100)
            .run(sim -> {
              int number = sim.choose("number", -1, 1);
              seen[number + 1] = true;
              int all = sim.choose("any", Integer.MIN_VALUE, Integer.MAX_VALUE);
              sim.note("any " + all);
              assertEquals(5, sim.choose("five", 5, 5));
              assertThrows(IllegalArgumentException.class, () -> sim.choose("none", 2, 1));
              assertThrows(IllegalArgumentException.class, () -> sim.choose("five", 5, 5));
            });
    assertEquals(100, report.runs());
    for (boolean each : seen) {
      assertTrue(each);
    }
    assertFalse(report.faults().containsKey(Trouble.DISTURBANCE.name()));
  }

  private static void check(boolean isSo, String what) {
    if (!isSo) {
      throw new AssertionError(what);
    }
  }

  /** Checks of a test that stand in one place are told apart by their words. */
  @Test
  void anotherCheck_byTheSameHelper_isAnotherFailure() {
    String text =
        assertThrows(
                SimFailure.class,
                () ->
                    Sim.seeds(1)
                        .run(sim -> {
                          boolean[] done = new boolean[2];
                          Duration second = Duration.ofSeconds(1);
                          sim.disturb(second, "first", () -> done[0] = true);
                          sim.disturb(second, "second", () -> done[1] = true);
                          sim.after(
                              second.multipliedBy(2),
                              () -> {
                                check(!(done[0] && done[1]), "money was lost");
                                check(done[1], "the second one was not done");
                              });
                        }))
            .getMessage();
    assertTrue(text.contains("needed for it:\n  first\n  second\n"), text);
  }
}
