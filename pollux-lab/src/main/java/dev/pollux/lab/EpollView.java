package dev.pollux.lab;

import java.util.List;

/**
 * What is inside an epoll instance at one moment.
 *
 * @param epoll the name of the instance
 * @param tree the interest tree, in order
 * @param ready the ready list, first item first
 * @param waiterCount how many threads sleep in a wait
 */
record EpollView(String epoll, List<Item> tree, List<String> ready, int waiterCount) {

  EpollView {
    tree = List.copyOf(tree);
    ready = List.copyOf(ready);
  }

  /**
   * A registration.
   *
   * @param handle the handle it was made for
   * @param interest its events and modes
   * @param depth 0 for the root
   * @param isRed its colour
   * @param isArmed false for a one-shot item that was delivered
   * @param isQueued whether it is on the ready list
   */
  record Item(
      String handle, Mask interest, int depth, boolean isRed, boolean isArmed, boolean isQueued) {}
}
