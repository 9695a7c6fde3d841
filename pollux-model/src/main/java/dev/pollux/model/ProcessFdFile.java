package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;

/** A pidfd: readable once the process has ended, hung up once nothing is left of it. */
final class ProcessFdFile implements File {

  static final int ENDED = Linux.EPOLLIN | Linux.EPOLLRDNORM;

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

  @Override
  public void released() {
    // The process goes on.
  }
}
