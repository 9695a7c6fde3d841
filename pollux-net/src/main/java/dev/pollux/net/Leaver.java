package dev.pollux.net;

/**
 * Who works on a connection beside its loop, {@link Workers} or a {@link Blocking} thread: before
 * another handler comes it leaves things in order. It makes itself known to the {@link Link} when
 * it begins, as the handler of the connection may be one of the program's that passes its calls on.
 *
 * <p>Threads: the loop's.
 */
interface Leaver {

  /** Another handler comes, and is given what was read ahead. */
  void leave();

  /** The descriptor is given away; false, and nothing is done, if something is still to be sent. */
  default boolean leaveIfSent() {
    leave();
    return true;
  }

  /** TLS comes; false, and nothing is done, if nothing more is to be sent, though it goes on. */
  default boolean leaveIfSending() {
    leave();
    return true;
  }

  /** Makes one known; who was before it leaves. */
  @SuppressWarnings("ReferenceEquality") // whether it is another one is the question
  static void set(Link link, Leaver next) {
    if (link.leaver != next) {
      leave(link);
    }
    link.leaver = next;
  }

  /** Another handler comes. */
  static void leave(Link link) {
    Leaver known = link.leaver;
    link.leaver = null; // first: it may do what brings it here
    if (known != null) {
      known.leave();
    }
  }

  /** The descriptor is given away, if nobody has anything to send. */
  static boolean leaveIfSent(Link link) {
    Leaver known = link.leaver;
    return known == null || known.leaveIfSent();
  }

  /** TLS comes, also where the handler stays: what was read ahead is the beginning of it. */
  static boolean leaveIfSending(Link link) {
    Leaver known = link.leaver;
    boolean hasLeft = known == null || known.leaveIfSending();
    if (hasLeft) {
      link.leaver = null;
    }
    return hasLeft;
  }
}
