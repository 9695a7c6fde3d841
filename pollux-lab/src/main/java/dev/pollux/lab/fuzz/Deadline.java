package dev.pollux.lab.fuzz;

/** When a timer of a program is due: no program depends on how time passes. */
enum Deadline {
  /** Disarmed. */
  NEVER,
  /** Long ago: it has expired, once, when the operation is over. */
  PAST,
  /** So late that no program sees it. */
  FAR,
  /** Like {@link #FAR}, counted from now. */
  FAR_RELATIVE,
  /** In the middle of this tick: it has expired when a tick has passed. */
  SOON,
  /** In the middle of the next tick. */
  LATER,
  /** A second with 1,000,000,000 nanoseconds: invalid. */
  INVALID;

  /** How many there are. */
  static final int COUNT = 7;

  /** How many of them do without {@link Ticks}. */
  static final int TIMELESS = 5;

  /** The deadline that programs name by a number, from 0. */
  static Deadline of(int number) {
    return switch (number) {
      case 0 -> NEVER;
      case 1 -> PAST;
      case 2 -> FAR;
      case 3 -> FAR_RELATIVE;
      case 4 -> INVALID;
      case 5 -> SOON;
      default -> LATER;
    };
  }
}
