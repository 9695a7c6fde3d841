package dev.pollux.poll;

import dev.pollux.sys.Linux;

/**
 * Emulated edges: what was delivered is withheld until it is drained or the registration is
 * modified. A delivered hang-up or error withholds everything, because poll would report it for
 * ever.
 *
 * <p>Threads: under the poller's lock.
 */
final class Edges {

  /** What is reported without being asked for. */
  static final int UNASKED_BITS = Linux.EPOLLHUP | Linux.EPOLLERR | Linux.POLLNVAL;

  private Edges() {}

  /** The bits to ask for; {@link InterestTable#MUTED} for none at all. */
  static int wanted(Registration registration) {
    return (registration.delivered & UNASKED_BITS) != 0
        ? InterestTable.MUTED
        : registration.interest().mask() & ~registration.delivered;
  }

  /** What of the bits found is news. */
  static int deliver(Registration registration, int found) {
    int news = found & ~registration.delivered;
    registration.delivered |= news;
    return news;
  }

  /**
   * Whether its next edge waits for a word. After the end of the stream, a hang-up or an error
   * there may be nothing to drain.
   */
  static boolean owesDrain(Registration registration) {
    int delivered = registration.delivered;
    return (delivered & (Linux.EPOLLIN | Linux.EPOLLOUT | Linux.EPOLLPRI)) != 0
        && (delivered & (UNASKED_BITS | Linux.EPOLLRDHUP)) == 0;
  }

  /** The directions were drained. Whether anything is asked for again. */
  static boolean drain(Registration registration, Interest directions) {
    // A half-close is final. A hang-up or an error may pass: a socket is connected after all, an
    // error was read. If it has not passed, it is reported once more.
    int bits = (directions.mask() & ~Linux.EPOLLRDHUP) | Linux.EPOLLHUP | Linux.EPOLLERR;
    boolean any = (registration.delivered & bits) != 0;
    registration.delivered &= ~bits;
    return any;
  }
}
