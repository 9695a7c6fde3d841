package dev.pollux.sys;

/**
 * Constants of Linux that x86-64 and aarch64 share, under the names of their headers.
 *
 * <p>What differs between the two stands in {@link Abi}. Every value is compared with the C headers
 * by {@code ./dev abi}.
 */
public final class Linux {

  // sys/epoll.h
  public static final int EPOLL_CLOEXEC = 0x80000;
  public static final int EPOLL_CTL_ADD = 1;
  public static final int EPOLL_CTL_DEL = 2;
  public static final int EPOLL_CTL_MOD = 3;
  public static final int EPOLLIN = 0x001;
  public static final int EPOLLPRI = 0x002;
  public static final int EPOLLOUT = 0x004;
  public static final int EPOLLERR = 0x008;
  public static final int EPOLLHUP = 0x010;
  public static final int EPOLLRDNORM = 0x040;
  public static final int EPOLLRDBAND = 0x080;
  public static final int EPOLLWRNORM = 0x100;
  public static final int EPOLLWRBAND = 0x200;
  public static final int EPOLLMSG = 0x400;
  public static final int EPOLLRDHUP = 0x2000;
  public static final int EPOLLEXCLUSIVE = 1 << 28;
  public static final int EPOLLWAKEUP = 1 << 29;
  public static final int EPOLLONESHOT = 1 << 30;
  public static final int EPOLLET = 1 << 31;

  // poll.h
  public static final int POLLIN = 0x001;
  public static final int POLLPRI = 0x002;
  public static final int POLLOUT = 0x004;
  public static final int POLLERR = 0x008;
  public static final int POLLHUP = 0x010;
  public static final int POLLNVAL = 0x020;
  public static final int POLLRDHUP = 0x2000;

  // sys/select.h
  public static final int FD_SETSIZE = 1024;

  // fcntl.h
  public static final int O_RDONLY = 0;
  public static final int O_WRONLY = 1;
  public static final int O_RDWR = 2;
  public static final int O_CREAT = 0100;
  public static final int O_EXCL = 0200;
  public static final int O_TRUNC = 01000;
  public static final int O_APPEND = 02000;
  public static final int O_NONBLOCK = 04000;
  public static final int O_CLOEXEC = 02000000;
  public static final int O_PATH = 010000000;
  public static final int F_DUPFD = 0;
  public static final int F_GETFD = 1;
  public static final int F_SETFD = 2;
  public static final int F_GETFL = 3;
  public static final int F_SETFL = 4;
  public static final int F_DUPFD_CLOEXEC = 1030;
  public static final int F_SETPIPE_SZ = 1031;
  public static final int F_GETPIPE_SZ = 1032;
  public static final int FD_CLOEXEC = 1;
  public static final int AT_FDCWD = -100;
  public static final int AT_SYMLINK_NOFOLLOW = 0x100;
  public static final int AT_EMPTY_PATH = 0x1000;

  // linux/openat2.h
  public static final int RESOLVE_NO_XDEV = 0x01;
  public static final int RESOLVE_NO_MAGICLINKS = 0x02;
  public static final int RESOLVE_NO_SYMLINKS = 0x04;
  public static final int RESOLVE_BENEATH = 0x08;
  public static final int RESOLVE_IN_ROOT = 0x10;

  // sys/stat.h
  public static final int S_IFMT = 0170000;
  public static final int S_IFSOCK = 0140000;
  public static final int S_IFREG = 0100000;
  public static final int S_IFDIR = 0040000;
  public static final int S_IFCHR = 0020000;
  public static final int S_IFIFO = 0010000;
  public static final int AT_STATX_SYNC_TYPE = 0x6000;
  public static final int STATX_BASIC_STATS = 0x7ff;
  public static final int STATX_BTIME = 0x800;

  // sys/ioctl.h
  public static final int FIONREAD = 0x541B;
  public static final int FIONBIO = 0x5421;
  public static final int TIOCOUTQ = 0x5411;
  public static final int TCGETS = 0x5401;

  // sys/socket.h
  public static final int AF_UNSPEC = 0;
  public static final int AF_UNIX = 1;
  public static final int AF_INET = 2;
  public static final int AF_INET6 = 10;
  public static final int SOCK_STREAM = 1;
  public static final int SOCK_DGRAM = 2;
  public static final int SOCK_SEQPACKET = 5;
  public static final int SOCK_NONBLOCK = 04000;
  public static final int SOCK_CLOEXEC = 02000000;
  public static final int SHUT_RD = 0;
  public static final int SHUT_WR = 1;
  public static final int SHUT_RDWR = 2;
  public static final int MSG_OOB = 0x01;
  public static final int MSG_PEEK = 0x02;
  public static final int MSG_CTRUNC = 0x08;
  public static final int MSG_TRUNC = 0x20;
  public static final int MSG_DONTWAIT = 0x40;
  public static final int MSG_EOR = 0x80;
  public static final int MSG_WAITALL = 0x100;
  public static final int MSG_NOSIGNAL = 0x4000;
  public static final int MSG_MORE = 0x8000;
  public static final int MSG_ERRQUEUE = 0x2000;
  public static final int MSG_WAITFORONE = 0x10000;
  public static final int MSG_ZEROCOPY = 0x4000000;
  public static final int MSG_CMSG_CLOEXEC = 0x40000000;
  public static final int SOL_SOCKET = 1;
  public static final int SO_REUSEADDR = 2;
  public static final int SO_TYPE = 3;
  public static final int SO_ERROR = 4;
  public static final int SO_BROADCAST = 6;
  public static final int SO_SNDBUF = 7;
  public static final int SO_RCVBUF = 8;
  public static final int SO_KEEPALIVE = 9;
  public static final int SO_OOBINLINE = 10;
  public static final int SO_LINGER = 13;
  public static final int SO_REUSEPORT = 15;
  public static final int SO_PASSCRED = 16;
  public static final int SO_PEERCRED = 17;
  public static final int SO_RCVLOWAT = 18;
  public static final int SO_RCVTIMEO = 20;
  public static final int SO_SNDTIMEO = 21;
  public static final int SO_ACCEPTCONN = 30;
  public static final int SO_PROTOCOL = 38;
  public static final int SO_DOMAIN = 39;
  public static final int SO_RXQ_OVFL = 40;
  public static final int SO_BUSY_POLL = 46;
  public static final int SO_INCOMING_CPU = 49;
  public static final int SO_ZEROCOPY = 60;
  public static final int SO_PREFER_BUSY_POLL = 69;
  public static final int SO_BUSY_POLL_BUDGET = 70;
  public static final int SCM_RIGHTS = 1;
  public static final int SCM_CREDENTIALS = 2;

  // netinet/in.h
  public static final int IPPROTO_IP = 0;
  public static final int IPPROTO_TCP = 6;
  public static final int IPPROTO_UDP = 17;
  public static final int IPPROTO_IPV6 = 41;
  public static final int IP_TOS = 1;
  public static final int IP_TTL = 2;
  public static final int IP_PKTINFO = 8;
  public static final int IP_RECVERR = 11;
  public static final int IP_BIND_ADDRESS_NO_PORT = 24;
  public static final int IPV6_V6ONLY = 26;
  public static final int IP_ADD_MEMBERSHIP = 35;
  public static final int IP_DROP_MEMBERSHIP = 36;
  public static final int IP_MULTICAST_IF = 32;
  public static final int IP_MULTICAST_TTL = 33;
  public static final int IP_MULTICAST_LOOP = 34;
  public static final int IP_MULTICAST_ALL = 49;
  public static final int IPV6_UNICAST_HOPS = 16;
  public static final int IPV6_MULTICAST_IF = 17;
  public static final int IPV6_MULTICAST_HOPS = 18;
  public static final int IPV6_MULTICAST_LOOP = 19;
  public static final int IPV6_JOIN_GROUP = 20;
  public static final int IPV6_LEAVE_GROUP = 21;
  public static final int IPV6_RECVERR = 25;
  public static final int IPV6_MULTICAST_ALL = 29;
  public static final int IPV6_RECVPKTINFO = 49;
  public static final int IPV6_PKTINFO = 50;
  public static final int IPV6_TCLASS = 67;

  // netinet/tcp.h
  public static final int TCP_NODELAY = 1;
  public static final int TCP_MAXSEG = 2;
  public static final int TCP_CORK = 3;
  public static final int TCP_KEEPIDLE = 4;
  public static final int TCP_KEEPINTVL = 5;
  public static final int TCP_KEEPCNT = 6;
  public static final int TCP_DEFER_ACCEPT = 9;
  public static final int TCP_INFO = 11;
  public static final int TCP_QUICKACK = 12;
  public static final int TCP_USER_TIMEOUT = 18;
  public static final int TCP_FASTOPEN = 23;
  public static final int TCP_NOTSENT_LOWAT = 25;

  // netinet/udp.h
  public static final int UDP_SEGMENT = 103;
  public static final int UDP_GRO = 104;

  // sys/eventfd.h
  public static final int EFD_SEMAPHORE = 1;
  public static final int EFD_NONBLOCK = 04000;
  public static final int EFD_CLOEXEC = 02000000;

  // sys/timerfd.h, time.h
  public static final int CLOCK_REALTIME = 0;
  public static final int CLOCK_MONOTONIC = 1;
  public static final int CLOCK_BOOTTIME = 7;
  public static final int TFD_NONBLOCK = 04000;
  public static final int TFD_CLOEXEC = 02000000;
  public static final int TFD_TIMER_ABSTIME = 1;
  public static final int TFD_TIMER_CANCEL_ON_SET = 2;

  // sys/signalfd.h, signal.h
  public static final int SFD_NONBLOCK = 04000;
  public static final int SFD_CLOEXEC = 02000000;
  public static final int SIG_BLOCK = 0;
  public static final int SIG_UNBLOCK = 1;
  public static final int SIG_SETMASK = 2;
  public static final int SIGHUP = 1;
  public static final int SIGINT = 2;
  public static final int SIGQUIT = 3;
  public static final int SIGILL = 4;
  public static final int SIGTRAP = 5;
  public static final int SIGBUS = 7;
  public static final int SIGFPE = 8;
  public static final int SIGKILL = 9;
  public static final int SIGUSR1 = 10;
  public static final int SIGSEGV = 11;
  public static final int SIGUSR2 = 12;
  public static final int SIGPIPE = 13;
  public static final int SIGALRM = 14;
  public static final int SIGTERM = 15;
  public static final int SIGCHLD = 17;
  public static final int SIGCONT = 18;
  public static final int SIGSTOP = 19;
  public static final int SIGURG = 23;
  public static final int SIGXFSZ = 25;
  public static final int SIGWINCH = 28;

  // sys/inotify.h
  public static final int IN_NONBLOCK = 04000;
  public static final int IN_CLOEXEC = 02000000;
  public static final int IN_ACCESS = 0x001;
  public static final int IN_MODIFY = 0x002;
  public static final int IN_ATTRIB = 0x004;
  public static final int IN_CLOSE_WRITE = 0x008;
  public static final int IN_CLOSE_NOWRITE = 0x010;
  public static final int IN_OPEN = 0x020;
  public static final int IN_MOVED_FROM = 0x040;
  public static final int IN_MOVED_TO = 0x080;
  public static final int IN_CREATE = 0x100;
  public static final int IN_DELETE = 0x200;
  public static final int IN_DELETE_SELF = 0x400;
  public static final int IN_MOVE_SELF = 0x800;
  public static final int IN_ALL_EVENTS = 0xfff;
  public static final int IN_UNMOUNT = 0x2000;
  public static final int IN_Q_OVERFLOW = 0x4000;
  public static final int IN_IGNORED = 0x8000;
  public static final int IN_ONLYDIR = 0x01000000;
  public static final int IN_DONT_FOLLOW = 0x02000000;
  public static final int IN_EXCL_UNLINK = 0x04000000;
  public static final int IN_MASK_CREATE = 0x10000000;
  public static final int IN_MASK_ADD = 0x20000000;
  public static final int IN_ISDIR = 0x40000000;
  public static final int IN_ONESHOT = 1 << 31;

  // sys/resource.h
  public static final int RLIMIT_NOFILE = 7;

  // limits.h: the most iovecs of one call, and the most messages of one sendmmsg
  public static final int IOV_MAX = 1024;

  // sys/syscall.h; the same number on both architectures
  public static final long SYS_pidfd_open = 434;
  public static final long SYS_openat2 = 437;
  public static final long SYS_pidfd_getfd = 438;
  public static final long SYS_epoll_pwait2 = 441;

  // Sizes of structures, in bytes; see the man page of each.
  public static final int SIZEOF_POLLFD = 8;
  public static final int SIZEOF_IOVEC = 16;
  public static final int SIZEOF_TIMESPEC = 16;
  public static final int SIZEOF_TIMEVAL = 16;
  public static final int SIZEOF_ITIMERSPEC = 32;
  public static final int SIZEOF_RLIMIT = 16;
  public static final int SIZEOF_TERMIOS = 60;
  public static final int SIZEOF_LINGER = 8;
  public static final int SIZEOF_SOCKADDR_IN = 16;
  public static final int SIZEOF_SOCKADDR_IN6 = 28;
  public static final int SIZEOF_SOCKADDR_UN = 110;
  public static final int SIZEOF_SOCKADDR_STORAGE = 128;
  public static final int SIZEOF_MSGHDR = 56;
  public static final int SIZEOF_MMSGHDR = 64;
  public static final int SIZEOF_CMSGHDR = 16;
  public static final int SIZEOF_UCRED = 12;
  public static final int SIZEOF_IP_MREQN = 12;
  public static final int SIZEOF_IPV6_MREQ = 20;
  public static final int SIZEOF_IN_PKTINFO = 12;
  public static final int SIZEOF_IN6_PKTINFO = 20;
  public static final int SIZEOF_SIGSET = 128;
  public static final int SIZEOF_SIGNALFD_SIGINFO = 128;
  public static final int SIZEOF_INOTIFY_EVENT = 16;
  public static final int SIZEOF_OPEN_HOW = 24;
  public static final int SIZEOF_STATX = 256;

  /** What the kernel, unlike the C library, calls {@code sizeof(sigset_t)}. */
  public static final long KERNEL_SIGSET_SIZE = 8;

  private Linux() {}
}
