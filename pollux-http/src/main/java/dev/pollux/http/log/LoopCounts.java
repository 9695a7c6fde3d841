package dev.pollux.http.log;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The counts of a loop: it adds, anybody reads. An addition is a plain read and an ordered write,
 * as nobody else adds.
 */
final class LoopCounts {

  private final AtomicLongArray cells;

  LoopCounts(int size) {
    this.cells = new AtomicLongArray(size);
  }

  void add(int index, long more) {
    cells.setOpaque(index, cells.getPlain(index) + more);
  }

  long get(int index) {
    return cells.getOpaque(index);
  }
}
