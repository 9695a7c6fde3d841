package dev.pollux.kqueue;

import org.jspecify.annotations.Nullable;

/** What a queue watches: an identifier and a filter, and how it reports. Passive. */
final class Knote {

  final long ident;
  final Filter filter;
  final Source source;
  int flags; // ONESHOT, CLEAR, DISPATCH
  int fflags; // that were asked for
  long data;
  long udata;
  boolean isEnabled;
  long round; // of the call in which it was told last

  /** READ and WRITE: below its threshold, it waits for more. */
  boolean isBelow;

  /** USER: triggered. A file: to be looked at. */
  boolean isTriggered;

  /** VNODE: what has happened. */
  int happened;

  /** VNODE, and READ of a file: where it is told of it. */
  Watches.@Nullable Watch watch;

  // In the order of those that are due, without a descriptor that says so:
  boolean isDue;
  long turn;
  @Nullable Knote before;
  @Nullable Knote after;

  Knote(long ident, Filter filter, int flags, Source source) {
    this.ident = ident;
    this.filter = filter;
    this.flags = flags;
    this.source = source;
  }

  boolean is(int flag) {
    return (flags & flag) != 0;
  }

  /** Of READ and WRITE. */
  boolean hasThreshold() {
    return (fflags & Kevent.NOTE_LOWAT) != 0;
  }

  @Override
  public String toString() {
    return Kevent.filterName(filter.number) + " " + ident;
  }
}
