package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.FileCalls;

/** The calls on descriptors, each from entry to return under the kernel's lock. */
sealed interface LockedFileCalls extends FileCalls permits ModelSys {

  private Kernel kernel() {
    return ((ModelSys) this).kernel;
  }

  private FileOps files() {
    return ((ModelSys) this).files;
  }

  private PathOps paths() {
    return ((ModelSys) this).paths;
  }

  @Override
  default int read(int fd, long bufAddress, long count) {
    try (Kernel.Inside _ = kernel().enter()) {
      return files().read(fd, bufAddress, count);
    }
  }

  @Override
  default int pread(int fd, long bufAddress, long count, long offset) {
    try (Kernel.Inside _ = kernel().enter()) {
      return files().pread(fd, bufAddress, count, offset);
    } catch (BadAddressException e) {
      return -Errno.EFAULT;
    }
  }

  @Override
  default int write(int fd, long bufAddress, long count) {
    try (Kernel.Inside _ = kernel().enter()) {
      return files().write(fd, bufAddress, count);
    }
  }

  @Override
  default int pwrite(int fd, long bufAddress, long count, long offset) {
    try (Kernel.Inside _ = kernel().enter()) {
      return files().pwrite(fd, bufAddress, count, offset);
    } catch (BadAddressException e) {
      return -Errno.EFAULT;
    }
  }

  @Override
  default int readv(int fd, long iovecsAddress, int count) {
    try (Kernel.Inside _ = kernel().enter()) {
      return files().readv(fd, iovecsAddress, count);
    }
  }

  @Override
  default int writev(int fd, long iovecsAddress, int count) {
    try (Kernel.Inside _ = kernel().enter()) {
      return files().writev(fd, iovecsAddress, count);
    }
  }

  @Override
  default int sendfile(int outFd, int inFd, long offsetAddress, long count) {
    try (Kernel.Inside _ = kernel().enter()) {
      return files().sendfile(outFd, inFd, offsetAddress, count);
    }
  }

  @Override
  default int open(long pathAddress, int flags, int mode) {
    try (Kernel.Inside _ = kernel().enter()) {
      return paths().open(pathAddress, flags, mode);
    }
  }

  @Override
  default int openat2(int folderFd, long pathAddress, long openHowAddress, long sizeBytes) {
    try (Kernel.Inside _ = kernel().enter()) {
      return paths().openat2(folderFd, pathAddress, openHowAddress, sizeBytes);
    }
  }

  @Override
  default int statx(int folderFd, long pathAddress, int flags, int mask, long statxAddress) {
    try (Kernel.Inside _ = kernel().enter()) {
      return paths().statx(folderFd, pathAddress, flags, mask, statxAddress);
    }
  }

  @Override
  default int unlink(long pathAddress) {
    try (Kernel.Inside _ = kernel().enter()) {
      return paths().unlink(pathAddress);
    }
  }

  @Override
  default int rename(long oldPathAddress, long newPathAddress) {
    try (Kernel.Inside _ = kernel().enter()) {
      return paths().rename(oldPathAddress, newPathAddress);
    }
  }

  @Override
  default int mkdir(long pathAddress, int mode) {
    try (Kernel.Inside _ = kernel().enter()) {
      return paths().mkdir(pathAddress, mode);
    }
  }

  @Override
  default int rmdir(long pathAddress) {
    try (Kernel.Inside _ = kernel().enter()) {
      return paths().rmdir(pathAddress);
    }
  }

  @Override
  default int close(int fd) {
    try (Kernel.Inside _ = kernel().enter()) {
      return files().close(fd);
    }
  }

  @Override
  default int pipe2(long fdsAddress, int flags) {
    try (Kernel.Inside _ = kernel().enter()) {
      return files().pipe2(fdsAddress, flags);
    }
  }

  @Override
  default int dup(int fd) {
    try (Kernel.Inside _ = kernel().enter()) {
      return files().dup(fd);
    }
  }

  @Override
  default int dup3(int fd, int newFd, int flags) {
    try (Kernel.Inside _ = kernel().enter()) {
      return files().dup3(fd, newFd, flags);
    }
  }

  @Override
  default int fcntl(int fd, int command, long argument) {
    try (Kernel.Inside _ = kernel().enter()) {
      return files().fcntl(fd, command, argument);
    }
  }

  @Override
  default int ioctl(int fd, long request, long argumentAddress) {
    try (Kernel.Inside _ = kernel().enter()) {
      return files().ioctl(fd, request, argumentAddress);
    }
  }

  @Override
  default int getrlimit(int resource, long rlimitAddress) {
    try (Kernel.Inside _ = kernel().enter()) {
      return files().getrlimit(resource, rlimitAddress);
    }
  }

  @Override
  default int setrlimit(int resource, long rlimitAddress) {
    try (Kernel.Inside _ = kernel().enter()) {
      return files().setrlimit(resource, rlimitAddress);
    }
  }
}
