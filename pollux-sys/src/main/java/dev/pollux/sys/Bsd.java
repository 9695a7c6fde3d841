package dev.pollux.sys;

import static dev.pollux.sys.Constant.*; // a table of them: by name they would be half of the file

/**
 * What the profiles of the BSDs and of macOS have in common, which is what 4.4BSD had and what they
 * took from each other. A system's own class adds its own, and may say otherwise.
 *
 * <p>Checked with the others by {@code ./dev abi}.
 */
final class Bsd {

  private Bsd() {}

  /** A builder with all of it. */
  static Profile.Builder common(String system, String architecture) {
    Profile.Builder table = Profile.builder(system, architecture);
    errors(table);
    socketErrors(table);
    files(table);
    sockets(table);
    protocols(table);
    others(table);
    signals(table);
    kqueue(table);
    addresses(table);
    messages(table);
    options(table);
    otherLayouts(table);
    return table;
  }

  private static void errors(Profile.Builder table) {
    table.same(Kind.ERRNO, 1, 34); // those of the first Unix; all but EAGAIN, which is below
    table.set(EAGAIN, 35);
    table.set(EDEADLK, 11);
    table.set(ENAMETOOLONG, 63);
    table.set(ENOLCK, 77);
    table.set(ENOSYS, 78);
    table.set(ENOTEMPTY, 66);
    table.set(ELOOP, 62);
    table.set(EREMOTE, 71);
    table.set(EUSERS, 68);
  }

  private static void socketErrors(Profile.Builder table) {
    table.set(ENOTSOCK, 38);
    table.set(EDESTADDRREQ, 39);
    table.set(EMSGSIZE, 40);
    table.set(EPROTOTYPE, 41);
    table.set(ENOPROTOOPT, 42);
    table.set(EPROTONOSUPPORT, 43);
    table.set(ESOCKTNOSUPPORT, 44);
    table.set(EPFNOSUPPORT, 46);
    table.set(EOPNOTSUPP, 45);
    table.set(EAFNOSUPPORT, 47);
    table.set(EADDRINUSE, 48);
    table.set(EADDRNOTAVAIL, 49);
    table.set(ENETDOWN, 50);
    table.set(ENETUNREACH, 51);
    table.set(ENETRESET, 52);
    table.set(ECONNABORTED, 53);
    table.set(ECONNRESET, 54);
    table.set(ENOBUFS, 55);
    table.set(EISCONN, 56);
    table.set(ENOTCONN, 57);
    table.set(ESHUTDOWN, 58);
    table.set(ETOOMANYREFS, 59);
    table.set(ETIMEDOUT, 60);
    table.set(ECONNREFUSED, 61);
    table.set(EHOSTDOWN, 64);
    table.set(EHOSTUNREACH, 65);
    table.set(EALREADY, 37);
    table.set(EINPROGRESS, 36);
    table.set(ESTALE, 70);
    table.set(EDQUOT, 69);
  }

  private static void files(Profile.Builder table) {
    table.same(O_RDONLY, O_WRONLY, O_RDWR);
    table.set(O_CREAT, 0x200);
    table.set(O_EXCL, 0x800);
    table.set(O_TRUNC, 0x400);
    table.set(O_APPEND, 8);
    table.set(O_NONBLOCK, 4);
    table.set(O_NOFOLLOW, 0x100);

    table.same(F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL);

    table.same(FD_CLOEXEC);

    table.same(S_IFMT, S_IFSOCK, S_IFLNK, S_IFREG, S_IFBLK, S_IFDIR, S_IFCHR, S_IFIFO);

    // _IOR('f', 127, int) and _IOW('f', 126, int) of sys/filio.h
    table.set(FIONREAD, 0x4004667f);
    table.set(FIONBIO, 0x8004667e);
    table.set(TCGETS, "TIOCGETA", 0x402c7413);
    table.set(TIOCOUTQ, 0x40047473);
  }

  private static void sockets(Profile.Builder table) {
    table.same(AF_UNSPEC, AF_UNIX, AF_INET);

    table.same(SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET);

    table.same(SHUT_RD, SHUT_WR, SHUT_RDWR);

    table.same(MSG_OOB, MSG_PEEK);
    table.set(MSG_CTRUNC, 0x20);
    table.set(MSG_TRUNC, 0x10);
    table.set(MSG_DONTWAIT, 0x80);
    table.set(MSG_EOR, 8);
    table.set(MSG_WAITALL, 0x40);

    table.same(IPPROTO_IP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_IPV6);
    table.set(SOL_SOCKET, 0xffff);

    table.set(SO_REUSEADDR, 4);
    table.set(SO_TYPE, 0x1008);
    table.set(SO_ERROR, 0x1007);
    table.set(SO_BROADCAST, 0x20);
    table.set(SO_SNDBUF, 0x1001);
    table.set(SO_RCVBUF, 0x1002);
    table.set(SO_KEEPALIVE, 8);
    table.set(SO_OOBINLINE, 0x100);
    table.set(SO_LINGER, 0x80);
    table.set(SO_REUSEPORT, 0x200);
    table.set(SO_SNDTIMEO, 0x1005);
    table.set(SO_RCVTIMEO, 0x1006);
    table.set(SO_RCVLOWAT, 0x1004);
    table.set(SO_SNDLOWAT, 0x1003);
    table.set(SO_ACCEPTCONN, 2);

    table.same(SCM_RIGHTS);
  }

  private static void protocols(Profile.Builder table) {
    table.set(IP_TOS, 3);
    table.set(IP_TTL, 4);
    table.set(IP_ADD_MEMBERSHIP, 12);
    table.set(IP_DROP_MEMBERSHIP, 13);
    table.set(IP_MULTICAST_IF, 9);
    table.set(IP_MULTICAST_TTL, 10);
    table.set(IP_MULTICAST_LOOP, 11);
    table.set(IP_RECVDSTADDR, 7);
    table.set(IP_RECVIF, 20);

    table.set(IPV6_V6ONLY, 27);
    table.set(IPV6_UNICAST_HOPS, 4);
    table.set(IPV6_MULTICAST_IF, 9);
    table.set(IPV6_MULTICAST_HOPS, 10);
    table.set(IPV6_MULTICAST_LOOP, 11);
    table.set(IPV6_JOIN_GROUP, 12);
    table.set(IPV6_LEAVE_GROUP, 13);
    table.set(IPV6_RECVPKTINFO, 36);
    table.set(IPV6_PKTINFO, 46);
    table.set(IPV6_TCLASS, 61);

    table.same(TCP_NODELAY, TCP_MAXSEG);
  }

  private static void others(Profile.Builder table) {
    table.same(POLLIN, POLLPRI, POLLOUT, POLLERR, POLLHUP, POLLNVAL, POLLRDNORM, POLLRDBAND);
    table.set(POLLWRNORM, 4);
    table.set(POLLWRBAND, 0x100);

    table.set(FD_SETSIZE, 1024);
    table.set(IOV_MAX, 1024);

    table.set(RLIMIT_NOFILE, 8);

    table.same(CLOCK_REALTIME);
  }

  private static void signals(Profile.Builder table) {
    table.set(SIG_BLOCK, 1);
    table.set(SIG_UNBLOCK, 2);
    table.set(SIG_SETMASK, 3);

    table.same(SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGKILL, SIGSEGV);
    table.same(SIGPIPE, SIGALRM, SIGTERM, SIGTTIN, SIGTTOU, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF);
    table.same(SIGWINCH);
    table.set(SIGBUS, 10);
    table.set(SIGUSR1, 30);
    table.set(SIGUSR2, 31);
    table.set(SIGCHLD, 20);
    table.set(SIGCONT, 19);
    table.set(SIGSTOP, 17);
    table.set(SIGTSTP, 18);
    table.set(SIGURG, 16);
    table.set(SIGIO, 23);
    table.set(SIGSYS, 12);
    table.set(SIGINFO, 29);
  }

  private static void kqueue(Profile.Builder table) {
    table.set(EV_ADD, 0x0001);
    table.set(EV_DELETE, 0x0002);
    table.set(EV_ENABLE, 0x0004);
    table.set(EV_DISABLE, 0x0008);
    table.set(EV_ONESHOT, 0x0010);
    table.set(EV_CLEAR, 0x0020);
    table.set(EV_RECEIPT, 0x0040);
    table.set(EV_DISPATCH, 0x0080);
    table.set(EV_ERROR, 0x4000);
    table.set(EV_EOF, 0x8000);

    table.set(NOTE_LOWAT, 0x0001);

    table.set(NOTE_DELETE, 0x0001);
    table.set(NOTE_WRITE, 0x0002);
    table.set(NOTE_EXTEND, 0x0004);
    table.set(NOTE_ATTRIB, 0x0008);
    table.set(NOTE_LINK, 0x0010);
    table.set(NOTE_RENAME, 0x0020);
    table.set(NOTE_REVOKE, 0x0040);

    table.set(NOTE_EXIT, 0x8000_0000);
    table.set(NOTE_FORK, 0x4000_0000);
    table.set(NOTE_EXEC, 0x2000_0000);
    table.set(NOTE_TRACK, 0x0000_0001);
  }

  /** The filters of all but NetBSD. */
  static void negativeFilters(Profile.Builder table) {
    table.set(EVFILT_READ, -1);
    table.set(EVFILT_WRITE, -2);
    table.set(EVFILT_VNODE, -4);
    table.set(EVFILT_PROC, -5);
    table.set(EVFILT_SIGNAL, -6);
    table.set(EVFILT_TIMER, -7);
  }

  /** The flags of the filter USER, where there is one. */
  static void userNotes(Profile.Builder table) {
    table.set(NOTE_FFNOP, 0);
    table.set(NOTE_FFAND, 0x4000_0000);
    table.set(NOTE_FFOR, 0x8000_0000);
    table.set(NOTE_FFCOPY, 0xc000_0000);
    table.set(NOTE_FFCTRLMASK, 0xc000_0000);
    table.set(NOTE_FFLAGSMASK, 0x00ff_ffff);
    table.set(NOTE_TRIGGER, 0x0100_0000);
  }

  /**
   * The flags of the filter TIMER of later releases of NetBSD and OpenBSD: the units are numbers,
   * not bits, and that of milliseconds is 0.
   */
  static void timerNumbers(Profile.Builder table) {
    table.set(NOTE_MSECONDS, 0);
    table.set(NOTE_SECONDS, 1);
    table.set(NOTE_USECONDS, 2);
    table.set(NOTE_NSECONDS, 3);
    table.set(NOTE_ABSTIME, 0x10);
  }

  /** The {@code struct kevent} of all but NetBSD; FreeBSD's goes on behind it. */
  static void kevent(Profile.Builder table) {
    table.struct(Struct.KEVENT, 32);
    table.field(Field.KEVENT_IDENT, 0, 8);
    table.field(Field.KEVENT_FILTER, 8, 2);
    table.field(Field.KEVENT_FLAGS, 10, 2);
    table.field(Field.KEVENT_FFLAGS, 12, 4);
    table.field(Field.KEVENT_DATA, 16, 8);
    table.field(Field.KEVENT_UDATA, 24, 8);
  }

  /** A {@code struct timeval} whose microseconds are an int, before four bytes of nothing. */
  static void shortMicros(Profile.Builder table) {
    table.field(Field.TIMEVAL_MICROS, 8, 4);
  }

  private static void addresses(Profile.Builder table) {
    table.struct(Struct.SOCKADDR, 16);
    table.field(Field.SOCKADDR_LENGTH, 0, 1);
    table.field(Field.SOCKADDR_FAMILY, 1, 1);
    table.struct(Struct.SOCKADDR_IN, 16);
    table.field(Field.SOCKADDR_IN_PORT, 2, 2);
    table.field(Field.SOCKADDR_IN_ADDRESS, 4, 4);
    table.struct(Struct.SOCKADDR_IN6, 28);
    table.field(Field.SOCKADDR_IN6_PORT, 2, 2);
    table.field(Field.SOCKADDR_IN6_FLOWINFO, 4, 4);
    table.field(Field.SOCKADDR_IN6_ADDRESS, 8, 16);
    table.field(Field.SOCKADDR_IN6_SCOPE_ID, 24, 4);
    table.struct(Struct.SOCKADDR_UN, 106);
    table.field(Field.SOCKADDR_UN_PATH, 2, 104);
    table.struct(Struct.SOCKADDR_STORAGE, 128);
  }

  private static void messages(Profile.Builder table) {
    table.struct(Struct.IOVEC, 16);
    table.field(Field.IOVEC_BASE, 0, 8);
    table.field(Field.IOVEC_LENGTH, 8, 8);
    table.struct(Struct.MSGHDR, 48);
    table.field(Field.MSGHDR_NAME, 0, 8);
    table.field(Field.MSGHDR_NAME_LENGTH, 8, 4);
    table.field(Field.MSGHDR_IOV, 16, 8);
    table.field(Field.MSGHDR_IOV_LENGTH, 24, 4);
    table.field(Field.MSGHDR_CONTROL, 32, 8);
    table.field(Field.MSGHDR_CONTROL_LENGTH, 40, 4);
    table.field(Field.MSGHDR_FLAGS, 44, 4);
    table.struct(Struct.CMSGHDR, 12);
    table.field(Field.CMSGHDR_LENGTH, 0, 4);
    table.field(Field.CMSGHDR_LEVEL, 4, 4);
    table.field(Field.CMSGHDR_TYPE, 8, 4);
    table.controlAlignment(8);
  }

  private static void options(Profile.Builder table) {
    table.struct(Struct.LINGER, 8);
    table.field(Field.LINGER_ON, 0, 4);
    table.field(Field.LINGER_TIME, 4, 4);
    table.struct(Struct.IP_MREQ, 8);
    table.field(Field.IP_MREQ_GROUP, 0, 4);
    table.field(Field.IP_MREQ_ADDRESS, 4, 4);
    table.struct(Struct.IPV6_MREQ, 20);
    table.field(Field.IPV6_MREQ_GROUP, 0, 16);
    table.field(Field.IPV6_MREQ_INTERFACE, 16, 4);
    table.struct(Struct.IN6_PKTINFO, 20);
    table.field(Field.IN6_PKTINFO_ADDRESS, 0, 16);
    table.field(Field.IN6_PKTINFO_INTERFACE, 16, 4);
  }

  private static void otherLayouts(Profile.Builder table) {
    table.struct(Struct.POLLFD, 8);
    table.field(Field.POLLFD_FD, 0, 4);
    table.field(Field.POLLFD_EVENTS, 4, 2);
    table.field(Field.POLLFD_REVENTS, 6, 2);
    table.struct(Struct.FD_SET, 128);
    table.struct(Struct.TIMESPEC, 16);
    table.field(Field.TIMESPEC_SECONDS, 0, 8);
    table.field(Field.TIMESPEC_NANOS, 8, 8);
    table.struct(Struct.TIMEVAL, 16);
    table.field(Field.TIMEVAL_SECONDS, 0, 8);
    table.field(Field.TIMEVAL_MICROS, 8, 8);
    table.struct(Struct.RLIMIT, 16);
    table.field(Field.RLIMIT_CURRENT, 0, 8);
    table.field(Field.RLIMIT_MAXIMUM, 8, 8);
    table.struct(Struct.SIGSET, 16);
    table.struct(Struct.TERMIOS, 44);
  }

  /** {@code struct ip_mreqn}, where there is one. */
  static void mreqn(Profile.Builder table) {
    table.struct(Struct.IP_MREQN, 12);
    table.field(Field.IP_MREQN_GROUP, 0, 4);
    table.field(Field.IP_MREQN_ADDRESS, 4, 4);
    table.field(Field.IP_MREQN_INTERFACE, 8, 4);
  }
}
