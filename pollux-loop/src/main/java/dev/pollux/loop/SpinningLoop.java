package dev.pollux.loop;

import dev.pollux.poll.Interest;
import dev.pollux.poll.Trigger;
import java.util.List;

/**
 * A loop that never sleeps because descriptors come ready again and again and nothing is done about
 * it.
 *
 * @param loop the loop
 * @param waits how many waits in a row were looked at
 * @param culprits the registrations that make it spin, at least one
 */
public record SpinningLoop(EventLoop loop, int waits, List<Culprit> culprits) {

  /** How it shows that a handler got nothing done; see {@link Watchdog}. */
  public enum Sign {
    /** Every event was a hang-up or an error, which stays until the registration is removed. */
    HANGUP_OR_ERROR,

    /** It was always readable, and the bytes to be read never became fewer. */
    UNREAD,

    /** The handlers of this loop report progress, and this one's reported none. */
    NO_PROGRESS
  }

  /**
   * A registration that makes a loop spin.
   *
   * @param fd the descriptor
   * @param interest what it is watched for
   * @param trigger how
   * @param handler the handler's class, and what its {@code toString} says
   * @param events how many events it had in the waits looked at
   * @param sign why nothing seems to have been done about them
   */
  public record Culprit(
      int fd, Interest interest, Trigger trigger, String handler, int events, Sign sign) {

    /** For a line of the log. */
    @Override
    public String toString() {
      return "fd "
          + fd
          + " ("
          + interest
          + ", "
          + trigger
          + ") of "
          + handler
          + ", "
          + events
          + " events, "
          + switch (sign) {
            case HANGUP_OR_ERROR -> "hung up or in error: remove it";
            case UNREAD -> "readable and never read: read it, or mute it by Interest.NONE";
            case NO_PROGRESS -> "no progress reported: drop the interest while nothing can be done";
          };
    }
  }

  /** For a line of the log. */
  @Override
  public String toString() {
    return loop + " spins, in " + waits + " waits: " + culprits;
  }
}
