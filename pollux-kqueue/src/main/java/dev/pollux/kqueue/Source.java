package dev.pollux.kqueue;

import org.jspecify.annotations.Nullable;

/**
 * What knotes stand on: a descriptor of the program's, with one for each of its filters; one of the
 * queue's, or nothing but the program's word, with one. It has a slot in the queue, and a name that
 * no other has had.
 */
final class Source {

  final long ident;
  int fd = -1; // of the program's or of the queue's; -1 for none
  boolean isOwn; // the queue's: closed with it
  int slot = -1;
  int generation;

  /** By the place of their filters. */
  final @Nullable Knote[] notes = new Knote[Filter.PLACES];

  // Where epoll has it:
  int level; // the mask of its item in the first instance; 0 for no item
  final boolean[] hasEdge = new boolean[Filter.PLACES];

  /** The place of the one that had no room beside the others. */
  int first;

  boolean isSocket;
  boolean isStream;
  int error; // of a socket, which says it once

  /** What epoll does not watch, as it is always ready; null for all else. */
  @Nullable FileState file;

  Source(long ident) {
    this.ident = ident;
  }

  boolean isUnused() {
    for (Knote note : notes) {
      if (note != null) {
        return false;
      }
    }
    return true;
  }

  boolean isForgotten() {
    return slot < 0;
  }

  /** The name that epoll keeps. */
  long token() {
    return (long) generation << 32 | slot;
  }
}
