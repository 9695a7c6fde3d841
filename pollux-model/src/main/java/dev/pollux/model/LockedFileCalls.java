package dev.pollux.model;

import dev.pollux.sys.FileCalls;

/** The calls on descriptors, each from entry to return under the kernel's lock. */
final class LockedFileCalls implements FileCalls {

  private final Kernel kernel;
  private final FileOps files;

  LockedFileCalls(Kernel kernel, FileOps files) {
    this.kernel = kernel;
    this.files = files;
  }

  @Override
  public int read(int fd, long bufAddress, long count) {
    kernel.enter();
    try {
      return files.read(fd, bufAddress, count);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int pread(int fd, long bufAddress, long count, long offset) {
    kernel.enter();
    try {
      return files.pread(fd, bufAddress, count, offset);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int write(int fd, long bufAddress, long count) {
    kernel.enter();
    try {
      return files.write(fd, bufAddress, count);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int readv(int fd, long iovecsAddress, int count) {
    kernel.enter();
    try {
      return files.readv(fd, iovecsAddress, count);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int writev(int fd, long iovecsAddress, int count) {
    kernel.enter();
    try {
      return files.writev(fd, iovecsAddress, count);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int sendfile(int outFd, int inFd, long offsetAddress, long count) {
    kernel.enter();
    try {
      return files.sendfile(outFd, inFd, offsetAddress, count);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int open(long pathAddress, int flags, int mode) {
    kernel.enter();
    try {
      return files.open(pathAddress, flags);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int close(int fd) {
    kernel.enter();
    try {
      return files.close(fd);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int pipe2(long fdsAddress, int flags) {
    kernel.enter();
    try {
      return files.pipe2(fdsAddress, flags);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int dup(int fd) {
    kernel.enter();
    try {
      return files.dup(fd);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int dup3(int fd, int newFd, int flags) {
    kernel.enter();
    try {
      return files.dup3(fd, newFd, flags);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int fcntl(int fd, int command, long argument) {
    kernel.enter();
    try {
      return files.fcntl(fd, command, argument);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int ioctl(int fd, long request, long argumentAddress) {
    kernel.enter();
    try {
      return files.ioctl(fd, request, argumentAddress);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int getrlimit(int resource, long rlimitAddress) {
    kernel.enter();
    try {
      return files.getrlimit(resource, rlimitAddress);
    } finally {
      kernel.exit();
    }
  }

  @Override
  public int setrlimit(int resource, long rlimitAddress) {
    kernel.enter();
    try {
      return files.setrlimit(resource, rlimitAddress);
    } finally {
      kernel.exit();
    }
  }
}
