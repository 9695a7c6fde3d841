package dev.pollux.net;

import dev.pollux.poll.Backend;
import dev.pollux.poll.Trigger;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What one run of a contract runs on.
 *
 * @param model the model kernel under virtual time, or else the kernel of this machine
 * @param strict edges are emulated, so that one which was not said to be drained is heard no more
 */
record Setup(boolean model, Backend backend, Trigger trigger, boolean strict) {

  /**
   * Whether contracts leave the model kernel out: {@code -Dpollux.tests.native=true}, for slow
   * machines on which another kernel is tried.
   */
  private static final boolean NATIVE_ONLY = Boolean.getBoolean("pollux.tests.native");

  static Stream<Setup> all() {
    return NATIVE_ONLY ? natives() : Stream.concat(natives(), models());
  }

  static Stream<Setup> natives() {
    Setup strict = new Setup(false, Backend.EPOLL, Trigger.EDGE, true);
    return Stream.concat(each(false), Stream.of(strict));
  }

  static Stream<Setup> models() {
    return each(true);
  }

  private static Stream<Setup> each(boolean model) {
    return Arrays.stream(Backend.values())
        .flatMap(backend ->
            Stream.of(Trigger.LEVEL, Trigger.EDGE)
                .map(trigger -> new Setup(model, backend, trigger, false)));
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
        + (model ? "model" : "native")
        + (strict ? ", strict" : "");
  }
}
