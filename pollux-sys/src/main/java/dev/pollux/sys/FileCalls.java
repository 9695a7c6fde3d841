package dev.pollux.sys;

/**
 * Calls on files and their names, and on descriptors of any kind: reading, writing, duplicating,
 * closing, limits.
 */
public interface FileCalls {

  /** {@code read(2)}: up to {@code count} bytes; 0 is the end of the stream. */
  default int read(int fd, long bufAddress, long count) {
    return -Errno.ENOSYS;
  }

  /** {@code pread(2)}: as {@code read}, from an offset; the file's own position stays. */
  default int pread(int fd, long bufAddress, long count, long offset) {
    return -Errno.ENOSYS;
  }

  /** {@code write(2)}: up to {@code count} bytes. SIGPIPE is ignored by the JVM: expect EPIPE. */
  default int write(int fd, long bufAddress, long count) {
    return -Errno.ENOSYS;
  }

  /** {@code pwrite(2)}: as {@code write}, to an offset; the file's own position stays. */
  default int pwrite(int fd, long bufAddress, long count, long offset) {
    return -Errno.ENOSYS;
  }

  /** {@code readv(2)} into {@code count} {@code struct iovec}. */
  default int readv(int fd, long iovecsAddress, int count) {
    return -Errno.ENOSYS;
  }

  /** {@code writev(2)} from {@code count} {@code struct iovec}. */
  default int writev(int fd, long iovecsAddress, int count) {
    return -Errno.ENOSYS;
  }

  /** {@code sendfile(2)}; {@code offsetAddress} names an {@code off_t}, or 0 for the file's own. */
  default int sendfile(int outFd, int inFd, long offsetAddress, long count) {
    return -Errno.ENOSYS;
  }

  /** {@code open(2)} of a NUL-terminated path. */
  default int open(long pathAddress, int flags, int mode) {
    return -Errno.ENOSYS;
  }

  /**
   * {@code openat2(2)} of a NUL-terminated path, from a folder, as a {@code struct open_how} says.
   * Linux 5.6; a call of the kernel's without a function of the C library.
   */
  default int openat2(int folderFd, long pathAddress, long openHowAddress, long sizeBytes) {
    return -Errno.ENOSYS;
  }

  /**
   * {@code statx(2)} into a {@code struct statx}, whose layout is the same everywhere. Linux 4.11,
   * and a C library that has it: see {@code docs/symbols.md}.
   */
  default int statx(int folderFd, long pathAddress, int flags, int mask, long statxAddress) {
    return -Errno.ENOSYS;
  }

  /** {@code unlink(2)} of a NUL-terminated path. */
  default int unlink(long pathAddress) {
    return -Errno.ENOSYS;
  }

  /** {@code rename(2)}: a file that has the new path already loses it. */
  default int rename(long oldPathAddress, long newPathAddress) {
    return -Errno.ENOSYS;
  }

  /** {@code mkdir(2)}. */
  default int mkdir(long pathAddress, int mode) {
    return -Errno.ENOSYS;
  }

  /** {@code rmdir(2)} of an empty directory. */
  default int rmdir(long pathAddress) {
    return -Errno.ENOSYS;
  }

  /** {@code close(2)}. After -EINTR the descriptor is closed all the same: never retry. */
  default int close(int fd) {
    return -Errno.ENOSYS;
  }

  /** {@code pipe2(2)}: writes two {@code int} descriptors, read end first. */
  default int pipe2(long fdsAddress, int flags) {
    return -Errno.ENOSYS;
  }

  /** {@code dup(2)}. */
  default int dup(int fd) {
    return -Errno.ENOSYS;
  }

  /** {@code dup3(2)}. */
  default int dup3(int fd, int newFd, int flags) {
    return -Errno.ENOSYS;
  }

  /** {@code fcntl(2)} with an integer argument. */
  default int fcntl(int fd, int command, long argument) {
    return -Errno.ENOSYS;
  }

  /** {@code ioctl(2)} with a pointer argument. */
  default int ioctl(int fd, long request, long argumentAddress) {
    return -Errno.ENOSYS;
  }

  /** {@code getrlimit(2)} into a {@code struct rlimit}. */
  default int getrlimit(int resource, long rlimitAddress) {
    return -Errno.ENOSYS;
  }

  /** {@code setrlimit(2)} from a {@code struct rlimit}. */
  default int setrlimit(int resource, long rlimitAddress) {
    return -Errno.ENOSYS;
  }
}
