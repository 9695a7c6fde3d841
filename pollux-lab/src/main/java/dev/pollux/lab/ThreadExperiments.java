package dev.pollux.lab;

import static dev.pollux.lab.Mask.ET;
import static dev.pollux.lab.Mask.EXCLUSIVE;
import static dev.pollux.lab.Mask.IN;
import static dev.pollux.lab.Mask.ONESHOT;
import static dev.pollux.lab.Steps.accept;
import static dev.pollux.lab.Steps.acceptFails;
import static dev.pollux.lab.Steps.add;
import static dev.pollux.lab.Steps.connect;
import static dev.pollux.lab.Steps.dismiss;
import static dev.pollux.lab.Steps.epoll;
import static dev.pollux.lab.Steps.listen;
import static dev.pollux.lab.Steps.modify;
import static dev.pollux.lab.Steps.pipe;
import static dev.pollux.lab.Steps.read;
import static dev.pollux.lab.Steps.spread;
import static dev.pollux.lab.Steps.threads;
import static dev.pollux.lab.Steps.woken;
import static dev.pollux.lab.Steps.write;

import java.util.ArrayList;
import java.util.List;

/** Several threads: D9 and D10. */
final class ThreadExperiments {

  private static final int THREAD_COUNT = 4;

  /** Enough that each of four listeners gets one, but for a chance of 4 * 0.75^96, 4e-12. */
  private static final int CONNECTION_COUNT = 96;

  private ThreadExperiments() {}

  static List<Experiment> all() {
    return List.of(oneShot(), herd());
  }

  private static Experiment oneShot() {
    return Experiment.of(
        "D9",
        "one-shot",
        "Four threads wait on one epoll instance. Level triggering wakes all of them for one byte,"
            + " edge triggering one for each arrival, so that two may handle one connection at"
            + " once; a one-shot item is disarmed by its delivery until it is modified.",
        "one-shot: one handler at a time, nothing more until it is armed again, nothing lost then",
        Act.of(
            "level",
            pipe("r", "w"),
            epoll("ep"),
            add("ep", "r", IN),
            threads(THREAD_COUNT, "ep"),
            write("w", "a"),
            woken(2, THREAD_COUNT)),
        Act.of(
            "edge",
            pipe("r", "w"),
            epoll("ep"),
            add("ep", "r", IN.and(ET)),
            threads(THREAD_COUNT, "ep"),
            write("w", "a"),
            woken(1),
            write("w", "b"),
            woken(1)),
        Act.of(
            "one-shot",
            pipe("r", "w"),
            epoll("ep"),
            add("ep", "r", IN.and(ONESHOT)),
            threads(THREAD_COUNT, "ep"),
            write("w", "a"),
            woken(1),
            write("w", "b"),
            woken(0),
            read("r", "a"),
            modify("ep", "r", IN.and(ONESHOT)),
            woken(1),
            read("r", "b"),
            modify("ep", "r", IN.and(ONESHOT)),
            woken(0)));
  }

  private static Experiment herd() {
    return Experiment.of(
        "D10",
        "herd",
        "Four threads, each with an epoll instance of its own, watch one listener, and one client"
            + " connects. Woken for nothing are all but one; EPOLLEXCLUSIVE wakes about one, and"
            + " SO_REUSEPORT gives each thread a listener of its own.",
        "level: more than one woken; exclusive: about one; SO_REUSEPORT: one, and in the long run"
            + " each gets some",
        herdOn("level", IN, 2, THREAD_COUNT),
        herdOn("exclusive", IN.and(EXCLUSIVE), 1, 2),
        reusePort());
  }

  private static Act herdOn(String title, Mask interest, int minWoken, int maxWoken) {
    List<Step> steps = new ArrayList<>();
    steps.add(listen("l"));
    for (String epoll : instances()) {
      steps.add(epoll(epoll));
      steps.add(add(epoll, "l", interest));
    }
    steps.add(threads(THREAD_COUNT, instances()));
    steps.add(connect("c", "l"));
    steps.add(woken(minWoken, maxWoken));
    steps.add(accept("s", "l"));
    steps.add(acceptFails("l"));
    return new Act(title, steps);
  }

  private static Act reusePort() {
    List<Step> steps = new ArrayList<>();
    String[] listeners = names("l");
    String[] instances = instances();
    steps.add(listen(listeners));
    for (int i = 0; i < THREAD_COUNT; i++) {
      steps.add(epoll(instances[i]));
      steps.add(add(instances[i], listeners[i], IN));
    }
    steps.add(threads(THREAD_COUNT, instances));
    steps.add(connect("c", listeners[0]));
    steps.add(woken(1));
    steps.add(dismiss());
    steps.add(spread(CONNECTION_COUNT, listeners));
    return new Act("SO_REUSEPORT", steps);
  }

  private static String[] instances() {
    return names("ep");
  }

  private static String[] names(String prefix) {
    String[] names = new String[THREAD_COUNT];
    for (int i = 0; i < THREAD_COUNT; i++) {
      names[i] = prefix + (i + 1);
    }
    return names;
  }
}
