package dev.pollux.kqueue;

import org.jspecify.annotations.Nullable;

/**
 * The knotes that are due, or are to be looked at, without a descriptor of their own that says so:
 * in order. As long as there are any, the queue's word is said. Under the queue's lock.
 */
final class DueNotes {

  private final Instances instances;
  private @Nullable Knote first;
  private @Nullable Knote last;
  private int count;
  private long added; // in all
  private long lastTurn; // of a round

  DueNotes(Instances instances) {
    this.instances = instances;
  }

  int count() {
    return count;
  }

  /** Has it stand here, at the end, or not. */
  void set(Knote note, boolean isDue) {
    if (isDue && !note.isDue) {
      add(note);
    } else if (!isDue && note.isDue) {
      remove(note);
    }
    say();
  }

  private void add(Knote note) {
    note.isDue = true;
    note.turn = ++added;
    note.before = last;
    if (last == null) {
      first = note;
    } else {
      last.after = note;
    }
    last = note;
    count++;
  }

  private void remove(Knote note) {
    note.isDue = false;
    Knote before = note.before;
    Knote after = note.after;
    if (before == null) {
      first = after;
    } else {
      before.after = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.before = before;
    }
    note.before = null;
    note.after = null;
    count--;
  }

  /** A round begins: each of them once. The word has come, in its turn among all the others. */
  void begin() {
    lastTurn = added;
  }

  /** Whether a round is under way, for which there was no room. */
  boolean isInRound() {
    return first != null && first.turn <= lastTurn;
  }

  /** Gives out those of a round, as far as there is room; each stays until its filter says else. */
  void report(Kevents out) {
    while (!out.isFull()) {
      Knote note = first;
      if (note == null || note.turn > lastTurn) {
        break;
      }
      remove(note);
      add(note); // behind the others
      if (note.round != out.round) { // else it was told in this call
        note.filter.reportDue(note, out);
      }
    }
    say();
  }

  /** Says the word if there are any. */
  void say() {
    instances.say(count > 0);
  }
}
