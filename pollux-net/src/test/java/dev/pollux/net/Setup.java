package dev.pollux.net;

import dev.pollux.kqueue.KqueueSys;
import dev.pollux.poll.Backend;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What one run of a contract runs on.
 *
 * @param strict edges are emulated, so that one which was not said to be drained is heard no more
 */
record Setup(Kernel kernel, Backend backend, Trigger trigger, boolean strict) {

  enum Kernel {
    /** Of this machine. */
    NATIVE,
    /** The model kernel under virtual time. */
    MODEL,
    /** This machine's, where kqueue is the call there is, and its events take a socket's error. */
    SEAM
  }

  /**
   * Whether contracts leave the model kernel out: {@code -Dpollux.tests.native=true}, for slow
   * machines on which another kernel is tried.
   */
  private static final boolean NATIVE_ONLY = Boolean.getBoolean("pollux.tests.native");

  static Stream<Setup> all() {
    return NATIVE_ONLY ? natives() : Stream.of(natives(), models(), seams()).flatMap(all -> all);
  }

  static Stream<Setup> natives() {
    Setup strict = new Setup(Kernel.NATIVE, Backend.EPOLL, Trigger.EDGE, true);
    return Stream.concat(each(Kernel.NATIVE), Stream.of(strict));
  }

  static Stream<Setup> models() {
    return each(Kernel.MODEL);
  }

  static Stream<Setup> seams() {
    return each(Kernel.SEAM).filter(setup -> setup.backend == Backend.KQUEUE);
  }

  boolean model() {
    return kernel == Kernel.MODEL;
  }

  /** The kernel, if it is not the model. */
  Sys sys() {
    Sys linux = NativeSys.open();
    return kernel == Kernel.SEAM ? KqueueSys.over(linux) : linux;
  }

  private static Stream<Setup> each(Kernel kernel) {
    return Arrays.stream(Backend.values())
        .flatMap(backend ->
            Stream.of(Trigger.LEVEL, Trigger.EDGE)
                .map(trigger -> new Setup(kernel, backend, trigger, false)));
  }

  /** Both kernels, epoll, level: for what no trigger or backend has a part in. */
  static Stream<Setup> kernels() {
    return all().filter(setup -> setup.backend == Backend.EPOLL && setup.trigger == Trigger.LEVEL);
  }

  @Override
  public String toString() {
    return trigger.name().toLowerCase(Locale.ROOT)
        + ", "
        + backend.label()
        + "/"
        + kernel.name().toLowerCase(Locale.ROOT)
        + (strict ? ", strict" : "");
  }
}
