package dev.pollux.inspect;

import java.time.Duration;

/** How a process is looked at. */
public final class InspectOptions {

  /** Three looks, a quarter of a second apart, not deep; a peer may be silent for ten minutes. */
  public static final InspectOptions DEFAULT =
      new InspectOptions(false, 3, Duration.ofMillis(250), Duration.ofMinutes(10));

  private static final int LEAST_LOOKS = 2;

  private final boolean isDeep;
  private final int looks;
  private final Duration pause;
  private final Duration silence;

  private InspectOptions(boolean isDeep, int looks, Duration pause, Duration silence) {
    if (looks < LEAST_LOOKS) {
      throw new IllegalArgumentException(
          looks + " looks are too few: what is stuck is seen by two at least");
    }
    if (pause.isNegative() || pause.isZero() || silence.isNegative()) {
      throw new IllegalArgumentException(
          "a pause of " + pause + " and a silence of " + silence + " are no times");
    }
    this.isDeep = isDeep;
    this.looks = looks;
    this.pause = pause;
    this.silence = silence;
  }

  /**
   * Whether the memory of who calls poll or select is read, and ready lists are asked for. Both
   * need the right to attach to the process, and neither stops it.
   */
  public boolean isDeep() {
    return isDeep;
  }

  /** How many looks a diagnosis takes. */
  public int looks() {
    return looks;
  }

  /** Between two looks. */
  public Duration pause() {
    return pause;
  }

  /** How long a peer may say nothing before it is asked whether it is gone. */
  public Duration silence() {
    return silence;
  }

  /** The same, deep or not. */
  public InspectOptions withDeep(boolean deep) {
    return new InspectOptions(deep, looks, pause, silence);
  }

  /**
   * The same with so many looks.
   *
   * @throws IllegalArgumentException if they are fewer than two
   */
  public InspectOptions withLooks(int count) {
    return new InspectOptions(isDeep, count, pause, silence);
  }

  /**
   * The same with such a pause.
   *
   * @throws IllegalArgumentException if it is not above 0
   */
  public InspectOptions withPause(Duration time) {
    return new InspectOptions(isDeep, looks, time, silence);
  }

  /**
   * The same where a peer may be silent for so long.
   *
   * @throws IllegalArgumentException if it is below 0
   */
  public InspectOptions withSilence(Duration time) {
    return new InspectOptions(isDeep, looks, pause, time);
  }
}
