package dev.pollux.model;

/** What happens to an epoll registration; {@link EpollListener} is told each. */
public enum Transition {
  /** Registered with EPOLL_CTL_ADD. */
  ADDED,
  /** Changed with EPOLL_CTL_MOD. */
  MODIFIED,
  /** Removed with EPOLL_CTL_DEL, or with its epoll instance. */
  REMOVED,
  /** Removed because the last descriptor of its file was closed. */
  FORGOTTEN,
  /** Put on the ready list because the file was ready when it was added. */
  QUEUED_BY_ADD,
  /** Put on the ready list because the file was ready when it was modified. */
  QUEUED_BY_MODIFY,
  /** Put on the ready list because the file's state changed. */
  QUEUED_BY_CHANGE,
  /** Put on the overflow list: the state changed while events were copied out. */
  OVERFLOWED,
  /** Moved from the overflow list to the ready list. */
  QUEUED_FROM_OVERFLOW,
  /** The state changed, but the item was on a list already. */
  MERGED,
  /** The state changed, but to nothing the item asks for. */
  IGNORED,
  /** The state changed, but the item is a one-shot that has fired. */
  IGNORED_DISARMED,
  /** Its events were copied to the caller of a wait. */
  DELIVERED,
  /** Delivered and put back at the tail of the ready list, being level-triggered. */
  REQUEUED_LEVEL,
  /** Delivered and off the ready list, being edge-triggered. */
  LEFT_EDGE,
  /** Delivered, off the ready list and disarmed, being one-shot. */
  DISARMED_ONESHOT,
  /** Off the ready list, because the file turned out not to be ready. */
  LEFT_NOT_READY
}
