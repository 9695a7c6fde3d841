package dev.pollux.kqueue.fuzz;

import dev.pollux.kqueue.Kevent;
import org.jspecify.annotations.Nullable;

/** A knote of the reference. Passive. */
final class Note {

  static final int KEPT = Kevent.EV_ONESHOT | Kevent.EV_CLEAR | Kevent.EV_DISPATCH;

  /** Who it is. */
  record Key(long ident, int filter) {}

  final Key key;
  final @Nullable Thing thing;
  int flags;
  int fflags;
  long data;
  long udata;
  boolean isEnabled = true;

  /** EV_CLEAR: whether something came since it was last told. */
  Verdict news = Verdict.NO;

  /** WRITE with a threshold: when there was last more room. */
  long roomGrewAt = Long.MIN_VALUE / 2;

  /** WRITE: no event since it was made or changed. */
  boolean isFresh;

  boolean isTriggered; // USER
  int happened; // VNODE
  int mayHaveHappened;
  long begunAt; // TIMER
  long told;

  Note(Key key, @Nullable Thing thing) {
    this.key = key;
    this.thing = thing;
  }

  boolean is(int flag) {
    return (flags & flag) != 0;
  }

  int filter() {
    return key.filter;
  }

  /** At least 1. */
  long threshold() {
    return (fflags & Kevent.NOTE_LOWAT) != 0 ? data : 1;
  }

  boolean hasThreshold() {
    return (fflags & Kevent.NOTE_LOWAT) != 0;
  }

  @Override
  public String toString() {
    return Kevent.filterName(key.filter) + " " + key.ident;
  }
}
