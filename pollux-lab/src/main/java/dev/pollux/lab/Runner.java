package dev.pollux.lab;

import dev.pollux.sys.SysException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Runs experiments on a kernel. */
final class Runner {

  private final Supplier<Machine> machines;

  /** Each act gets a machine of its own. */
  Runner(Supplier<Machine> machines) {
    this.machines = machines;
  }

  /** A runner for a kernel. */
  static Runner on(Kernel kernel) {
    return new Runner(machines(kernel));
  }

  static Supplier<Machine> machines(Kernel kernel) {
    return switch (kernel) {
      case NATIVE -> NativeMachine::new;
      case MODEL -> ModelMachine::new;
    };
  }

  /**
   * Runs all acts. One that goes otherwise than expected ends there, because its later steps rest
   * on the earlier ones.
   */
  Timeline run(Experiment experiment) throws SysException {
    List<Timeline.Part> parts = new ArrayList<>();
    Kernel kernel = Kernel.NATIVE;
    for (Act act : experiment.acts()) {
      Machine machine = machines.get();
      kernel = machine.kernel();
      parts.add(new Timeline.Part(act.title(), run(machine, act)));
    }
    return new Timeline(experiment, kernel, parts);
  }

  private static List<Timeline.Entry> run(Machine machine, Act act) throws SysException {
    List<Timeline.Entry> entries = new ArrayList<>();
    try (ActRun run = new ActRun(machine, act)) {
      boolean isAsExpected = true;
      while (isAsExpected && run.hasNext()) {
        Timeline.Entry entry = run.next();
        entries.add(entry);
        isAsExpected = entry.isAsExpected();
      }
    }
    return entries;
  }
}
