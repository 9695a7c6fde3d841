package dev.pollux.inspect;

import java.util.Locale;

/** What can be wrong with who waits for readiness; each has a section of the guide. */
public enum Disease {
  /** Bytes wait behind an edge that was told, and nobody reads. */
  LOST_EDGE(
      "no event will come for bytes that are there",
      "Read until EAGAIN after each event, or arm the item again with EPOLL_CTL_MOD."),
  /** A one-shot was told, and not armed again. */
  ONESHOT_NOT_ARMED(
      "a one-shot has fired and was not armed again",
      "Arm it with EPOLL_CTL_MOD when the event has been dealt with, on every way out."),
  /** A hang-up or an error is reported, whatever the mask is, and nobody listens. */
  HANGUP_ON_EMPTY_MASK(
      "a hang-up is reported for ever, though nothing was asked for",
      "Remove what hangs up from the set, and close it: an empty mask does not silence it."),
  /** Writable all the time, and nothing to write. */
  WRITABLE_SPIN(
      "the loop spins on a socket that is always writable",
      "Ask for EPOLLOUT only while something waits to be written."),
  /** The end of a stream is reported, and the descriptor stays. */
  END_UNREAD(
      "the loop spins on a peer that has ended",
      "Close on a read of 0 bytes, or stop asking for input of who has ended."),
  /** Something to read is reported, and stays. */
  INPUT_UNREAD(
      "the loop spins on input that nobody reads",
      "Read what an event tells of: bytes, the count of an eventfd, the ticks of a timer."),
  /** An item whose number was closed or is another file's. */
  ORPHAN(
      "an item whose descriptor was closed lives on",
      "Remove with EPOLL_CTL_DEL before the close; whoever has a duplicate keeps the item alive."),
  /** One connection wakes all. */
  THUNDERING_HERD(
      "each connection wakes all who wait for the same listener",
      "Add the listener with EPOLLEXCLUSIVE, or give each its own with SO_REUSEPORT."),
  /** Few events at a time, and many are ready. */
  SMALL_BATCH(
      "the batch of a wait is small for what is ready", "Wait with room for some hundred events."),
  /** No descriptor is left to accept with. */
  OUT_OF_DESCRIPTORS(
      "connections wait, and there is no descriptor left to accept them",
      "Raise the limit of open files, or close what is idle; stop asking the listener meanwhile."),
  /** More wait than the listener takes. */
  BACKLOG_FULL(
      "the backlog of a listener is full, and the kernel may drop connections",
      "Accept in a loop until EAGAIN, look who holds the loop, or listen with a larger backlog."),
  /** Nobody may be there any more. */
  DEAD_PEER(
      "a peer may be gone, and nothing would tell",
      "Give connections a limit of idle time, or SO_KEEPALIVE."),
  /** Nobody waits for it. */
  FORGOTTEN("a descriptor has news, and nobody waits for it", "Add it to a set, or close it."),
  /** Input was switched off while bytes wait. */
  PAUSED_INPUT(
      "bytes wait on a connection whose input is not asked for",
      "If that is not meant as back-pressure, ask for EPOLLIN again."),
  /** The loop does something else. */
  BLOCKED_LOOP(
      "items are ready, and the thread of the loop is elsewhere",
      "Give what blocks or computes to another thread."),
  /** The peer takes nothing. */
  SEND_STUCK(
      "bytes are not taken by the peer",
      "Limit how long and how much is queued for a peer, and end who does not read."),
  /** Many that wait to be closed. */
  CLOSE_WAIT_HEAP(
      "connections that the peers have closed are not closed here",
      "Close on a read of 0 bytes, on every way out."),
  /** Many ports that are kept. */
  TIME_WAIT_HEAP(
      "many ports wait in TIME_WAIT", "Keep connections, or let the other side close first.");

  private final String title;
  private final String cure;

  Disease(String title, String cure) {
    this.title = title;
    this.cure = cure;
  }

  /** What is wrong, in a clause. */
  public String title() {
    return title;
  }

  /** What to do, in a sentence or two. */
  public String cure() {
    return cure;
  }

  /** Its name in options, in JSON and in the guide: {@code lost-edge}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
