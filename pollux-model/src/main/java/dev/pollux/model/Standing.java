package dev.pollux.model;

import dev.pollux.sys.Linux;

/**
 * How a call that blocks stands on the queue of its file: who is woken, and who comes first.
 *
 * <p>Source: the wait_event and prepare_to_wait calls of {@code fs/pipe.c}, {@code fs/eventfd.c},
 * {@code net/core} and {@code net/ipv4}.
 */
enum Standing {
  /** In front, the last to come first; a wake-up is for all. Streams. */
  FRONT(false, 0),
  /** Behind, the first to come first; a wake-up is for all. Counters and timers. */
  BEHIND(false, 0),
  /** Behind; a wake-up is for one, the first to come. Pipes, accept, connect to a full backlog. */
  EXCLUSIVE(true, 0),
  /** As {@link #EXCLUSIVE}, and deaf to news of room to write. Datagrams. */
  RECEIVER(true, Linux.EPOLLIN | Linux.EPOLLERR);

  final boolean isExclusive;

  /** What wakes it, beside changes of state; 0 is everything. */
  final int hints;

  Standing(boolean isExclusive, int hints) {
    this.isExclusive = isExclusive;
    this.hints = hints;
  }

  void join(WaitQueue queue, WaitEntry entry) {
    if (this == FRONT) {
      queue.addFirst(entry, false);
    } else {
      queue.addLast(entry, isExclusive);
    }
  }
}
