package dev.pollux.loop;

import java.util.function.Function;

/**
 * Something of which every loop has its own: a buffer its handlers share, a pool.
 *
 * <p>Ownership: it lives as long as its loop; if it is {@link AutoCloseable}, the loop closes it
 * when it is closed. Threads: the loop's.
 */
public final class LoopLocal<T> {

  private final Function<EventLoop, T> factory;

  /** Made for each loop when it first asks. */
  public LoopLocal(Function<EventLoop, T> factory) {
    this.factory = factory;
  }

  /**
   * The one of this loop. Its thread only.
   *
   * @throws ClosedLoopException if the loop is closed
   */
  public T of(EventLoop loop) {
    loop.requireInLoop("LoopLocal.of");
    loop.requireNotGone();
    @SuppressWarnings("unchecked") // put there by the line below alone
    T value = (T) loop.locals.of(this, factory);
    return value;
  }
}
