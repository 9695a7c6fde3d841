package dev.pollux.sys;

/**
 * Calls on sockets. Addresses are {@code struct sockaddr} in native memory: see {@code SockAddr}.
 */
public interface SocketCalls {

  /** {@code socket(2)}. */
  default int socket(int domain, int type, int protocol) {
    return -Errno.ENOSYS;
  }

  /** {@code socketpair(2)}: writes two {@code int} descriptors. */
  default int socketpair(int domain, int type, int protocol, long fdsAddress) {
    return -Errno.ENOSYS;
  }

  /** {@code bind(2)}. */
  default int bind(int fd, long sockaddrAddress, int length) {
    return -Errno.ENOSYS;
  }

  /** {@code listen(2)}. */
  default int listen(int fd, int backlog) {
    return -Errno.ENOSYS;
  }

  /** {@code accept4(2)}; both addresses may be 0. */
  default int accept4(int fd, long sockaddrAddress, long lengthAddress, int flags) {
    return -Errno.ENOSYS;
  }

  /** {@code connect(2)}. */
  default int connect(int fd, long sockaddrAddress, int length) {
    return -Errno.ENOSYS;
  }

  /** {@code shutdown(2)}. */
  default int shutdown(int fd, int how) {
    return -Errno.ENOSYS;
  }

  /** {@code recv(2)}. */
  default int recv(int fd, long bufAddress, long count, int flags) {
    return -Errno.ENOSYS;
  }

  /** {@code send(2)}. */
  default int send(int fd, long bufAddress, long count, int flags) {
    return -Errno.ENOSYS;
  }

  /** {@code recvfrom(2)}; both addresses of the peer may be 0. */
  default int recvfrom(
      int fd, long bufAddress, long count, int flags, long sockaddrAddress, long lengthAddress) {
    return -Errno.ENOSYS;
  }

  /** {@code sendto(2)}. */
  default int sendto(
      int fd, long bufAddress, long count, int flags, long sockaddrAddress, int length) {
    return -Errno.ENOSYS;
  }

  /** {@code recvmsg(2)} with a {@code struct msghdr}. */
  default int recvmsg(int fd, long msghdrAddress, int flags) {
    return -Errno.ENOSYS;
  }

  /** {@code sendmsg(2)} with a {@code struct msghdr}. */
  default int sendmsg(int fd, long msghdrAddress, int flags) {
    return -Errno.ENOSYS;
  }

  /**
   * {@code recvmmsg(2)} into {@code count} {@code struct mmsghdr}: how many messages came, or an
   * error if there was one before the first. An error after the first is kept for the next call.
   * The timeout is looked at only after each message; its address may be 0.
   */
  default int recvmmsg(int fd, long mmsghdrsAddress, int count, int flags, long timespecAddress) {
    return -Errno.ENOSYS;
  }

  /**
   * {@code sendmmsg(2)} from {@code count} {@code struct mmsghdr}: how many messages went, at most
   * {@link Linux#IOV_MAX}, or an error if there was one before the first. An error after the first
   * is not told: the next call, which begins there, meets it again.
   */
  default int sendmmsg(int fd, long mmsghdrsAddress, int count, int flags) {
    return -Errno.ENOSYS;
  }

  /** {@code getsockopt(2)}. */
  default int getsockopt(int fd, int level, int name, long valueAddress, long lengthAddress) {
    return -Errno.ENOSYS;
  }

  /** {@code setsockopt(2)}. */
  default int setsockopt(int fd, int level, int name, long valueAddress, int length) {
    return -Errno.ENOSYS;
  }

  /** {@code getsockname(2)}. */
  default int getsockname(int fd, long sockaddrAddress, long lengthAddress) {
    return -Errno.ENOSYS;
  }

  /** {@code getpeername(2)}. */
  default int getpeername(int fd, long sockaddrAddress, long lengthAddress) {
    return -Errno.ENOSYS;
  }
}
