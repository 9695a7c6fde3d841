package dev.pollux.model;

/** Who is called when the file on whose {@link WaitQueue} it stands changes its state. */
interface Wakeable {

  /**
   * Called under the kernel's lock, in the middle of the change: takes note and returns.
   *
   * @param entry how the callee stands on the queue
   * @param key the events that the change may have made ready; 0 is "anything, look yourself"
   * @return whether somebody was woken, which ends the walk if the entry is exclusive
   */
  boolean wake(WaitEntry entry, int key);
}
