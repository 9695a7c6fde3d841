package dev.pollux.lab;

/** A way in which an item of an interest list comes to be found as it is. */
public enum Story {
  /** Its edge was told, and bytes were left. */
  LOST_EDGE,
  /** It was told once, and not armed again. */
  ONESHOT_NOT_ARMED,
  /** It hangs up, and nothing was asked for. */
  HANGUP_ON_EMPTY_MASK,
  /** It is writable all the time. */
  WRITABLE_SPIN,
  /** Its peer has ended. */
  END_UNREAD,
  /** Its number was closed. */
  ORPHAN,
  /** Several wait for one listener. */
  THUNDERING_HERD,
  /** It waits for its turn. */
  SMALL_BATCH,
  /** Its input is not asked for. */
  PAUSED_INPUT,
  /** It is well, by level. */
  LEVEL,
  /** It is well, by edge. */
  EDGE
}
