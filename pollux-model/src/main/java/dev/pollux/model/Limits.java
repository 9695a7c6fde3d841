package dev.pollux.model;

/**
 * The resource limits of a model kernel, and the sizes of its TCP buffers; start from {@link
 * #defaults}.
 *
 * <p>Immutable. Threads: any.
 */
public final class Limits {

  private static final Limits DEFAULTS = new Limits(20_000, 100_000, 1_000_000, 1 << 18, 1 << 17);

  private final int maxFds;
  private final int maxFiles;
  private final int maxUserWatches;
  private final int tcpSendBytes;
  private final int tcpReceiveBytes;

  private Limits(
      int maxFds, int maxFiles, int maxUserWatches, int tcpSendBytes, int tcpReceiveBytes) {
    this.maxFds = positive("maxFds", maxFds);
    this.maxFiles = positive("maxFiles", maxFiles);
    this.maxUserWatches = positive("maxUserWatches", maxUserWatches);
    this.tcpSendBytes = positive("tcpSendBytes", tcpSendBytes);
    this.tcpReceiveBytes = positive("tcpReceiveBytes", tcpReceiveBytes);
  }

  /** Enough for anything but a test of the limits. */
  public static Limits defaults() {
    return DEFAULTS;
  }

  /** These limits with another one for descriptors. */
  public Limits withMaxFds(int count) {
    return new Limits(count, maxFiles, maxUserWatches, tcpSendBytes, tcpReceiveBytes);
  }

  /** RLIMIT_NOFILE at the start, soft and hard: a descriptor more is EMFILE. By default 20,000. */
  public int maxFds() {
    return maxFds;
  }

  /** These limits with another one for open file descriptions. */
  public Limits withMaxFiles(int count) {
    return new Limits(maxFds, count, maxUserWatches, tcpSendBytes, tcpReceiveBytes);
  }

  /** Open file descriptions in the whole kernel: one more is ENFILE. By default 100,000. */
  public int maxFiles() {
    return maxFiles;
  }

  /** These limits with another one for epoll registrations. */
  public Limits withMaxUserWatches(int count) {
    return new Limits(maxFds, maxFiles, count, tcpSendBytes, tcpReceiveBytes);
  }

  /** Epoll registrations in the whole kernel: one more is ENOSPC. By default 1,000,000. */
  public int maxUserWatches() {
    return maxUserWatches;
  }

  /** These limits with another size of the send buffer of a TCP connection. */
  public Limits withTcpSendBytes(int bytes) {
    return new Limits(maxFds, maxFiles, maxUserWatches, bytes, tcpReceiveBytes);
  }

  /**
   * What a TCP connection holds of bytes that its peer has not, unless SO_SNDBUF is set. By default
   * 262,144. Linux makes it 3,939,840 for a connection on loopback, headers and unused space
   * included; here bytes count, and nothing else. With the peer's receive buffer this is what can
   * be written until EAGAIN.
   */
  public int tcpSendBytes() {
    return tcpSendBytes;
  }

  /** These limits with another size of the receive buffer of a TCP socket. */
  public Limits withTcpReceiveBytes(int bytes) {
    return new Limits(maxFds, maxFiles, maxUserWatches, tcpSendBytes, bytes);
  }

  /**
   * What a TCP socket holds of bytes that were not read, unless SO_RCVBUF or SO_RCVLOWAT is set. By
   * default 131,072, as in Linux, where it grows under load to 33,554,432; here it does not.
   */
  public int tcpReceiveBytes() {
    return tcpReceiveBytes;
  }

  @Override
  public String toString() {
    return "Limits[maxFds=%d, maxFiles=%d, maxUserWatches=%d, tcpSendBytes=%d, tcpReceiveBytes=%d]"
        .formatted(maxFds, maxFiles, maxUserWatches, tcpSendBytes, tcpReceiveBytes);
  }

  private static int positive(String what, int count) {
    if (count < 1) {
      throw new IllegalArgumentException(what + ": " + count + " is less than 1");
    }
    return count;
  }
}
