package dev.pollux.poll;

import dev.pollux.sys.FdSet;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.util.EnumSet;
import java.util.Set;

/**
 * select: three sets, which tell readable, writable and priority.
 *
 * <p>The sets are as long as the highest descriptor needs; the limit of 1024 is the C library's
 * macros', not the kernel's.
 */
final class SelectCall implements TableCall {

  private static final int READ = 0;
  private static final int WRITE = 1;
  private static final int EXCEPT = 2;
  private static final int[] BITS = {Linux.EPOLLIN, Linux.EPOLLOUT, Linux.EPOLLPRI};

  private final Sys sys;
  private final InterestTable table;

  /** The snapshot as sets: read, write, except. */
  private final FdSet[] wanted = emptySets(Linux.FD_SETSIZE);

  /** What the kernel overwrites. */
  private final FdSet[] found = emptySets(Linux.FD_SETSIZE);

  /** Which sets have a descriptor. */
  private final boolean[] used = new boolean[BITS.length];

  private int wakerFd;

  /** One past the highest descriptor in the sets. */
  private int nfds;

  SelectCall(Sys sys, InterestTable table) {
    this.sys = sys;
    this.table = table;
  }

  @Override
  public Set<Capability> capabilities() {
    return EnumSet.of(Capability.PRIORITY, Capability.NANOSECOND_TIMEOUT);
  }

  @Override
  public void prepare(int newWakerFd) {
    wakerFd = newWakerFd;
    makeRoom();
    nfds = 0;
    for (int set = 0; set < wanted.length; set++) {
      wanted[set].zero();
      used[set] = false;
    }
    for (int i = 0; i < table.snapshotSize(); i++) {
      Registration registration = table.snapshotAt(i);
      int bits = InterestTable.wanted(registration);
      if (bits != InterestTable.MUTED) {
        include(registration.fd(), bits);
      }
    }
    include(newWakerFd, Linux.EPOLLIN);
  }

  /** Replaces the sets by larger ones where a descriptor needs it. */
  private void makeRoom() {
    int highest = wakerFd;
    for (int i = 0; i < table.snapshotSize(); i++) {
      highest = Math.max(highest, table.snapshotAt(i).fd());
    }
    if (highest >= Math.min(wanted[0].capacity(), found[0].capacity())) {
      System.arraycopy(emptySets(2 * highest), 0, wanted, 0, wanted.length);
      System.arraycopy(emptySets(2 * highest), 0, found, 0, found.length);
    }
  }

  private static FdSet[] emptySets(int capacity) {
    return new FdSet[] {
      FdSet.allocate(capacity), FdSet.allocate(capacity), FdSet.allocate(capacity)
    };
  }

  private void include(int fd, int bits) {
    nfds = Math.max(nfds, fd + 1);
    for (int set = 0; set < wanted.length; set++) {
      if ((bits & BITS[set]) != 0) {
        wanted[set].set(fd);
        used[set] = true;
      }
    }
  }

  @Override
  public int await(long timespecAddress) {
    return sys.pselect(nfds, copyOf(READ), copyOf(WRITE), copyOf(EXCEPT), timespecAddress, 0);
  }

  /**
   * The address of a set to be overwritten, or 0, which saves the kernel a scan, if it is empty.
   */
  private long copyOf(int set) {
    if (!used[set]) {
      return 0;
    }
    found[set].copyFrom(wanted[set]);
    return found[set].address();
  }

  @Override
  public int found(int index) {
    return foundOf(table.snapshotAt(index).fd());
  }

  @Override
  public int foundAtWaker() {
    return foundOf(wakerFd);
  }

  private int foundOf(int fd) {
    int bits = 0;
    for (int set = 0; set < found.length; set++) {
      bits |= used[set] && found[set].isSet(fd) ? BITS[set] : 0;
    }
    return bits;
  }

  @Override
  public int countOf(int bits) {
    return Integer.bitCount(bits);
  }
}
