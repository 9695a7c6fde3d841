package dev.pollux.sys;

/** The C structures whose layout may differ on another system; {@link Field} has their fields. */
enum Struct {
  /** On Linux that of libkqueue. */
  KEVENT("struct kevent"),
  /** What every socket address begins with. */
  SOCKADDR("struct sockaddr"),
  SOCKADDR_IN("struct sockaddr_in"),
  SOCKADDR_IN6("struct sockaddr_in6"),
  SOCKADDR_UN("struct sockaddr_un"),
  SOCKADDR_STORAGE("struct sockaddr_storage"),
  IOVEC("struct iovec"),
  MSGHDR("struct msghdr"),
  MMSGHDR("struct mmsghdr"),
  CMSGHDR("struct cmsghdr"),
  LINGER("struct linger"),
  IP_MREQ("struct ip_mreq"),
  IP_MREQN("struct ip_mreqn"),
  IPV6_MREQ("struct ipv6_mreq"),
  IN_PKTINFO("struct in_pktinfo"),
  IN6_PKTINFO("struct in6_pktinfo"),
  /** Who is at the other end of a Unix domain socket; its name differs between systems. */
  UCRED("struct ucred"),
  POLLFD("struct pollfd"),
  FD_SET("fd_set"),
  /** What {@code fstat} fills in; on Linux Pollux calls {@code statx}, so there is none. */
  STAT("struct stat"),
  TIMESPEC("struct timespec"),
  TIMEVAL("struct timeval"),
  RLIMIT("struct rlimit"),
  /** Bits from the lowest on, the first for signal 1, on all systems. */
  SIGSET("sigset_t"),
  TERMIOS("struct termios");

  private final String cName;

  Struct(String cName) {
    this.cName = cName;
  }

  /** The type in C where a profile has no other name for it. */
  String cName() {
    return cName;
  }
}
