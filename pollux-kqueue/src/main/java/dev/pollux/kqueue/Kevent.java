package dev.pollux.kqueue;

import java.util.StringJoiner;

/**
 * The numbers of a {@code struct kevent}, by their names; the values are FreeBSD's.
 *
 * <p>Source: kqueue(2).
 */
public final class Kevent {

  // ---- filters

  /** There is something to read, or somebody to accept, or the end. */
  public static final int EVFILT_READ = -1;

  /** There is room to write, or the end. */
  public static final int EVFILT_WRITE = -2;

  /** A timer, known by a number of the program's. */
  public static final int EVFILT_TIMER = -7;

  /** An event that the program triggers, known by a number of its own. */
  public static final int EVFILT_USER = -11;

  // ---- what is done to a knote

  /** Makes it, on unless {@link #EV_DISABLE} is said; or changes what there is. */
  public static final int EV_ADD = 0x0001;

  /** Forgets it. */
  public static final int EV_DELETE = 0x0002;

  /** Has it report. */
  public static final int EV_ENABLE = 0x0004;

  /** Has it report nothing. */
  public static final int EV_DISABLE = 0x0008;

  // ---- how it reports, said when it is made

  /** It is forgotten with its first event. */
  public static final int EV_ONESHOT = 0x0010;

  /** Each event is what has come since the last one. */
  public static final int EV_CLEAR = 0x0020;

  /** Says of a change how it went, also when it went well. */
  public static final int EV_RECEIPT = 0x0040;

  /** It is off after each event. */
  public static final int EV_DISPATCH = 0x0080;

  // ---- what events say

  /** A change that failed; the errno is in the data. */
  public static final int EV_ERROR = 0x4000;

  /** The other end is closed; of a socket, its error is in the flags of the filter. */
  public static final int EV_EOF = 0x8000;

  // ---- flags of filters

  /** READ: no event with less than the data says, but for the end. */
  public static final int NOTE_LOWAT = 0x0001;

  /** TIMER: the data is in seconds. */
  public static final int NOTE_SECONDS = 0x0001;

  /** TIMER: the data is in milliseconds, which it is without any of these. */
  public static final int NOTE_MSECONDS = 0x0002;

  /** TIMER: the data is in microseconds. */
  public static final int NOTE_USECONDS = 0x0004;

  /** TIMER: the data is in nanoseconds. */
  public static final int NOTE_NSECONDS = 0x0008;

  /** TIMER: the data is a time of day since 1970. */
  public static final int NOTE_ABSTIME = 0x0010;

  /** USER: the flags stay. */
  public static final int NOTE_FFNOP = 0;

  /** USER: the flags are combined by AND. */
  public static final int NOTE_FFAND = 0x4000_0000;

  /** USER: the flags are combined by OR. */
  public static final int NOTE_FFOR = 0x8000_0000;

  /** USER: the flags are replaced. */
  public static final int NOTE_FFCOPY = 0xc000_0000;

  /** USER: the bits that say which of these. */
  public static final int NOTE_FFCTRLMASK = 0xc000_0000;

  /** USER: the bits that are the program's. */
  public static final int NOTE_FFLAGSMASK = 0x00ff_ffff;

  /** USER: triggers it. */
  public static final int NOTE_TRIGGER = 0x0100_0000;

  private static final String[] FLAG_NAMES = {
    "ADD", "DELETE", "ENABLE", "DISABLE", "ONESHOT", "CLEAR", "RECEIPT", "DISPATCH"
  };

  private Kevent() {}

  /** The name of a filter; its number if there is none. */
  public static String filterName(int filter) {
    return switch (filter) {
      case EVFILT_READ -> "READ";
      case EVFILT_WRITE -> "WRITE";
      case EVFILT_TIMER -> "TIMER";
      case EVFILT_USER -> "USER";
      default -> String.valueOf(filter);
    };
  }

  /** Flags by their names, such as {@code ADD|CLEAR}; 0 if there are none. */
  public static String flagNames(int flags) {
    StringJoiner names = new StringJoiner("|");
    int rest = flags;
    for (int i = 0; i < FLAG_NAMES.length; i++) {
      if ((rest & (1 << i)) != 0) {
        names.add(FLAG_NAMES[i]);
        rest &= ~(1 << i);
      }
    }
    if ((rest & EV_ERROR) != 0) {
      names.add("ERROR");
      rest &= ~EV_ERROR;
    }
    if ((rest & EV_EOF) != 0) {
      names.add("EOF");
      rest &= ~EV_EOF;
    }
    if (rest != 0 || names.length() == 0) {
      names.add(rest == 0 ? "0" : "0x" + Integer.toHexString(rest));
    }
    return names.toString();
  }
}
