package dev.pollux.kqueue.fuzz;

/** Where the reference lets an event be or not be, or say one thing or another, and why. */
enum Concession {
  /** Whether EV_RECEIPT stands in a receipt: the systems differ, and the manual does not say. */
  RECEIPT,
  /** How much may be written, and whether any, is asked of the kernel: it counts its own memory. */
  ROOM_IS_THE_KERNELS,
  /**
   * EV_CLEAR of WRITE: more room, where there was some, is an edge of some reads, not of all; that
   * there was less than a threshold after an event, and is more again, nobody tells.
   */
  MORE_ROOM,
  /** EV_CLEAR: a shutdown or close at either end wakes both directions of both ends. */
  STATE_WAKES_ALL,
  /** EV_CLEAR: a write to a pipe that found no room wakes the reader, one that fails the writer. */
  FAILED_WRITE,
  /** Where there is little room, fewer may be given out at once than there is room for, but one. */
  FEWER_AT_ONCE,
  /** A WRITE below its threshold is looked at every 5 ms: it may come as much later. */
  LATE_BY_A_TICK,
  /** At the end of writing the data is 0: the room is of no use. */
  NO_ROOM_AT_THE_END,
  /** A socket that may not send, but may receive, says so only when it has room as well. */
  END_OF_ONE_HALF,
  /** The wrong direction of a pipe: an end when the other side is closed, with any data. */
  WRONG_WAY,
  /** Closing with unread bytes is an error of the peer's, which Linux tells once, to who asks. */
  ERROR_TOLD_ONCE,
  /** A number that is again what it was is not known to have been closed in between. */
  SAME_AGAIN,
  /** A number that was closed may be the queue's own by now: no program would touch it. */
  QUEUES_OWN,
  /** EV_CLEAR of a file: what changes no content may be news to READ, and anything to WRITE. */
  FILE_NEWS,
  /** A file cut down is a write or a change of attributes, and may hide that it grew. */
  TRUNCATION,
  /** A read at the end of a file may be a NOTE_READ. */
  READ_OF_NOTHING
}
