package dev.pollux.sys;

/**
 * Offsets in bytes of the fields of C structures, where x86-64 and aarch64 agree.
 *
 * <p>A name is the structure's, two underscores, and the field's. The one structure that differs,
 * {@code struct epoll_event}, stands in {@link Abi}; sizes stand in {@link Linux}. Every value is
 * compared with the C headers by {@code ./dev abi}.
 */
public final class Offsets {

  // poll.h: struct pollfd { int fd; short events; short revents; };
  public static final int POLLFD__FD = 0;
  public static final int POLLFD__EVENTS = 4;
  public static final int POLLFD__REVENTS = 6;

  // sys/uio.h: struct iovec { void *iov_base; size_t iov_len; };
  public static final int IOVEC__IOV_BASE = 0;
  public static final int IOVEC__IOV_LEN = 8;

  // time.h: struct timespec { time_t tv_sec; long tv_nsec; };
  public static final int TIMESPEC__TV_SEC = 0;
  public static final int TIMESPEC__TV_NSEC = 8;

  // sys/time.h: struct timeval { time_t tv_sec; suseconds_t tv_usec; };
  public static final int TIMEVAL__TV_SEC = 0;
  public static final int TIMEVAL__TV_USEC = 8;

  // time.h: struct itimerspec { struct timespec it_interval; struct timespec it_value; };
  public static final int ITIMERSPEC__IT_INTERVAL = 0;
  public static final int ITIMERSPEC__IT_VALUE = 16;

  // sys/resource.h: struct rlimit { rlim_t rlim_cur; rlim_t rlim_max; };
  public static final int RLIMIT__RLIM_CUR = 0;
  public static final int RLIMIT__RLIM_MAX = 8;

  // sys/socket.h: struct linger { int l_onoff; int l_linger; };
  public static final int LINGER__L_ONOFF = 0;
  public static final int LINGER__L_LINGER = 4;

  // netinet/in.h: struct sockaddr_in { sa_family_t sin_family; in_port_t sin_port;
  //   struct in_addr sin_addr; unsigned char sin_zero[8]; };
  public static final int SOCKADDR_IN__SIN_FAMILY = 0;
  public static final int SOCKADDR_IN__SIN_PORT = 2;
  public static final int SOCKADDR_IN__SIN_ADDR = 4;

  // netinet/in.h: struct sockaddr_in6 { sa_family_t sin6_family; in_port_t sin6_port;
  //   uint32_t sin6_flowinfo; struct in6_addr sin6_addr; uint32_t sin6_scope_id; };
  public static final int SOCKADDR_IN6__SIN6_FAMILY = 0;
  public static final int SOCKADDR_IN6__SIN6_PORT = 2;
  public static final int SOCKADDR_IN6__SIN6_FLOWINFO = 4;
  public static final int SOCKADDR_IN6__SIN6_ADDR = 8;
  public static final int SOCKADDR_IN6__SIN6_SCOPE_ID = 24;

  // netinet/in.h: struct ip_mreqn { struct in_addr imr_multiaddr; struct in_addr imr_address;
  //   int imr_ifindex; };
  public static final int IP_MREQN__IMR_MULTIADDR = 0;
  public static final int IP_MREQN__IMR_ADDRESS = 4;
  public static final int IP_MREQN__IMR_IFINDEX = 8;

  // netinet/in.h: struct ipv6_mreq { struct in6_addr ipv6mr_multiaddr;
  //   unsigned int ipv6mr_interface; };
  public static final int IPV6_MREQ__IPV6MR_MULTIADDR = 0;
  public static final int IPV6_MREQ__IPV6MR_INTERFACE = 16;

  // sys/un.h: struct sockaddr_un { sa_family_t sun_family; char sun_path[108]; };
  public static final int SOCKADDR_UN__SUN_FAMILY = 0;
  public static final int SOCKADDR_UN__SUN_PATH = 2;

  // sys/socket.h: struct msghdr { void *msg_name; socklen_t msg_namelen;
  //   struct iovec *msg_iov; size_t msg_iovlen; void *msg_control; size_t msg_controllen;
  //   int msg_flags; };  musl: the two lengths are an int and padding, which must be 0
  public static final int MSGHDR__MSG_NAME = 0;
  public static final int MSGHDR__MSG_NAMELEN = 8;
  public static final int MSGHDR__MSG_IOV = 16;
  public static final int MSGHDR__MSG_IOVLEN = 24;
  public static final int MSGHDR__MSG_CONTROL = 32;
  public static final int MSGHDR__MSG_CONTROLLEN = 40;
  public static final int MSGHDR__MSG_FLAGS = 48;

  // sys/socket.h: struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
  public static final int MMSGHDR__MSG_HDR = 0;
  public static final int MMSGHDR__MSG_LEN = 56;

  // sys/socket.h: struct cmsghdr { size_t cmsg_len; int cmsg_level; int cmsg_type; };
  public static final int CMSGHDR__CMSG_LEN = 0;
  public static final int CMSGHDR__CMSG_LEVEL = 8;
  public static final int CMSGHDR__CMSG_TYPE = 12;

  // sys/socket.h: struct ucred { pid_t pid; uid_t uid; gid_t gid; };
  public static final int UCRED__PID = 0;
  public static final int UCRED__UID = 4;
  public static final int UCRED__GID = 8;

  // sys/signalfd.h: struct signalfd_siginfo { uint32_t ssi_signo; int32_t ssi_errno;
  //   int32_t ssi_code; uint32_t ssi_pid; uint32_t ssi_uid; … int32_t ssi_status;
  //   int32_t ssi_int; … };  with 20 bytes of other fields before ssi_status
  public static final int SIGNALFD_SIGINFO__SSI_SIGNO = 0;
  public static final int SIGNALFD_SIGINFO__SSI_CODE = 8;
  public static final int SIGNALFD_SIGINFO__SSI_PID = 12;
  public static final int SIGNALFD_SIGINFO__SSI_UID = 16;
  public static final int SIGNALFD_SIGINFO__SSI_STATUS = 40;
  public static final int SIGNALFD_SIGINFO__SSI_INT = 44;

  // sys/inotify.h: struct inotify_event { int wd; uint32_t mask; uint32_t cookie; uint32_t len;
  //   char name[]; };
  public static final int INOTIFY_EVENT__WD = 0;
  public static final int INOTIFY_EVENT__MASK = 4;
  public static final int INOTIFY_EVENT__COOKIE = 8;
  public static final int INOTIFY_EVENT__LEN = 12;
  public static final int INOTIFY_EVENT__NAME = 16;

  // linux/openat2.h: struct open_how { __u64 flags, mode, resolve; };
  public static final int OPEN_HOW__FLAGS = 0;
  public static final int OPEN_HOW__MODE = 8;
  public static final int OPEN_HOW__RESOLVE = 16;

  // sys/stat.h: struct statx { __u32 stx_mask; __u32 stx_blksize; __u64 stx_attributes;
  //   __u32 stx_nlink; __u32 stx_uid; __u32 stx_gid; __u16 stx_mode; __u64 stx_ino;
  //   __u64 stx_size; __u64 stx_blocks; __u64 stx_attributes_mask;
  //   struct statx_timestamp stx_atime, stx_btime, stx_ctime, stx_mtime; … };
  //   each time a signed 64-bit number of seconds, then 32 bits of nanoseconds
  public static final int STATX__STX_MASK = 0;
  public static final int STATX__STX_BLKSIZE = 4;
  public static final int STATX__STX_NLINK = 16;
  public static final int STATX__STX_UID = 20;
  public static final int STATX__STX_GID = 24;
  public static final int STATX__STX_MODE = 28;
  public static final int STATX__STX_INO = 32;
  public static final int STATX__STX_SIZE = 40;
  public static final int STATX__STX_BLOCKS = 48;
  public static final int STATX__STX_ATIME = 64;
  public static final int STATX__STX_BTIME = 80;
  public static final int STATX__STX_CTIME = 96;
  public static final int STATX__STX_MTIME = 112;
  public static final int STATX__STX_DEV_MAJOR = 136;
  public static final int STATX__STX_DEV_MINOR = 140;

  // netinet/in.h: struct in_pktinfo { int ipi_ifindex; struct in_addr ipi_spec_dst, ipi_addr; };
  public static final int IN_PKTINFO__IPI_IFINDEX = 0;
  public static final int IN_PKTINFO__IPI_SPEC_DST = 4;
  public static final int IN_PKTINFO__IPI_ADDR = 8;

  // netinet/in.h: struct in6_pktinfo { struct in6_addr ipi6_addr; unsigned int ipi6_ifindex; };
  public static final int IN6_PKTINFO__IPI6_ADDR = 0;
  public static final int IN6_PKTINFO__IPI6_IFINDEX = 16;

  private Offsets() {}
}
