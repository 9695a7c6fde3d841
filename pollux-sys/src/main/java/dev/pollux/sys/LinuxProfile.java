package dev.pollux.sys;

import static dev.pollux.sys.Linux.*;
import static dev.pollux.sys.Offsets.*;

/**
 * The profile of Linux: Pollux's numbers are Linux's, so every constant is itself, and the layouts
 * are those of {@link Offsets}.
 *
 * <p>Linux has no kqueue; what is said of it is Pollux's own numbers and the layout of libkqueue,
 * which is that of FreeBSD 11. It has no {@code struct stat} here either, since Pollux calls {@code
 * statx}.
 */
final class LinuxProfile {

  private LinuxProfile() {}

  static Profile of(String architecture) {
    Profile.Builder table = Profile.builder("Linux", architecture);
    for (Constant constant : Constant.values()) {
      if (constant.isOnLinux()) {
        table.set(constant, constant.linuxValue());
      }
    }
    Abi abi = Abi.of(architecture);
    table.set(Constant.O_DIRECTORY, abi.oDirectory);
    table.set(Constant.O_NOFOLLOW, abi.oNofollow);
    table.set(Constant.O_DIRECT, abi.oDirect);
    sizes(table);
    kevent(table);
    addresses(table);
    messages(table);
    options(table);
    others(table);
    return table.build();
  }

  private static void sizes(Profile.Builder table) {
    table.struct(Struct.SOCKADDR, SIZEOF_SOCKADDR_IN); // one is as long as the other
    table.struct(Struct.SOCKADDR_IN, SIZEOF_SOCKADDR_IN);
    table.struct(Struct.SOCKADDR_IN6, SIZEOF_SOCKADDR_IN6);
    table.struct(Struct.SOCKADDR_UN, SIZEOF_SOCKADDR_UN);
    table.struct(Struct.SOCKADDR_STORAGE, SIZEOF_SOCKADDR_STORAGE);
    table.struct(Struct.IOVEC, SIZEOF_IOVEC);
    table.struct(Struct.MSGHDR, SIZEOF_MSGHDR);
    table.struct(Struct.MMSGHDR, SIZEOF_MMSGHDR);
    table.struct(Struct.CMSGHDR, SIZEOF_CMSGHDR);
    table.struct(Struct.LINGER, SIZEOF_LINGER);
    table.struct(Struct.IP_MREQ, 2 * Integer.BYTES); // two IPv4 addresses
    table.struct(Struct.IP_MREQN, SIZEOF_IP_MREQN);
    table.struct(Struct.IPV6_MREQ, SIZEOF_IPV6_MREQ);
    table.struct(Struct.IN_PKTINFO, SIZEOF_IN_PKTINFO);
    table.struct(Struct.IN6_PKTINFO, SIZEOF_IN6_PKTINFO);
    table.struct(Struct.UCRED, SIZEOF_UCRED);
    table.struct(Struct.POLLFD, SIZEOF_POLLFD);
    table.struct(Struct.FD_SET, FD_SETSIZE / Byte.SIZE);
    table.struct(Struct.TIMESPEC, SIZEOF_TIMESPEC);
    table.struct(Struct.TIMEVAL, SIZEOF_TIMEVAL);
    table.struct(Struct.RLIMIT, SIZEOF_RLIMIT);
    table.struct(Struct.SIGSET, SIZEOF_SIGSET);
    table.struct(Struct.TERMIOS, SIZEOF_TERMIOS);
  }

  private static void kevent(Profile.Builder table) {
    table.struct(Struct.KEVENT, 32);
    table.field(Field.KEVENT_IDENT, 0, 8);
    table.field(Field.KEVENT_FILTER, 8, 2);
    table.field(Field.KEVENT_FLAGS, 10, 2);
    table.field(Field.KEVENT_FFLAGS, 12, 4);
    table.field(Field.KEVENT_DATA, 16, 8);
    table.field(Field.KEVENT_UDATA, 24, 8);
  }

  private static void addresses(Profile.Builder table) {
    table.field(Field.SOCKADDR_FAMILY, SOCKADDR_IN__SIN_FAMILY, 2);
    table.field(Field.SOCKADDR_IN_PORT, SOCKADDR_IN__SIN_PORT, 2);
    table.field(Field.SOCKADDR_IN_ADDRESS, SOCKADDR_IN__SIN_ADDR, 4);
    table.field(Field.SOCKADDR_IN6_PORT, SOCKADDR_IN6__SIN6_PORT, 2);
    table.field(Field.SOCKADDR_IN6_FLOWINFO, SOCKADDR_IN6__SIN6_FLOWINFO, 4);
    table.field(Field.SOCKADDR_IN6_ADDRESS, SOCKADDR_IN6__SIN6_ADDR, 16);
    table.field(Field.SOCKADDR_IN6_SCOPE_ID, SOCKADDR_IN6__SIN6_SCOPE_ID, 4);
    int path = SOCKADDR_UN__SUN_PATH;
    table.field(Field.SOCKADDR_UN_PATH, path, SIZEOF_SOCKADDR_UN - path);
  }

  private static void messages(Profile.Builder table) {
    table.field(Field.IOVEC_BASE, IOVEC__IOV_BASE, 8);
    table.field(Field.IOVEC_LENGTH, IOVEC__IOV_LEN, 8);
    table.field(Field.MSGHDR_NAME, MSGHDR__MSG_NAME, 8);
    table.field(Field.MSGHDR_NAME_LENGTH, MSGHDR__MSG_NAMELEN, 4);
    table.field(Field.MSGHDR_IOV, MSGHDR__MSG_IOV, 8);
    table.field(Field.MSGHDR_IOV_LENGTH, MSGHDR__MSG_IOVLEN, 8);
    table.field(Field.MSGHDR_CONTROL, MSGHDR__MSG_CONTROL, 8);
    table.field(Field.MSGHDR_CONTROL_LENGTH, MSGHDR__MSG_CONTROLLEN, 8);
    table.field(Field.MSGHDR_FLAGS, MSGHDR__MSG_FLAGS, 4);
    table.field(Field.MMSGHDR_HEADER, MMSGHDR__MSG_HDR, SIZEOF_MSGHDR);
    table.field(Field.MMSGHDR_LENGTH, MMSGHDR__MSG_LEN, 4);
    table.field(Field.CMSGHDR_LENGTH, CMSGHDR__CMSG_LEN, 8);
    table.field(Field.CMSGHDR_LEVEL, CMSGHDR__CMSG_LEVEL, 4);
    table.field(Field.CMSGHDR_TYPE, CMSGHDR__CMSG_TYPE, 4);
    table.controlAlignment(8);
  }

  private static void options(Profile.Builder table) {
    table.field(Field.LINGER_ON, LINGER__L_ONOFF, 4);
    table.field(Field.LINGER_TIME, LINGER__L_LINGER, 4);
    table.field(Field.IP_MREQ_GROUP, 0, 4);
    table.field(Field.IP_MREQ_ADDRESS, 4, 4);
    table.field(Field.IP_MREQN_GROUP, IP_MREQN__IMR_MULTIADDR, 4);
    table.field(Field.IP_MREQN_ADDRESS, IP_MREQN__IMR_ADDRESS, 4);
    table.field(Field.IP_MREQN_INTERFACE, IP_MREQN__IMR_IFINDEX, 4);
    table.field(Field.IPV6_MREQ_GROUP, IPV6_MREQ__IPV6MR_MULTIADDR, 16);
    table.field(Field.IPV6_MREQ_INTERFACE, IPV6_MREQ__IPV6MR_INTERFACE, 4);
    table.field(Field.IN_PKTINFO_INTERFACE, IN_PKTINFO__IPI_IFINDEX, 4);
    table.field(Field.IN_PKTINFO_LOCAL_ADDRESS, IN_PKTINFO__IPI_SPEC_DST, 4);
    table.field(Field.IN_PKTINFO_ADDRESS, IN_PKTINFO__IPI_ADDR, 4);
    table.field(Field.IN6_PKTINFO_ADDRESS, IN6_PKTINFO__IPI6_ADDR, 16);
    table.field(Field.IN6_PKTINFO_INTERFACE, IN6_PKTINFO__IPI6_IFINDEX, 4);
    table.field(Field.UCRED_PID, UCRED__PID, 4);
    table.field(Field.UCRED_UID, UCRED__UID, 4);
    table.field(Field.UCRED_GID, UCRED__GID, 4);
  }

  private static void others(Profile.Builder table) {
    table.field(Field.POLLFD_FD, POLLFD__FD, 4);
    table.field(Field.POLLFD_EVENTS, POLLFD__EVENTS, 2);
    table.field(Field.POLLFD_REVENTS, POLLFD__REVENTS, 2);
    table.field(Field.TIMESPEC_SECONDS, TIMESPEC__TV_SEC, 8);
    table.field(Field.TIMESPEC_NANOS, TIMESPEC__TV_NSEC, 8);
    table.field(Field.TIMEVAL_SECONDS, TIMEVAL__TV_SEC, 8);
    table.field(Field.TIMEVAL_MICROS, TIMEVAL__TV_USEC, 8);
    table.field(Field.RLIMIT_CURRENT, RLIMIT__RLIM_CUR, 8);
    table.field(Field.RLIMIT_MAXIMUM, RLIMIT__RLIM_MAX, 8);
  }
}
