package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;

/** A pidfd: readable once the process has ended, hung up once nothing is left of it. */
final class ProcessFdFile implements File {

  static final int ENDED = Linux.EPOLLIN | Linux.EPOLLRDNORM;

  /**
   * {@code _IOWR(0xFF, 11, struct pidfd_info)} of linux/pidfd.h, whose first version has 64 bytes.
   */
  static final long GET_INFO = 0xC040_FF0BL;

  private static final int INFO_BYTES = 64;
  private static final int EXIT_CODE = 60;
  private static final long INFO_EXIT = 1 << 3;

  private final Processes.ProcessState process;

  ProcessFdFile(Processes.ProcessState process) {
    this.process = process;
  }

  @Override
  public String kind() {
    return "pidfd";
  }

  @Override
  public int poll() {
    return (process.hasEnded ? ENDED : 0) | (process.isReaped ? Linux.EPOLLHUP : 0);
  }

  @Override
  public boolean canBeRead() {
    return false;
  }

  @Override
  public boolean canBeWritten() {
    return false;
  }

  @Override
  public WaitQueue queue() {
    return process.queue;
  }

  @Override
  public int read(Span to) {
    return -Errno.EINVAL;
  }

  @Override
  public int write(Span from) {
    return -Errno.EINVAL;
  }

  /** Tells how it has ended, once nothing is left of it. Source: pidfd_info of fs/pidfs.c. */
  int info(Memory memory, long address) {
    if (!memory.valid(address, INFO_BYTES)) {
      return -Errno.EFAULT;
    }
    boolean isTold = process.isReaped && (memory.getLong(address) & INFO_EXIT) != 0;
    if (process.isReaped && !isTold) {
      return -Errno.ESRCH;
    }
    memory.setLong(address, isTold ? INFO_EXIT : 0);
    memory.setInt(address + EXIT_CODE, process.status);
    return 0;
  }

  @Override
  public void released() {
    // The process goes on.
  }
}
