package dev.pollux.lab.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What older kernels are known to do in another way than Linux 6.18, which the model is made after:
 * all that programs have met on 5.10, 6.1 and 6.12. A program that comes to such a place ends there
 * without a verdict. On 6.18 and later nothing is explained: each difference is one.
 *
 * <p>The list is printed in {@code docs/older-kernels.md}, which a test holds to it.
 *
 * <p>Threads: one.
 */
final class OlderKernels {
  private static final Path RELEASE = Path.of("/proc/sys/kernel/osrelease");
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+).*", Pattern.DOTALL);
  private static final int MINORS = 1000; // more than any major version has

  private static final Set<Kind> WAITS = EnumSet.of(Kind.WAIT, Kind.PWAIT, Kind.PWAIT2);
  private static final Set<Kind> NAMES = EnumSet.of(Kind.BIND, Kind.TO, Kind.UNLINK, Kind.SENDTO);

  /**
   * A way in which kernels changed.
   *
   * @param words what older ones do, in words
   * @param last the newest kernel that was seen to do so, as a {@link #version}
   * @param kinds the operations by which it is seen
   * @param results what the older one says, and the newer one
   */
  record Change(String words, int last, Set<Kind> kinds, Pattern results) {}

  /** All that is known. */
  static final List<Change> CHANGES =
      List.of(
          new Change(
              "`epoll_pwait2` is missing: ENOSYS. The poller then calls `epoll_wait`, and its"
                  + " timeouts are milliseconds",
              version(5, 10),
              EnumSet.of(Kind.PWAIT2),
              Pattern.compile("ENOSYS.*")),
          new Change(
              "`bind` of a Unix socket makes the file before it looks at the socket: one that is"
                  + " bound already leaves a file at the second path, or says EADDRINUSE and not"
                  + " EINVAL if there is one",
              version(5, 10),
              NAMES,
              Pattern.compile("EADDRINUSE / (0|EINVAL)|ECONNREFUSED / ENOENT|0 / ENOENT")),
          new Change(
              "`epoll_wait` looks at maxevents and the memory before the descriptor: EINVAL and not"
                  + " EBADF if both are wrong",
              version(6, 12),
              WAITS,
              Pattern.compile("EINVAL.* / EBADF.*")),
          new Change(
              "a write of more than 8 bytes to an eventfd takes 8 of them; now it is EINVAL",
              version(6, 1),
              EnumSet.of(Kind.WRITE, Kind.FILL),
              Pattern.compile(
                  "(8|EAGAIN|) / EINVAL|EINVAL after \\d+ bytes / EINVAL after 0 bytes")),
          new Change(
              "how much a full TCP connection takes again once it was emptied is counted in another"
                  + " way: it is full where newer ones take a little more",
              version(5, 10),
              EnumSet.of(Kind.LOAD),
              Pattern.compile("EAGAIN / 0")),
          new Change(
              "SO_REUSEPORT is taken by sockets that have no use for it; now that is EOPNOTSUPP",
              version(5, 10),
              EnumSet.of(Kind.REUSE),
              Pattern.compile("0 / EOPNOTSUPP")),
          new Change(
              "SO_PASSCRED is taken by sockets that have no use for it; now that is EOPNOTSUPP",
              version(6, 12),
              EnumSet.of(Kind.SETOPT, Kind.GETOPT),
              Pattern.compile("0.* / EOPNOTSUPP.*")),
          new Change(
              "a send on a Unix datagram socket without a peer announces nothing; now ENOTCONN"
                  + " comes after the memory for it was taken and given back, which announces room"
                  + " again",
              version(5, 10),
              EnumSet.of(Kind.WRITE, Kind.SEND, Kind.SENDMSG, Kind.FILL),
              Pattern.compile("ENOTCONN.* / ENOTCONN.*"))); // the same; what follows is not

  private final List<Change> changes;
  private final Set<String> met = new TreeSet<>();

  private OlderKernels(List<Change> changes) {
    this.changes = changes;
  }

  /** Of the kernel that runs. */
  static OlderKernels running() {
    try {
      return of(Files.readString(RELEASE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of a kernel by its release, such as {@code 5.10.0-32-cloud-amd64}. */
  static OlderKernels of(String release) {
    Matcher matcher = VERSION.matcher(release);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("a kernel's release is no version: " + release);
    }
    int version = version(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    List<Change> changes = new ArrayList<>(CHANGES);
    changes.removeIf(change -> change.last < version);
    return new OlderKernels(changes);
  }

  /** A version as a number that orders. */
  private static int version(int major, int minor) {
    return major * MINORS + minor;
  }

  /**
   * Whether two results of an operation, in words, differ because the oracle is an old kernel; or
   * are the same, and what comes of them differs.
   */
  boolean explain(Kind kind, String expected, String actual) {
    for (Change change : changes) {
      if (change.kinds.contains(kind)
          && change.results.matcher(expected + " / " + actual).matches()) {
        met.add(change.words);
        return true;
      }
    }
    return false;
  }

  /** Whether the kernel does anything in another way. */
  boolean isOlder() {
    return !changes.isEmpty();
  }

  /** What has explained something so far, in words. */
  Set<String> met() {
    return met;
  }
}
