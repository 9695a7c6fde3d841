package dev.pollux.model;

/**
 * The resource limits of a model kernel, each with a test at the limit; start from {@link
 * #defaults}.
 *
 * <p>Immutable. Threads: any.
 */
public final class Limits {

  private static final Limits DEFAULTS = new Limits(20_000, 100_000, 1_000_000);

  private final int maxFds;
  private final int maxFiles;
  private final int maxUserWatches;

  private Limits(int maxFds, int maxFiles, int maxUserWatches) {
    this.maxFds = positive("maxFds", maxFds);
    this.maxFiles = positive("maxFiles", maxFiles);
    this.maxUserWatches = positive("maxUserWatches", maxUserWatches);
  }

  /** Enough for anything but a test of the limits. */
  public static Limits defaults() {
    return DEFAULTS;
  }

  /** These limits with another one for descriptors. */
  public Limits withMaxFds(int count) {
    return new Limits(count, maxFiles, maxUserWatches);
  }

  /** RLIMIT_NOFILE at the start, soft and hard: a descriptor more is EMFILE. By default 20,000. */
  public int maxFds() {
    return maxFds;
  }

  /** These limits with another one for open file descriptions. */
  public Limits withMaxFiles(int count) {
    return new Limits(maxFds, count, maxUserWatches);
  }

  /** Open file descriptions in the whole kernel: one more is ENFILE. By default 100,000. */
  public int maxFiles() {
    return maxFiles;
  }

  /** These limits with another one for epoll registrations. */
  public Limits withMaxUserWatches(int count) {
    return new Limits(maxFds, maxFiles, count);
  }

  /** Epoll registrations in the whole kernel: one more is ENOSPC. By default 1,000,000. */
  public int maxUserWatches() {
    return maxUserWatches;
  }

  @Override
  public String toString() {
    return "Limits[maxFds=%d, maxFiles=%d, maxUserWatches=%d]"
        .formatted(maxFds, maxFiles, maxUserWatches);
  }

  private static int positive(String what, int count) {
    if (count < 1) {
      throw new IllegalArgumentException(what + ": " + count + " is less than 1");
    }
    return count;
  }
}
