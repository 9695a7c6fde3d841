package dev.pollux.lab;

import dev.pollux.sys.SysException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A walk through an experiment, step by step, forwards and backwards.
 *
 * <p>Going back means to do the act again from its beginning: a kernel has no way back.
 */
final class Walk {

  /** What the user wants next. */
  enum Key {
    NEXT,
    BACK,
    QUIT
  }

  /** Where the walk is shown and directed. */
  interface Console {

    /** Shows a screen. */
    void show(List<String> lines);

    /** Waits for the user. */
    Key next();

    /** How wide it is. */
    int columns();

    /** Whether it knows colours. */
    boolean hasColours();
  }

  private final Experiment experiment;
  private final Supplier<Machine> machines;
  private final Console console;
  private final StepScreen screen;
  private boolean isAsExpected = true;

  Walk(Experiment experiment, Supplier<Machine> machines, Console console) {
    this.experiment = experiment;
    this.machines = machines;
    this.console = console;
    this.screen = new StepScreen(console.columns(), console.hasColours());
  }

  /** Walks until the end, or until the user has enough; whether all was as expected so far. */
  boolean run() throws SysException {
    int act = 0;
    int from = 0;
    while (act < experiment.acts().size()) {
      switch (act(act, from)) {
        case NEXT -> {
          act++;
          from = 0;
        }
        case BACK -> {
          act = Math.max(0, act - 1);
          from = Integer.MAX_VALUE;
        }
        case QUIT -> {
          return isAsExpected;
        }
      }
    }
    return isAsExpected;
  }

  /** Walks through an act: which way it was left. */
  private Key act(int index, int startAt) throws SysException {
    Act act = experiment.acts().get(index);
    int target = Math.min(startAt, act.steps().size());
    while (true) {
      List<Timeline.Entry> done = new ArrayList<>();
      try (ActRun run = new ActRun(machines.get(), act)) {
        while (done.size() < target) {
          done.add(run.next());
        }
        Key key = forwards(run, act, done);
        if (key != Key.BACK || (done.isEmpty() && index > 0)) {
          return key;
        }
      }
      target = Math.max(0, done.size() - 1);
    }
  }

  /** On from here, until the act ends or the user turns. */
  private Key forwards(ActRun run, Act act, List<Timeline.Entry> done) throws SysException {
    while (true) {
      List<String> lines = screen.lines(experiment, act, done, run.views());
      run.queueViews().forEach(view -> lines.addAll(screen.view(view)));
      if (!run.hasNext()) {
        lines.add("");
        lines.add(isAsExpected ? "as expected" : "NOT as expected");
      }
      console.show(lines);
      Key key = console.next();
      if (key != Key.NEXT || !run.hasNext()) {
        return key;
      }
      Timeline.Entry entry = run.next();
      isAsExpected &= entry.isAsExpected();
      done.add(entry);
    }
  }
}
