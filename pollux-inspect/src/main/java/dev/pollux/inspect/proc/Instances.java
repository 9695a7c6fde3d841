package dev.pollux.inspect.proc;

import dev.pollux.inspect.EpollItem;
import dev.pollux.inspect.proc.Holders.Holder;
import dev.pollux.sys.Sys;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which descriptors are of one epoll instance: by a duplicate, or over a fork. Nothing is copied
 * for that.
 *
 * <p>Source: kcmp(2), for which the right to attach is needed; without it, equal lists may be one.
 */
public final class Instances {

  private static final int KCMP_FILE = 0;

  private static final int KCMP_FILES = 2;

  private final Sys sys;

  /** By this kernel. */
  public Instances(Sys sys) {
    this.sys = sys;
  }

  /** Whether two descriptors are of one open file; null if that may not be known. */
  public @Nullable Boolean isSame(long pid, int fd, long otherPid, int otherFd) {
    int result = sys.kcmp((int) pid, (int) otherPid, KCMP_FILE, fd, otherFd);
    return result < 0 ? null : result == 0;
  }

  /** Whether a thread may have descriptors that the others have not. */
  public boolean mayBeApart(long pid, int tid) {
    return tid != pid && sys.kcmp((int) pid, tid, KCMP_FILES, 0, 0) != 0;
  }

  /**
   * The other processes that have an instance, or may have it, each once.
   *
   * @param items its list, by which it may be known where the kernel does not tell
   */
  public List<Holder> sharers(Holders holders, long pid, int epfd, List<EpollItem> items) {
    List<Holder> sharers = new ArrayList<>();
    for (Holder each : holders.epolls()) {
      boolean isKnown = sharers.stream().anyMatch(other -> other.pid() == each.pid());
      if (each.pid() != pid && !isKnown && mayBeOne(pid, epfd, items, each)) {
        sharers.add(each);
      }
    }
    return sharers;
  }

  private boolean mayBeOne(long pid, int epfd, List<EpollItem> items, Holder other) {
    Boolean isSame = isSame(pid, epfd, other.pid(), other.fd());
    if (isSame != null) {
      return isSame;
    }
    List<EpollItem> theirs = new DescriptorTable(new ProcFiles(other.pid())).items(other.fd());
    return !items.isEmpty() && theirs.equals(items);
  }
}
