package dev.pollux.sys;

/**
 * Calls on sockets. Addresses are {@code struct sockaddr} in native memory: see {@code SockAddr}.
 */
public interface SocketCalls {

  /** {@code socket(2)}. */
  int socket(int domain, int type, int protocol);

  /** {@code socketpair(2)}: writes two {@code int} descriptors. */
  int socketpair(int domain, int type, int protocol, long fdsAddress);

  /** {@code bind(2)}. */
  int bind(int fd, long sockaddrAddress, int length);

  /** {@code listen(2)}. */
  int listen(int fd, int backlog);

  /** {@code accept4(2)}; both addresses may be 0. */
  int accept4(int fd, long sockaddrAddress, long lengthAddress, int flags);

  /** {@code connect(2)}. */
  int connect(int fd, long sockaddrAddress, int length);

  /** {@code shutdown(2)}. */
  int shutdown(int fd, int how);

  /** {@code recv(2)}. */
  int recv(int fd, long bufAddress, long count, int flags);

  /** {@code send(2)}. */
  int send(int fd, long bufAddress, long count, int flags);

  /** {@code recvfrom(2)}; both addresses of the peer may be 0. */
  int recvfrom(
      int fd, long bufAddress, long count, int flags, long sockaddrAddress, long lengthAddress);

  /** {@code sendto(2)}. */
  int sendto(int fd, long bufAddress, long count, int flags, long sockaddrAddress, int length);

  /** {@code recvmsg(2)} with a {@code struct msghdr}. */
  int recvmsg(int fd, long msghdrAddress, int flags);

  /** {@code sendmsg(2)} with a {@code struct msghdr}. */
  int sendmsg(int fd, long msghdrAddress, int flags);

  /**
   * {@code recvmmsg(2)} into {@code count} {@code struct mmsghdr}: how many messages came, or an
   * error if there was one before the first. An error after the first is kept for the next call.
   * The timeout is looked at only after each message; its address may be 0.
   */
  int recvmmsg(int fd, long mmsghdrsAddress, int count, int flags, long timespecAddress);

  /**
   * {@code sendmmsg(2)} from {@code count} {@code struct mmsghdr}: how many messages went, at most
   * {@link Linux#IOV_MAX}, or an error if there was one before the first. An error after the first
   * is not told: the next call, which begins there, meets it again.
   */
  int sendmmsg(int fd, long mmsghdrsAddress, int count, int flags);

  /** {@code getsockopt(2)}. */
  int getsockopt(int fd, int level, int name, long valueAddress, long lengthAddress);

  /** {@code setsockopt(2)}. */
  int setsockopt(int fd, int level, int name, long valueAddress, int length);

  /** {@code getsockname(2)}. */
  int getsockname(int fd, long sockaddrAddress, long lengthAddress);

  /** {@code getpeername(2)}. */
  int getpeername(int fd, long sockaddrAddress, long lengthAddress);
}
