package dev.pollux.lab.fuzz;

import dev.pollux.model.Fault;
import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.sys.Sys;
import java.util.function.LongSupplier;

/** Where programs get their kernel: the same for all, or a new one for each. */
interface Kernels {
  /** Of two segments one takes its time, in programs on the model without threads. */
  double DELAYED = 0.5;

  /** The kernel of the next program; one in real time must be able to block threads. */
  Sys open(boolean inRealTime);

  /**
   * The model: in real time by a clock, else under virtual time, where of two programs one has
   * segments that are on their way for a while. {@link Executor#deliver} lets them arrive.
   */
  static Kernels model(long seed, LongSupplier clock) {
    Faults delays = Faults.none().with(Fault.DELAY, DELAYED).withMaxDelay(Executor.MAX_DELAY);
    return new Kernels() {
      private long programs;

      @Override
      public Sys open(boolean inRealTime) {
        programs++;
        return inRealTime
            ? ModelSys.threads(clock)
            : ModelSys.virtual(seed, programs % 2 == 0 ? delays : Faults.none());
      }
    };
  }
}
