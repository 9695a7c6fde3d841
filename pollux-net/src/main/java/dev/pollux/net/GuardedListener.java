package dev.pollux.net;

import dev.pollux.loop.EventLoop;

/**
 * Tells a server's listener; what that throws is the loop's to report, and changes nothing here.
 *
 * <p>Threads: the loop's.
 */
record GuardedListener(EventLoop loop, ServerListener listener) implements ServerListener {

  @Override
  public void exhausted(int errno) {
    tell("exhausted", () -> listener.exhausted(errno));
  }

  @Override
  public void recovered(long refusedCount) {
    tell("recovered", () -> listener.recovered(refusedCount));
  }

  @Override
  public void shed(Limit limit) {
    tell("shed", () -> listener.shed(limit));
  }

  private void tell(String what, Runnable call) {
    try {
      call.run();
    } catch (Throwable t) {
      loop.report("a server's listener in " + what, t);
    }
  }
}
