package dev.pollux.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.LoopHandler;
import dev.pollux.poll.Event;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a run that must not be is told by. */
class SimFailureTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final int RLIMIT_STACK = 3; // asm-generic/resource.h

  private static SimFailure failure(SimRuns runs, SimBody body) {
    return assertThrows(SimFailure.class, () -> runs.run(body));
  }

  @Test
  void failure_hasItsSeed_itsTrace_andHowToReplay() {
    SimFailure failure =
        failure(
            Sim.seeds(100).from(7),
            sim -> {
              int number = sim.random().nextInt(10);
              sim.note("the number is " + number);
              sim.always("not three", () -> number != 3);
            });
    assertTrue(failure.seed() >= 7);
    for (String part :
        List.of(
            "not always: not three",
            "the number is 3",
            "replay: -Dpollux.sim.seed=" + failure.seed())) {
      assertTrue(failure.getMessage().contains(part), failure.getMessage());
    }
  }

  @Test
  void properties_thatAreNotMet() {
    SimRuns runs = Sim.seeds(2);
    assertTrue(
        failure(runs, sim -> sim.eventually(MINUTE, "what never is", () -> false))
            .getMessage()
            .contains("not in time: what never is"));
    assertTrue(
        failure(
                runs,
                sim -> {
                  sim.after(Duration.ofMinutes(2), () -> {});
                  sim.eventually(MINUTE, "late", () -> false);
                })
            .getMessage()
            .contains("not in time: late"));
    assertTrue(
        failure(runs, sim -> sim.sometimes("rare", () -> false))
            .getMessage()
            .contains("in none of 2 runs: [rare]"));
  }

  @Test
  void leaksAndErrors_areFound_orAllowed() {
    SimBody leak =
        sim -> {
          Host _ =
              sim.host("a")
                  .program(env -> {
                    int _ = SysException.check("eventfd", env.sys().eventfd(0, 0));
                  });
        };
    assertTrue(failure(Sim.seeds(1), leak).getMessage().contains("eventfd"));
    assertEquals(1, Sim.seeds(1).without(Invariant.DESCRIPTORS).run(leak).runs());
    SimBody error =
        sim -> {
          Host _ =
              sim.host("a")
                  .program(env ->
                      env.loop()
                          .execute(() -> {
                            throw new IllegalStateException("the task's");
                          }));
        };
    assertTrue(failure(Sim.seeds(1), error).getMessage().contains("the task's"));
    assertEquals(1, Sim.seeds(1).without(Invariant.NO_ERRORS).run(error).runs());
  }

  /** It asks for a turn, in each turn, and does nothing there. */
  @Test
  void spinning_isFound_orAllowed() {
    SimBody spinning =
        sim -> {
          Host _ =
              sim.host("a")
                  .program(env -> {
                    LoopHandler[] again = {null};
                    again[0] =
                        new LoopHandler() {
                          @Override
                          public void ready(Event event) {}

                          @Override
                          public void flush() {
                            env.loop().flushLater(this);
                          }
                        };
                    env.loop().flushLater(again[0]);
                  });
        };
    assertTrue(failure(Sim.seeds(1), spinning).getMessage().contains("spins"));
    SimRuns allowed = Sim.seeds(1).without(Invariant.NO_SPINNING);
    assertTrue(failure(allowed, spinning).getMessage().contains("time stands still"));
  }

  @Test
  void whatTheModelLacks_isFound_orAllowed() {
    SimBody lacking =
        sim -> {
          Host host = sim.host("a");
          Host _ =
              host.program(env -> {
                IoBuffer limit = IoBuffer.allocate(16);
                int _ = env.sys().getrlimit(RLIMIT_STACK, limit.address());
              });
          sim.after(Duration.ofSeconds(1), host::crash);
        };
    assertTrue(failure(Sim.seeds(1), lacking).getMessage().contains("SUPPORTED"));
    assertEquals(1, Sim.seeds(1).without(Invariant.SUPPORTED).run(lacking).runs());
  }

  @Test
  void timeThatStandsStill_isFound() {
    SimBody still =
        sim -> {
          Host _ =
              sim.host("a")
                  .program(env -> {
                    Runnable[] again = {null};
                    again[0] = () -> env.loop().execute(again[0]);
                    env.loop().execute(again[0]);
                  });
        };
    assertTrue(failure(Sim.seeds(1), still).getMessage().contains("time stands still"));
  }

  @Test
  void whatIsNotRepeatable_isFound() {
    AtomicInteger calls = new AtomicInteger();
    SimFailure failure =
        failure(Sim.seeds(1).repeated(), sim -> sim.note("call " + calls.incrementAndGet()));
    assertTrue(failure.getMessage().contains("not the same run"), failure.getMessage());
  }

  @Test
  void exceptions_ofTheSetUp_haveTheSeedToo() {
    SimFailure failure =
        failure(
            Sim.seeds(1),
            sim -> {
              throw new IllegalArgumentException("the test's own");
            });
    assertTrue(failure.getMessage().contains("the test's own"));
    assertTrue(failure.getCause() instanceof IllegalArgumentException);
    assertFalse(failure.getMessage().isBlank());
  }

  @Test
  void words_ofAFailure_areWithoutItsRun() {
    SimFailure failure = failure(Sim.seeds(1), sim -> sim.fail("the test's own"));
    assertEquals("the test's own", failure.what());
    assertTrue(failure.getMessage().startsWith("the test's own\nseed 1, "), failure.getMessage());
  }

  @Test
  void failure_isMadeSmaller_unlessNot() {
    SimBody body =
        sim -> {
          sim.disturb(Duration.ofSeconds(1), "a storm", () -> {});
          sim.after(Duration.ofSeconds(2), () -> sim.fail("the test's own"));
        };
    String shrunk = failure(Sim.seeds(1), body).getMessage();
    assertTrue(shrunk.contains("needed for it: no fault"), shrunk);
    String whole = failure(Sim.seeds(1).unshrunk(), body).getMessage();
    assertFalse(whole.contains("needed for it"), whole);
  }

  /** Another one is found, as the run goes on. */
  @Test
  void givenUp_isNoFailure_unlessAllAre() {
    SimBody body =
        sim -> {
          if (sim.seed() % 2 == 0) {
            sim.giveUp("an even seed");
            sim.eventually(MINUTE, "what never is", () -> false);
          }
        };
    SimReport report = Sim.seeds(5).run(body);
    assertEquals(5, report.runs());
    assertEquals(2, report.givenUp());
    SimRuns all = Sim.seeds(2);
    assertTrue(
        failure(all, sim -> sim.giveUp("always")).getMessage().contains("all 2 runs were given"));
    assertEquals(1, Sim.seeds(1).run(sim -> sim.giveUp("one is a result")).givenUp());
  }

  /** Who is cut off says so; but whoever asked for that is not told of it. */
  @Test
  void givenUp_isNoFailure_whateverTheHostsSayAsTheyEnd() {
    SimBody body =
        sim -> {
          Host _ =
              sim.host("a")
                  .program(env -> {
                    Action waits =
                        () -> {
                          try {
                            env.sleep(MINUTE);
                          } finally {
                            sim.fail("cut off");
                          }
                        };
                    Thread _ = env.start("waits", waits);
                  });
          sim.after(Duration.ofSeconds(1), () -> sim.giveUp("as was asked"));
        };
    assertEquals(1, Sim.seeds(1).run(body).givenUp());
  }

  @Test
  void trace_isReadAsItComes() {
    List<String> lines = new ArrayList<>();
    SimReport _ = Sim.seeds(1).traced(lines::add).run(sim -> sim.note("one line"));
    assertEquals(List.of("0.000000000  one line", "600.000000000  the end"), lines);
  }

  /** A kernel that closes nothing. */
  private static Sys forgetful(Sys kernel) {
    InvocationHandler handler =
        (_, method, arguments) ->
            method.getName().equals("close") ? 0 : method.invoke(kernel, arguments);
    return (Sys)
        Proxy.newProxyInstance(Sys.class.getClassLoader(), new Class<?>[] {Sys.class}, handler);
  }

  /** What stands between a program and its kernel is made anew for each of its lives. */
  @Test
  void mistakeBetweenProgramAndKernel_isFound() {
    AtomicInteger made = new AtomicInteger();
    SimBody body =
        sim -> {
          Host host = sim.host("a");
          Host _ =
              host.between(
                      kernel -> {
                        int _ = made.incrementAndGet();
                        return forgetful(kernel);
                      })
                  .program(env -> {
                    int fd = SysException.check("eventfd", env.sys().eventfd(0, 0));
                    int _ = env.sys().close(fd);
                  });
          sim.after(Duration.ofSeconds(1), host::kill);
          sim.after(Duration.ofSeconds(2), host::restart);
        };
    assertTrue(failure(Sim.seeds(1), body).getMessage().contains("a leaves open: "));
    assertEquals(2, made.get());
  }

  @Test
  void faults_areCountedWithinTheRun() {
    SimReport _ =
        Sim.seeds(1)
            .run(sim -> {
              Host host = sim.host("a");
              Host _ = host.program(_ -> {});
              sim.after(Duration.ofSeconds(1), host::crash);
              sim.eventually(MINUTE, "one", () -> sim.faultCounts().equals(Map.of("CRASH", 1)));
            });
  }
}
