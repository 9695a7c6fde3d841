package dev.pollux.lab;

import dev.pollux.kqueue.Kevent;

/**
 * What a call of kevent changes: a knote, by a handle, or by a number where the filter is of none.
 *
 * @param ident a handle such as {@code r}, or a number
 * @param filter one of {@code EVFILT_…}
 * @param flags some of {@code EV_…}
 * @param fflags some of {@code NOTE_…}
 * @param data what the filter takes
 */
public record Change(String ident, int filter, int flags, int fflags, long data) {

  static Change of(String ident, int filter, int flags) {
    return new Change(ident, filter, flags, 0, 0);
  }

  /** In words: {@code r READ ADD|CLEAR}. */
  String text() {
    boolean isTrigger = filter == Kevent.EVFILT_USER && (fflags & Kevent.NOTE_TRIGGER) != 0;
    String name = ident + " " + Kevent.filterName(filter);
    String how = flags == 0 ? "" : " " + Kevent.flagNames(flags);
    return name + how + (isTrigger ? " TRIGGER" : "") + (data == 0 ? "" : " " + data);
  }
}
