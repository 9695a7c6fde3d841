package dev.pollux.kqueue;

/**
 * What one filter makes of its knotes. Calls answer 0 or an errno. Under the queue's lock.
 *
 * <p>A knote is made by {@link #check}, {@link #open} and {@link #begin}, in this order, changed by
 * {@link #check} and {@link #begin}, turned on or off by {@link #toggle}, and ended by {@link
 * #end}, also if it could not begin.
 */
abstract sealed class Filter
    permits DescriptorFilter, ProcFilter, SignalFilter, TimerFilter, UserFilter, VnodeFilter {

  /** How many filters a source can have knotes of: READ, WRITE and EXCEPT, or one. */
  static final int PLACES = 3;

  final int number;
  final int place; // of its knotes, in their sources
  final Notes notes;

  Filter(int number, Notes notes) {
    this(number, 0, notes);
  }

  Filter(int number, int place, Notes notes) {
    this.number = number;
    this.place = place;
    this.notes = notes;
  }

  /** Whether an identifier can be one: EBADF for what is no descriptor. */
  int checkIdent(long ident) {
    return 0;
  }

  /** Whether a knote can be asked to report that. */
  int check(long ident, int fflags, long data) {
    return 0;
  }

  /** Flags that all its knotes have. */
  int flags() {
    return 0;
  }

  /** Whether the flags, thresholds and so on of a change without {@code EV_ADD} count. */
  boolean takesAnyChange() {
    return true;
  }

  /** Makes what a new source stands on. */
  abstract int open(Source source, int fflags);

  /** Has a new knote report, or an old one report as is said now. */
  abstract int begin(Knote note, boolean isNew, int fflags, long data);

  /** Has it report, or be quiet, as it is on or off. */
  abstract int toggle(Knote note);

  /** Takes back what was done for it. */
  abstract void end(Knote note);

  /** Gives out what there is when its descriptor speaks. */
  abstract void report(Knote note, int mask, Kevents out);

  /** Something happened to the file that it waits for, or to an entry of that folder. */
  void happened(Knote note, int mask, boolean isOfEntry) {}

  /**
   * The watch of its file has ended; whether it has another one. One does with the last of several
   * names that were looked up, while the file is open still.
   */
  boolean watchAgain(Knote note) {
    return false;
  }

  /** Gives out what there is when it stood among the {@link DueNotes}. */
  abstract void reportDue(Knote note, Kevents out);
}
