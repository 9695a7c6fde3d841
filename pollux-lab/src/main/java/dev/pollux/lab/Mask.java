package dev.pollux.lab;

import dev.pollux.sys.Linux;
import java.util.List;

/**
 * A set of epoll's events and modes, written as in the manual without the prefix: {@code IN ET}.
 *
 * @param bits the {@code EPOLL…} constants
 */
public record Mask(int bits) {

  /** Readable. */
  public static final Mask IN = new Mask(Linux.EPOLLIN);

  /** Writable. */
  public static final Mask OUT = new Mask(Linux.EPOLLOUT);

  /** The peer shut down its writing half. */
  public static final Mask RDHUP = new Mask(Linux.EPOLLRDHUP);

  /** Edge-triggered. */
  public static final Mask ET = new Mask(Linux.EPOLLET);

  /** Disarmed after one event. */
  public static final Mask ONESHOT = new Mask(Linux.EPOLLONESHOT);

  /** Wakes one waiter instead of all. */
  public static final Mask EXCLUSIVE = new Mask(Linux.EPOLLEXCLUSIVE);

  private static final int[] BITS = {
    Linux.EPOLLIN,
    Linux.EPOLLOUT,
    Linux.EPOLLPRI,
    Linux.EPOLLRDHUP,
    Linux.EPOLLERR,
    Linux.EPOLLHUP,
    Linux.EPOLLET,
    Linux.EPOLLONESHOT,
    Linux.EPOLLEXCLUSIVE
  };

  private static final String[] NAMES = {
    "IN", "OUT", "PRI", "RDHUP", "ERR", "HUP", "ET", "ONESHOT", "EXCLUSIVE"
  };

  /** The events of both. */
  public Mask and(Mask other) {
    return new Mask(bits | other.bits);
  }

  /**
   * The mask with these names, {@code none} for no event.
   *
   * @throws IllegalArgumentException for a name that is none, in words for users
   */
  static Mask parse(String names) {
    int bits = 0;
    for (String name : names.equals("none") ? new String[0] : names.split(" ", -1)) {
      int i = List.of(NAMES).indexOf(name);
      if (i < 0) {
        throw new IllegalArgumentException(
            "'" + name + "' is no event: " + String.join(", ", NAMES) + ", or none alone");
      }
      bits |= BITS[i];
    }
    return new Mask(bits);
  }

  /** The names, with a blank between them; what has no name here is a number at the end. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    int rest = bits;
    for (int i = 0; i < BITS.length; i++) {
      if ((rest & BITS[i]) != 0) {
        text.append(text.isEmpty() ? "" : " ").append(NAMES[i]);
        rest &= ~BITS[i];
      }
    }
    if (rest != 0) {
      text.append(text.isEmpty() ? "" : " ").append("0x").append(Integer.toHexString(rest));
    }
    return text.isEmpty() ? "none" : text.toString();
  }
}
