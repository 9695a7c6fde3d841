package dev.pollux.junit.guide;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.junit.Simulated;
import dev.pollux.sim.Env;
import dev.pollux.sim.Host;
import dev.pollux.sim.Sim;
import dev.pollux.sim.SimFailure;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CounterTest {

  private static final int PORT = 7000;
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final List<String> NAMES = List.of("a", "b", "c");

  /** Three nodes, each of which adds something each second; meanwhile one is cut off. */
  static void count(Sim sim, SharedCounter.Maker maker) throws Exception {
    List<SharedCounter> counters = new ArrayList<>();
    int times = sim.choose("times", 1, 10);
    for (String name : NAMES) {
      Host node = sim.host(name);
      node.program(env -> {
        SharedCounter counter = maker.make(env.loop(), env.any(PORT), others(env));
        counters.add(counter);
        for (int i = 1; i <= times; i++) {
          var _ = env.loop().schedule(SECOND.multipliedBy(i).toNanos(), () -> counter.add(1));
        }
      });
    }
    for (String name : NAMES.subList(1, NAMES.size())) {
      Host a = sim.host("a");
      Host other = sim.host(name);
      Duration from = Duration.ofMillis(sim.random().nextInt(9_000));
      sim.disturb(from, "nothing goes between a and " + name, () -> sim.partition(a, other));
      sim.after(from.plusSeconds(4), () -> sim.heal(a, other));
    }
    sim.eventually(
        Duration.ofSeconds(20),
        "all have counted everything",
        () ->
            counters.stream().allMatch(counter -> counter.total() == (long) times * NAMES.size()));
  }

  private static List<InetSocketAddress> others(Env env) {
    return NAMES.stream()
        .filter(name -> !name.equals(env.host().name()))
        .map(name -> env.at(name, PORT))
        .toList();
  }

  @Test
  void whatIsTold_onceOnly_isLost() {
    assertThrows(SimFailure.class, () -> Sim.seeds(100).run(sim -> count(sim, LossyCounter::new)));
  }

  @Simulated(runs = 200, lasting = "PT30S")
  void whatIsTold_againAndAgain_arrives(Sim sim) throws Exception {
    count(sim, KnowingCounter::new);
  }
}
