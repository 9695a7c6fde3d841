package dev.pollux.sys;

/**
 * The fields of the C structures in {@link Struct}; {@link Profile} has their offsets and widths.
 */
enum Field {
  KEVENT_IDENT(Struct.KEVENT, "ident"),
  KEVENT_FILTER(Struct.KEVENT, "filter"),
  KEVENT_FLAGS(Struct.KEVENT, "flags"),
  KEVENT_FFLAGS(Struct.KEVENT, "fflags"),
  KEVENT_DATA(Struct.KEVENT, "data"),
  KEVENT_UDATA(Struct.KEVENT, "udata"),

  /** The length of the address, its own byte included; Linux has none. */
  SOCKADDR_LENGTH(Struct.SOCKADDR, "sa_len"),
  SOCKADDR_FAMILY(Struct.SOCKADDR, "sa_family"),
  SOCKADDR_IN_PORT(Struct.SOCKADDR_IN, "sin_port"),
  SOCKADDR_IN_ADDRESS(Struct.SOCKADDR_IN, "sin_addr"),
  SOCKADDR_IN6_PORT(Struct.SOCKADDR_IN6, "sin6_port"),
  SOCKADDR_IN6_FLOWINFO(Struct.SOCKADDR_IN6, "sin6_flowinfo"),
  SOCKADDR_IN6_ADDRESS(Struct.SOCKADDR_IN6, "sin6_addr"),
  SOCKADDR_IN6_SCOPE_ID(Struct.SOCKADDR_IN6, "sin6_scope_id"),
  /** Its width is how long a path may be, with the NUL that most systems want. */
  SOCKADDR_UN_PATH(Struct.SOCKADDR_UN, "sun_path"),

  IOVEC_BASE(Struct.IOVEC, "iov_base"),
  IOVEC_LENGTH(Struct.IOVEC, "iov_len"),
  MSGHDR_NAME(Struct.MSGHDR, "msg_name"),
  MSGHDR_NAME_LENGTH(Struct.MSGHDR, "msg_namelen"),
  MSGHDR_IOV(Struct.MSGHDR, "msg_iov"),
  MSGHDR_IOV_LENGTH(Struct.MSGHDR, "msg_iovlen"),
  MSGHDR_CONTROL(Struct.MSGHDR, "msg_control"),
  MSGHDR_CONTROL_LENGTH(Struct.MSGHDR, "msg_controllen"),
  MSGHDR_FLAGS(Struct.MSGHDR, "msg_flags"),
  MMSGHDR_HEADER(Struct.MMSGHDR, "msg_hdr"),
  MMSGHDR_LENGTH(Struct.MMSGHDR, "msg_len"),
  CMSGHDR_LENGTH(Struct.CMSGHDR, "cmsg_len"),
  CMSGHDR_LEVEL(Struct.CMSGHDR, "cmsg_level"),
  CMSGHDR_TYPE(Struct.CMSGHDR, "cmsg_type"),

  LINGER_ON(Struct.LINGER, "l_onoff"),
  LINGER_TIME(Struct.LINGER, "l_linger"),
  IP_MREQ_GROUP(Struct.IP_MREQ, "imr_multiaddr"),
  IP_MREQ_ADDRESS(Struct.IP_MREQ, "imr_interface"),
  IP_MREQN_GROUP(Struct.IP_MREQN, "imr_multiaddr"),
  IP_MREQN_ADDRESS(Struct.IP_MREQN, "imr_address"),
  IP_MREQN_INTERFACE(Struct.IP_MREQN, "imr_ifindex"),
  IPV6_MREQ_GROUP(Struct.IPV6_MREQ, "ipv6mr_multiaddr"),
  IPV6_MREQ_INTERFACE(Struct.IPV6_MREQ, "ipv6mr_interface"),
  IN_PKTINFO_INTERFACE(Struct.IN_PKTINFO, "ipi_ifindex"),
  IN_PKTINFO_LOCAL_ADDRESS(Struct.IN_PKTINFO, "ipi_spec_dst"),
  IN_PKTINFO_ADDRESS(Struct.IN_PKTINFO, "ipi_addr"),
  IN6_PKTINFO_ADDRESS(Struct.IN6_PKTINFO, "ipi6_addr"),
  IN6_PKTINFO_INTERFACE(Struct.IN6_PKTINFO, "ipi6_ifindex"),

  UCRED_PID(Struct.UCRED, "pid"),
  UCRED_UID(Struct.UCRED, "uid"),
  UCRED_GID(Struct.UCRED, "gid"),

  POLLFD_FD(Struct.POLLFD, "fd"),
  POLLFD_EVENTS(Struct.POLLFD, "events"),
  POLLFD_REVENTS(Struct.POLLFD, "revents"),

  STAT_DEVICE(Struct.STAT, "st_dev"),
  STAT_INODE(Struct.STAT, "st_ino"),
  STAT_MODE(Struct.STAT, "st_mode"),
  STAT_LINKS(Struct.STAT, "st_nlink"),
  STAT_UID(Struct.STAT, "st_uid"),
  STAT_GID(Struct.STAT, "st_gid"),
  STAT_SIZE(Struct.STAT, "st_size"),
  STAT_BLOCKS(Struct.STAT, "st_blocks"),
  STAT_BLOCK_SIZE(Struct.STAT, "st_blksize"),
  /** Each time is a {@code struct timespec}. */
  STAT_ACCESSED(Struct.STAT, "st_atim"),
  STAT_MODIFIED(Struct.STAT, "st_mtim"),
  STAT_CHANGED(Struct.STAT, "st_ctim"),
  STAT_BORN(Struct.STAT, "st_birthtim"),

  TIMESPEC_SECONDS(Struct.TIMESPEC, "tv_sec"),
  TIMESPEC_NANOS(Struct.TIMESPEC, "tv_nsec"),
  TIMEVAL_SECONDS(Struct.TIMEVAL, "tv_sec"),
  TIMEVAL_MICROS(Struct.TIMEVAL, "tv_usec"),
  RLIMIT_CURRENT(Struct.RLIMIT, "rlim_cur"),
  RLIMIT_MAXIMUM(Struct.RLIMIT, "rlim_max");

  private final Struct struct;
  private final String cName;

  Field(Struct struct, String cName) {
    this.struct = struct;
    this.cName = cName;
  }

  /** The structure that has it. */
  Struct struct() {
    return struct;
  }

  /** The member in C where a profile has no other name for it. */
  String cName() {
    return cName;
  }
}
