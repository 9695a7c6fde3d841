package dev.pollux.kqueue.fuzz;

import dev.pollux.kqueue.Kevent;

/**
 * An entry of a list of changes.
 *
 * @param target the slot of a descriptor, or the identifier itself
 */
record Change(int target, int filter, int flags, int fflags, long data, long udata) {

  /** Whether the identifier is a descriptor. */
  static boolean isOfDescriptor(int filter) {
    return filter == Kevent.EVFILT_READ
        || filter == Kevent.EVFILT_WRITE
        || filter == Kevent.EVFILT_VNODE;
  }

  boolean isOfDescriptor() {
    return isOfDescriptor(filter);
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  @Override
  public String toString() {
    String who = (isOfDescriptor() ? "slot " : "") + target;
    String what = Kevent.filterName(filter) + " " + who + " " + Kevent.flagNames(flags);
    String fine = fflags == 0 ? "" : " fflags=0x" + Integer.toHexString(fflags);
    return what + fine + (data == 0 ? "" : " data=" + data) + " udata=" + udata;
  }
}
