package dev.pollux.kqueue;

import org.jspecify.annotations.Nullable;

/** What a queue watches: an identifier and a filter, and how it reports. Passive. */
final class Knote {

  final long ident;
  final int filter;
  final int flags; // ONESHOT, CLEAR, DISPATCH
  final Source source;
  int fflags;
  long data;
  long udata;
  boolean isEnabled;
  boolean isBelow; // its threshold: it waits for more

  // Of EVFILT_USER, in the order in which they were triggered:
  boolean isTriggered;
  @Nullable Knote before;
  @Nullable Knote after;

  Knote(long ident, int filter, int flags, Source source) {
    this.ident = ident;
    this.filter = filter;
    this.flags = flags;
    this.source = source;
  }

  boolean is(int flag) {
    return (flags & flag) != 0;
  }

  @Override
  public String toString() {
    return Kevent.filterName(filter) + " " + ident;
  }
}
