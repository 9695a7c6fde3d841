package dev.pollux.poll;

import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;

/**
 * A pipe: as a source it is its read end, readable when there are bytes or the write end is closed.
 *
 * <p>The write end is watched as {@code EventSource.of(pipe.writeFd())}: writable when there is
 * room, in error when the read end is closed. Read and write with {@link dev.pollux.sys.IoBuffer}.
 *
 * <p>Ownership: the source owns both descriptors; the closes are idempotent.
 *
 * <p>Threads: any; but a number got from {@link #readFd} or {@link #writeFd} is only good until
 * that end is closed, so whoever reads and writes by it must come to terms with whoever closes.
 *
 * <p>Blocking: never, both ends are non-blocking.
 *
 * <p>Source: pipe2(2), pipe(7).
 */
public final class Pipe implements EventSource, AutoCloseable {

  private final OwnedFd readEnd;
  private final OwnedFd writeEnd;

  private Pipe(Sys sys) throws SysException {
    this.readEnd = new OwnedFd(sys, "Pipe's read end");
    this.writeEnd = new OwnedFd(sys, "Pipe's write end");
    int[] fds = Sockets.pipe(sys, Linux.O_NONBLOCK | Linux.O_CLOEXEC);
    readEnd.take("pipe2()", fds[0]);
    writeEnd.take("pipe2()", fds[1]);
  }

  /** As {@link #open(Sys)}, on the running kernel. */
  public static Pipe open() throws SysException {
    return open(NativeSys.open());
  }

  /**
   * An empty pipe.
   *
   * @throws SysException EMFILE or ENFILE
   */
  public static Pipe open(Sys sys) throws SysException {
    return new Pipe(sys);
  }

  /** The read end, as {@link #readFd}. */
  @Override
  public int fd() {
    return readFd();
  }

  /**
   * The descriptor to read from.
   *
   * @throws IllegalStateException if the read end is closed
   */
  public int readFd() {
    return readEnd.number();
  }

  /**
   * The descriptor to write to.
   *
   * @throws IllegalStateException if the write end is closed
   */
  public int writeFd() {
    return writeEnd.number();
  }

  /** Closes the read end: writing fails with EPIPE from now on. */
  public void closeRead() {
    readEnd.close();
  }

  /** Closes the write end: after what was written, reading meets the end of the stream. */
  public void closeWrite() {
    writeEnd.close();
  }

  /** Closes the ends that are open. */
  @Override
  public void close() {
    writeEnd.close();
    readEnd.close();
  }

  @Override
  public String toString() {
    return "Pipe[" + readEnd + ", " + writeEnd + "]";
  }
}
