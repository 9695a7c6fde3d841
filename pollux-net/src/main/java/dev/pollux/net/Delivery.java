package dev.pollux.net;

/** Is told what became of what was to be sent. */
@FunctionalInterface
public interface Delivery {

  /**
   * Called once, by the loop, in the order in which it was asked for.
   *
   * @param sent whether the kernel has all of it; false if the connection ended before, or can send
   *     no more
   */
  void done(Connection connection, boolean sent);
}
