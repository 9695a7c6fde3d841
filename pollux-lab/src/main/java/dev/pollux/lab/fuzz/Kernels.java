package dev.pollux.lab.fuzz;

import dev.pollux.model.Fault;
import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.sys.Sys;
import java.util.function.LongSupplier;

/** Where programs get their kernel: the same for all, or a new one for each. */
interface Kernels {
  /** What a program needs of its kernel. */
  enum Mode {
    /** Nothing waits. */
    PLAIN,
    /** Nothing waits; segments may take their time, {@link Executor#deliver} lets them arrive. */
    DELAYED,
    /** Threads block, and time is the machine's. */
    REAL_TIME
  }

  /** Of two segments one takes its time. */
  double DELAYED_SHARE = 0.5;

  /** The kernel of the next program. */
  Sys open(Mode mode);

  /** The model: in real time by a clock, else under virtual time. */
  static Kernels model(long seed, LongSupplier clock) {
    Faults delays = Faults.none().with(Fault.DELAY, DELAYED_SHARE).withMaxDelay(Executor.MAX_DELAY);
    return mode ->
        switch (mode) {
          case PLAIN -> ModelSys.virtual(seed, Faults.none());
          case DELAYED -> ModelSys.virtual(seed, delays);
          case REAL_TIME -> ModelSys.threads(clock);
        };
  }
}
