package dev.pollux.kqueue;

/**
 * Where the systems that have a kqueue differ, and what is done here: FreeBSD's way, unless Linux
 * does not allow it. The page about it is made from this.
 *
 * <p>Source: the manuals of FreeBSD 14, macOS, OpenBSD and NetBSD 10, their headers, and the tests
 * of libkqueue, which run on all of them. What stands there of none of them is "not known".
 */
public enum Difference {
  /** What user events are numbered by. */
  USER_NUMBER("the number of EVFILT_USER", "-11", "-10", "-10", "8", "-11"),
  /** The filter of urgent data. */
  EXCEPT("EVFILT_EXCEPT, of urgent data", "none", "-15", "-9", "none", "-15"),
  /** The units of timers. */
  UNITS(
      "NOTE_SECONDS, MSECONDS, USECONDS, NSECONDS",
      "1, 2, 4, 8",
      "1, none, 2, 4",
      "in newer ones",
      "1, 0, 2, 3: no bits",
      "1, 2, 4, 8"),
  /** Timers at a time of day. */
  ABSOLUTE(
      "a timer at a time of day",
      "NOTE_ABSTIME",
      "NOTE_ABSOLUTE",
      "none",
      "NOTE_ABSTIME",
      "NOTE_ABSTIME"),
  /** What a receipt says. */
  RECEIPT(
      "flags of a receipt, beside EV_ERROR",
      "none",
      "as asked",
      "none",
      "none",
      "as asked, without EV_RECEIPT"),
  /** Receipts without end. */
  RECEIPT_STAYS("EV_RECEIPT in later events", "yes", "yes", "no", "no", "no"),
  /** The end of a queue. */
  CLOSE("close wakes who waits", "no", "not known", "not known", "not known", "yes, with EBADF"),
  /** A trigger with the addition. */
  USER_ADD(
      "NOTE_TRIGGER in the change that adds",
      "does nothing",
      "triggers",
      "not known",
      "not known",
      "triggers"),
  /** A trigger that is taken back. */
  USER_CLEAR(
      "EV_CLEAR in a later change of EVFILT_USER",
      "takes the trigger back",
      "not known",
      "not known",
      "not known",
      "does nothing"),
  /** Timers of centuries. */
  HUGE_TIMER(
      "an interval that is too long",
      "the longest",
      "ERANGE",
      "converted",
      "converted",
      "the longest"),
  /** Timers that were dispatched. */
  DISPATCHED_TIMER(
      "a timer with EV_DISPATCH, enabled again",
      "expires as if never off",
      "expires as if never off",
      "says what has added up",
      "is one of EV_CLEAR",
      "says what has added up"),
  /** Timers that change their kind. */
  TIMER_KIND(
      "a periodic timer made one-shot by EV_ADD",
      "stays periodic",
      "not known",
      "not known",
      "not known",
      "is one-shot"),
  /** A file that grows. */
  EXTEND("NOTE_EXTEND beside NOTE_WRITE", "yes", "no", "yes", "not known", "yes"),
  /** The last name of a file. */
  LAST_NAME(
      "NOTE_LINK beside NOTE_DELETE, at the last unlink", "no", "yes", "no", "not known", "no"),
  /** Room in a file. */
  FILE_ROOM("data of EVFILT_WRITE of a file", "0", "1", "not known", "not known", "0"),
  /** Two knotes alike. */
  UDATA("several knotes of one filter and identifier", "no", "EV_UDATA_SPECIFIC", "no", "no", "no"),
  /** What is told of processes. */
  PROCESS(
      "EVFILT_PROC tells of",
      "exit, fork, exec",
      "exit, fork, exec",
      "exit, fork, exec",
      "exit, fork, exec",
      "exit"),
  /** How much room is waited for. */
  WRITE_THRESHOLD(
      "NOTE_LOWAT of EVFILT_WRITE",
      "at once",
      "at once",
      "at once",
      "at once",
      "looked for every 5 ms"),
  /** The error of a socket. */
  SOCKET_ERROR(
      "a socket's error, told by an event, is told by SO_ERROR too",
      "yes",
      "not always",
      "not known",
      "not known",
      "no, or not in the event"),
  /** Forks. */
  FORK("a child after fork has the queue", "no", "no", "no", "no", "yes, closed by exec");

  private final String what;
  private final String freebsd;
  private final String macos;
  private final String openbsd;
  private final String netbsd;
  private final String here;

  Difference(
      String what, String freebsd, String macos, String openbsd, String netbsd, String here) {
    this.what = what;
    this.freebsd = freebsd;
    this.macos = macos;
    this.openbsd = openbsd;
    this.netbsd = netbsd;
    this.here = here;
  }

  /** What differs. */
  public String what() {
    return what;
  }

  /** On FreeBSD. */
  public String freebsd() {
    return freebsd;
  }

  /** On macOS. */
  public String macos() {
    return macos;
  }

  /** On OpenBSD. */
  public String openbsd() {
    return openbsd;
  }

  /** On NetBSD. */
  public String netbsd() {
    return netbsd;
  }

  /** Here. */
  public String here() {
    return here;
  }
}
