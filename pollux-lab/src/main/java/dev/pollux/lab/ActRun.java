package dev.pollux.lab;

import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * An act in progress: one step at a time.
 *
 * <p>Ownership: {@link #close} closes every descriptor and ends every thread of the act.
 */
final class ActRun implements AutoCloseable {

  /** No wait takes longer, on a machine however slow. */
  static final int LIMIT_MILLIS = 10_000;

  /** How long one waits for what may come or not. */
  private static final int SHORT_MILLIS = 100;

  private final Machine machine;
  private final Act act;
  private final Handles handles;
  private final Interpreter interpreter;
  private int done;

  ActRun(Machine machine, Act act) {
    this.machine = machine;
    this.act = act;
    this.handles = new Handles(machine);
    this.interpreter = new Interpreter(machine, handles);
    machine.transitions(handles::name); // what came before is none of this act
  }

  /** How long a step waits for what it expects. */
  static int limitMillis(Step step) {
    return switch (step.expected()) {
      case Steps.NOTHING -> 0;
      case Step.ANYTHING -> SHORT_MILLIS;
      default -> LIMIT_MILLIS;
    };
  }

  boolean hasNext() {
    return done < act.steps().size();
  }

  /** Does the next step; a call that fails is a result like any other. */
  Timeline.Entry next() throws SysException {
    Step step = act.steps().get(done++);
    List<EpollView> before = views();
    boolean isOrderChance = interpreter.hasThreads();
    Outcome outcome = perform(step);
    List<EpollView> after = views();
    List<String> transitions = new ArrayList<>(machine.transitions(handles::name));
    if (isOrderChance) {
      // Equal runs have equal timelines: what the waits found, in the order of the alphabet.
      transitions.sort(Comparator.comparing(text -> Transitions.isOfWait(text) ? text : ""));
    }
    return new Timeline.Entry(
        done, step, outcome.result(), changes(before, after), transitions, outcome.figures());
  }

  private Outcome perform(Step step) {
    try {
      return interpreter.perform(step);
    } catch (SysException e) {
      return Outcome.of(Errno.name(e.errno()));
    }
  }

  /** What is inside the epoll instances now; empty where the kernel does not show it. */
  List<EpollView> views() {
    List<EpollView> views = new ArrayList<>();
    if (machine.isTransparent()) {
      for (String epoll : interpreter.openEpolls()) {
        views.add(machine.view(epoll, handles.fd(epoll), handles::name));
      }
    }
    return views;
  }

  /** What is inside the kqueues now, on any kernel: they are made of Java. */
  List<QueueView> queueViews() {
    return interpreter.queueViews();
  }

  @Override
  public void close() {
    try {
      interpreter.close();
    } finally {
      handles.close();
    }
  }

  private static List<Timeline.ReadyList> changes(List<EpollView> before, List<EpollView> after) {
    List<Timeline.ReadyList> changes = new ArrayList<>();
    for (EpollView now : after) {
      List<String> then =
          before.stream()
              .filter(view -> view.epoll().equals(now.epoll()))
              .findFirst()
              .map(EpollView::ready)
              .orElse(List.of());
      changes.add(new Timeline.ReadyList(now.epoll(), then, now.ready()));
    }
    return changes;
  }
}
