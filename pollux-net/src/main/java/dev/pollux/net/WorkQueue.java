package dev.pollux.net;

import dev.pollux.loop.Threads;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for a worker: a bounded queue, and behind it, in order, those that found
 * it full. Their connections have stopped reading, so there is at most one of each.
 *
 * <p>Threads: any. The lock is held for a few instructions, never over a call to elsewhere.
 */
final class WorkQueue {

  private final int capacity;
  private final Lock lock;
  private final Condition notEmpty;
  private final ArrayDeque<WorkRequest> queue = new ArrayDeque<>();
  private final ArrayDeque<WorkRequest> waiting = new ArrayDeque<>();
  private long doneCount;
  private long failedCount;
  private long droppedCount;
  private int activeCount;
  private boolean closed;

  WorkQueue(Threads threads, int capacity) {
    this.lock = threads.newLock();
    this.notEmpty = lock.newCondition();
    this.capacity = capacity;
  }

  /** What became of a request. */
  enum Outcome {
    QUEUED,
    WAITING,
    CLOSED
  }

  /** Adds a request, behind the queue if it is full. */
  Outcome add(WorkRequest request) {
    lock.lock();
    try {
      if (closed) {
        droppedCount++;
        return Outcome.CLOSED;
      }
      if (queue.size() == capacity) {
        waiting.add(request);
        return Outcome.WAITING;
      }
      queue.add(request);
      notEmpty.signal();
      return Outcome.QUEUED;
    } finally {
      lock.unlock();
    }
  }

  /** Takes the first request, and waits for it; null when closed. */
  @Nullable WorkRequest take() {
    lock.lock();
    try {
      while (queue.isEmpty() && !closed) {
        notEmpty.awaitUninterruptibly();
      }
      WorkRequest first = queue.poll();
      if (first == null) {
        return null;
      }
      WorkRequest next = waiting.poll();
      if (next != null) {
        queue.add(next);
        notEmpty.signal();
      }
      activeCount++;
      return first;
    } finally {
      lock.unlock();
    }
  }

  /** What was taken is handled, has failed, or was not wanted any more. */
  void finished(boolean done, boolean failed) {
    lock.lock();
    try {
      activeCount--;
      doneCount += done ? 1 : 0;
      failedCount += failed ? 1 : 0;
      droppedCount += done || failed ? 0 : 1;
    } finally {
      lock.unlock();
    }
  }

  /** One was dropped before it came here. */
  void dropped() {
    lock.lock();
    try {
      droppedCount++;
    } finally {
      lock.unlock();
    }
  }

  /** Accepts no more; gives back, and counts as dropped, what nobody has taken. */
  List<WorkRequest> close() {
    lock.lock();
    try {
      closed = true;
      List<WorkRequest> rest = new ArrayList<>(queue);
      rest.addAll(waiting);
      queue.clear();
      waiting.clear();
      droppedCount += rest.size();
      notEmpty.signalAll();
      return rest;
    } finally {
      lock.unlock();
    }
  }

  WorkerStats stats() {
    lock.lock();
    try {
      return new WorkerStats(
          doneCount, failedCount, droppedCount, queue.size(), waiting.size(), activeCount);
    } finally {
      lock.unlock();
    }
  }
}
