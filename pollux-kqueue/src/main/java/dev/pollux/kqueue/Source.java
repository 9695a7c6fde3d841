package dev.pollux.kqueue;

import org.jspecify.annotations.Nullable;

/**
 * What knotes stand on: a descriptor, with one for each direction; a timer, or nothing but the
 * program's word, with one. It has a slot in the queue, and a name that no other has had.
 */
final class Source {

  final long ident;
  int fd; // that epoll watches; -1 for none
  int slot = -1;
  int generation;
  @Nullable Knote read; // or the only one
  @Nullable Knote write;
  int level; // the mask of its item in the first instance; 0 for no item
  boolean hasReadEdge;
  boolean hasWriteEdge;
  int error; // of a socket, which says it once

  Source(long ident, int fd) {
    this.ident = ident;
    this.fd = fd;
  }

  boolean isUnused() {
    return read == null && write == null;
  }

  /** The name that epoll keeps. */
  long token() {
    return (long) generation << 32 | slot;
  }
}
