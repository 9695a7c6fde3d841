package dev.pollux.sys;

/**
 * A few bytes of native memory for each thread, for the small structures that a call passes in.
 *
 * <p>A thread makes one system call at a time, so one structure of each kind is enough; and the
 * thread, which outlives its call, keeps the memory.
 */
final class Scratch {

  private static final ThreadLocal<Timespec> TIMESPEC = ThreadLocal.withInitial(Timespec::allocate);

  private static final ThreadLocal<EpollEvents> EVENT =
      ThreadLocal.withInitial(() -> EpollEvents.allocate(1));

  private Scratch() {}

  /** The calling thread's room for one {@code struct epoll_event}. */
  static EpollEvents epollEvent() {
    return EVENT.get();
  }

  /** The calling thread's room for one {@code struct timespec}. */
  static Timespec timespec() {
    return TIMESPEC.get();
  }
}
