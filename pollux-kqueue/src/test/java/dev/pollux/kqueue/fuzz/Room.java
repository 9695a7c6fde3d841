package dev.pollux.kqueue.fuzz;

/** What the kernel says of writing to a descriptor: {@link Concession#ROOM_IS_THE_KERNELS}. */
record Room(boolean isWritable, long bytes) {

  static final Room NONE = new Room(false, 0);

  boolean suffices(long threshold) {
    return isWritable && bytes >= threshold;
  }
}
