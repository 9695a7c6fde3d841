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

  /** A file or folder, by a descriptor of it, was changed. */
  public static final int EVFILT_VNODE = -4;

  /** A process, by its number, has ended. */
  public static final int EVFILT_PROC = -5;

  /** A signal, by its number, was sent to the process. */
  public static final int EVFILT_SIGNAL = -6;

  /** A timer, known by a number of the program's. */
  public static final int EVFILT_TIMER = -7;

  /** There is urgent data: FreeBSD has no such filter; the number is that of macOS. */
  public static final int EVFILT_EXCEPT = -15;

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

  /** READ, WRITE: no event with less than the data says, but for the end. */
  public static final int NOTE_LOWAT = 0x0001;

  /** READ of a file: it is always ready, as it is to poll(2). */
  public static final int NOTE_FILE_POLL = 0x0002;

  /** EXCEPT: there is urgent data. */
  public static final int NOTE_OOB = 0x0002;

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

  /** VNODE: it lost a name, by unlink or as another took its place. */
  public static final int NOTE_DELETE = 0x0001;

  /** VNODE: its content changed; of a folder, what is in it. */
  public static final int NOTE_WRITE = 0x0002;

  /** VNODE: it has grown. */
  public static final int NOTE_EXTEND = 0x0004;

  /** VNODE: its attributes changed. */
  public static final int NOTE_ATTRIB = 0x0008;

  /** VNODE: the number of its names changed. */
  public static final int NOTE_LINK = 0x0010;

  /** VNODE: it has another name. */
  public static final int NOTE_RENAME = 0x0020;

  /** VNODE: its file system was unmounted. */
  public static final int NOTE_REVOKE = 0x0040;

  /** VNODE: it was opened. */
  public static final int NOTE_OPEN = 0x0080;

  /** VNODE: who had it open for reading closed it. */
  public static final int NOTE_CLOSE = 0x0100;

  /** VNODE: who had it open for writing closed it. */
  public static final int NOTE_CLOSE_WRITE = 0x0200;

  /** VNODE: it was read. */
  public static final int NOTE_READ = 0x0400;

  /** PROC: it has ended; the data is its status, as wait(2) has it, or -1 if nobody tells. */
  public static final int NOTE_EXIT = 0x8000_0000;

  /** PROC: it has forked; refused here. */
  public static final int NOTE_FORK = 0x4000_0000;

  /** PROC: it runs another program; refused here. */
  public static final int NOTE_EXEC = 0x2000_0000;

  /** PROC: those that it forks are watched as well; refused here. */
  public static final int NOTE_TRACK = 0x0000_0001;

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
      case EVFILT_VNODE -> "VNODE";
      case EVFILT_PROC -> "PROC";
      case EVFILT_SIGNAL -> "SIGNAL";
      case EVFILT_TIMER -> "TIMER";
      case EVFILT_EXCEPT -> "EXCEPT";
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
