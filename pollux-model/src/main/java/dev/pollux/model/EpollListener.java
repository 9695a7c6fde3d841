package dev.pollux.model;

/**
 * Is told every step of every epoll registration in a model kernel.
 *
 * <p>Threads: called under the kernel's lock, in the middle of the step: it must not call the
 * kernel, nor take long.
 */
@FunctionalInterface
public interface EpollListener {

  /**
   * A registration changed.
   *
   * @param epollId the identity number of the epoll instance, see {@link ModelSys#descriptionId}
   * @param fd the number under which the file was registered
   * @param data the user data of the registration
   * @param events for the steps of delivery what was found ready; for a change of state its hint, 0
   *     for "anything"; else the mask asked for
   */
  void onTransition(Transition transition, long epollId, int fd, long data, int events);
}
