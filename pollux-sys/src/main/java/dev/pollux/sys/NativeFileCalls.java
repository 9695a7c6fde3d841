package dev.pollux.sys;

/**
 * {@link FileCalls} as downcalls into the C library. The addresses of the functions stand in {@link
 * FileFunctions}.
 */
interface NativeFileCalls extends FileCalls {

  @Override
  default int read(int fd, long bufAddress, long count) {
    return Libc.call(FileFunctions.READ, fd, bufAddress, count);
  }

  @Override
  default int pread(int fd, long bufAddress, long count, long offset) {
    return Libc.call(FileFunctions.PREAD, fd, bufAddress, count, offset);
  }

  @Override
  default int write(int fd, long bufAddress, long count) {
    return Libc.call(FileFunctions.WRITE, fd, bufAddress, count);
  }

  @Override
  default int readv(int fd, long iovecsAddress, int count) {
    return Libc.call(FileFunctions.READV, fd, iovecsAddress, count);
  }

  @Override
  default int writev(int fd, long iovecsAddress, int count) {
    return Libc.call(FileFunctions.WRITEV, fd, iovecsAddress, count);
  }

  @Override
  default int sendfile(int outFd, int inFd, long offsetAddress, long count) {
    return Libc.call(FileFunctions.SENDFILE, outFd, inFd, offsetAddress, count);
  }

  @Override
  default int open(long pathAddress, int flags, int mode) {
    return Libc.callVariadic(FileFunctions.OPEN, pathAddress, flags, mode);
  }

  @Override
  default int close(int fd) {
    return Libc.call(FileFunctions.CLOSE, fd);
  }

  @Override
  default int pipe2(long fdsAddress, int flags) {
    return Libc.call(FileFunctions.PIPE2, fdsAddress, flags);
  }

  @Override
  default int dup(int fd) {
    return Libc.call(FileFunctions.DUP, fd);
  }

  @Override
  default int dup3(int fd, int newFd, int flags) {
    return Libc.call(FileFunctions.DUP3, fd, newFd, flags);
  }

  @Override
  default int fcntl(int fd, int command, long argument) {
    return Libc.callVariadic(FileFunctions.FCNTL, fd, command, argument);
  }

  @Override
  default int ioctl(int fd, long request, long argumentAddress) {
    return Libc.callVariadic(FileFunctions.IOCTL, fd, request, argumentAddress);
  }

  @Override
  default int getrlimit(int resource, long rlimitAddress) {
    return Libc.call(FileFunctions.GETRLIMIT, resource, rlimitAddress);
  }

  @Override
  default int setrlimit(int resource, long rlimitAddress) {
    return Libc.call(FileFunctions.SETRLIMIT, resource, rlimitAddress);
  }
}
