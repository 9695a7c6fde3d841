package dev.pollux.sys;

/** Calls on descriptors of any kind: reading, writing, duplicating, closing, limits. */
public interface FileCalls {

  /** {@code read(2)}: up to {@code count} bytes; 0 is the end of the stream. */
  int read(int fd, long bufAddress, long count);

  /** {@code pread(2)}: as {@code read}, from an offset; the file's own position stays. */
  int pread(int fd, long bufAddress, long count, long offset);

  /** {@code write(2)}: up to {@code count} bytes. SIGPIPE is ignored by the JVM: expect EPIPE. */
  int write(int fd, long bufAddress, long count);

  /** {@code readv(2)} into {@code count} {@code struct iovec}. */
  int readv(int fd, long iovecsAddress, int count);

  /** {@code writev(2)} from {@code count} {@code struct iovec}. */
  int writev(int fd, long iovecsAddress, int count);

  /** {@code sendfile(2)}; {@code offsetAddress} names an {@code off_t}, or 0 for the file's own. */
  int sendfile(int outFd, int inFd, long offsetAddress, long count);

  /** {@code open(2)} of a NUL-terminated path. */
  int open(long pathAddress, int flags, int mode);

  /** {@code close(2)}. After -EINTR the descriptor is closed all the same: never retry. */
  int close(int fd);

  /** {@code pipe2(2)}: writes two {@code int} descriptors, read end first. */
  int pipe2(long fdsAddress, int flags);

  /** {@code dup(2)}. */
  int dup(int fd);

  /** {@code dup3(2)}. */
  int dup3(int fd, int newFd, int flags);

  /** {@code fcntl(2)} with an integer argument. */
  int fcntl(int fd, int command, long argument);

  /** {@code ioctl(2)} with a pointer argument. */
  int ioctl(int fd, long request, long argumentAddress);

  /** {@code getrlimit(2)} into a {@code struct rlimit}. */
  int getrlimit(int resource, long rlimitAddress);

  /** {@code setrlimit(2)} from a {@code struct rlimit}. */
  int setrlimit(int resource, long rlimitAddress);
}
