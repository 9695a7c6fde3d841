package dev.pollux.cli.echo;

import dev.pollux.net.Workers;

/**
 * Who answers, when it is not the loops.
 *
 * @param threadCount how many requests may be in work
 * @param isVirtual whether each has a virtual thread
 */
record EchoWorkers(int threadCount, boolean isVirtual) {

  static final int MAX_PLATFORM = 1024;

  /** How many virtual threads there are. */
  static final int VIRTUAL_COUNT = 1024;

  /** How many requests wait for a worker; a connection that finds no room stops reading. */
  static final int QUEUE_CAPACITY = 1024;

  /** Starts them. Ownership: the caller closes them, after the loops. */
  Workers start() {
    return isVirtual
        ? Workers.virtual(threadCount, QUEUE_CAPACITY)
        : Workers.platform(threadCount, QUEUE_CAPACITY);
  }

  /** For the line that says what listens. */
  @Override
  public String toString() {
    return isVirtual
        ? "virtual workers"
        : threadCount + (threadCount == 1 ? " worker" : " workers");
  }
}
