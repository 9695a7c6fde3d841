package dev.pollux.model;

/**
 * The resource limits of a model kernel, each with a test at the limit.
 *
 * @param maxFds RLIMIT_NOFILE at the start, soft and hard: a descriptor more is EMFILE
 * @param maxFiles open file descriptions in the whole kernel: one more is ENFILE
 * @param maxUserWatches epoll registrations in the whole kernel: one more is ENOSPC
 */
public record Limits(int maxFds, int maxFiles, int maxUserWatches) {

  private static final int DEFAULT_FDS = 20_000;
  private static final int DEFAULT_FILES = 100_000;
  private static final int DEFAULT_WATCHES = 1_000_000;

  /** Checks that all are positive. */
  public Limits {
    if (maxFds <= 0 || maxFiles <= 0 || maxUserWatches <= 0) {
      throw new IllegalArgumentException("a limit that is not positive: " + maxFds);
    }
  }

  /** Enough for anything but a test of the limits. */
  public static Limits defaults() {
    return new Limits(DEFAULT_FDS, DEFAULT_FILES, DEFAULT_WATCHES);
  }

  /** These limits with another one for descriptors. */
  public Limits withMaxFds(int count) {
    return new Limits(count, maxFiles, maxUserWatches);
  }

  /** These limits with another one for open file descriptions. */
  public Limits withMaxFiles(int count) {
    return new Limits(maxFds, count, maxUserWatches);
  }

  /** These limits with another one for epoll registrations. */
  public Limits withMaxUserWatches(int count) {
    return new Limits(maxFds, maxFiles, count);
  }
}
