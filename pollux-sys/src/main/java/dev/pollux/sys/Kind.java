package dev.pollux.sys;

/**
 * What a {@link Constant} is a number of. Within a kind a number has one meaning, so that a value
 * of another system can be looked up; two kinds use the same numbers for different things.
 */
enum Kind {
  ERRNO,
  OPEN_FLAG,
  FCNTL_COMMAND,
  DESCRIPTOR_FLAG,
  AT_FLAG,
  FILE_TYPE,
  IOCTL,
  ADDRESS_FAMILY,
  SOCKET_TYPE,
  /** What is added to a type of socket: SOCK_NONBLOCK, SOCK_CLOEXEC. */
  SOCKET_TYPE_FLAG,
  SHUTDOWN_HOW,
  MESSAGE_FLAG,
  /** The level of a socket option, which may be a protocol. */
  SOCKET_LEVEL,
  SOCKET_OPTION,
  /** Options of Unix domain sockets that are no options of all sockets. */
  LOCAL_OPTION,
  CONTROL_TYPE,
  IP_OPTION,
  IPV6_OPTION,
  TCP_OPTION,
  UDP_OPTION,
  POLL_EVENT,
  LIMIT,
  RESOURCE,
  CLOCK,
  SIGNAL_HOW,
  SIGNAL,
  /** EVFILT_READ and the like. */
  FILTER,
  /** EV_ADD and the like. */
  EVENT_FLAG,
  /** The flags of the filters READ and WRITE. */
  READ_NOTE,
  EXCEPT_NOTE,
  VNODE_NOTE,
  PROC_NOTE,
  /** The flags of the filter TIMER; on NetBSD the units are numbers, not bits. */
  TIMER_NOTE,
  USER_NOTE
}
