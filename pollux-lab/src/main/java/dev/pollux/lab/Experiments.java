package dev.pollux.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The experiments, D1 to D16 of epoll and K1 to K5 of kqueue, in order. */
public final class Experiments {

  private static final List<Experiment> ALL = inOrder();

  private Experiments() {}

  /** All of them. */
  public static List<Experiment> all() {
    return ALL;
  }

  /** The one with this id or name, in any case. */
  public static Optional<Experiment> find(String idOrName) {
    return ALL.stream().filter(e -> e.isCalled(idOrName)).findFirst();
  }

  private static List<Experiment> inOrder() {
    List<Experiment> all = new ArrayList<>(TriggerExperiments.all());
    all.addAll(ThreadExperiments.all());
    all.addAll(LifeExperiments.all());
    all.add(TriggerExperiments.modifyRearms());
    all.addAll(QueueExperiments.all());
    return List.copyOf(all);
  }
}
