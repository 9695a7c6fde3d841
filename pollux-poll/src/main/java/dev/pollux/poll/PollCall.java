package dev.pollux.poll;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumSet;
import java.util.Set;

/**
 * poll: an array of {@code struct pollfd}.
 *
 * <p>A muted entry has a negative descriptor, because poll reports errors and hang-ups even of one
 * that asks for nothing.
 */
final class PollCall implements TableCall {

  private final Sys sys;
  private final InterestTable table;
  private MemorySegment pollfds = MemorySegment.NULL;
  private final Set<Capability> capabilities;
  private int size;

  PollCall(Sys sys, InterestTable table) throws SysException {
    this.sys = sys;
    this.table = table;
    this.capabilities = PollDialect.capabilities(sys);
  }

  @Override
  public Set<Capability> capabilities() {
    return EnumSet.copyOf(capabilities);
  }

  @Override
  public void prepare(int wakerFd) {
    int entries = table.snapshotSize();
    long bytes = (entries + 1L) * Linux.SIZEOF_POLLFD;
    if (pollfds.byteSize() < bytes) {
      pollfds = Arena.ofAuto().allocate(2 * bytes, Linux.SIZEOF_POLLFD);
    }
    for (int i = 0; i < entries; i++) {
      Registration registration = table.snapshotAt(i);
      int wanted = InterestTable.wanted(registration);
      int fd = registration.fd();
      set(i, wanted == InterestTable.MUTED ? ~fd : fd, wanted);
    }
    set(entries, wakerFd, Linux.EPOLLIN);
    size = entries + 1;
  }

  private void set(int index, int fd, int events) {
    long at = (long) index * Linux.SIZEOF_POLLFD;
    pollfds.set(ValueLayout.JAVA_INT, at + Offsets.POLLFD__FD, fd);
    pollfds.set(ValueLayout.JAVA_SHORT, at + Offsets.POLLFD__EVENTS, (short) events);
  }

  @Override
  public int await(long timespecAddress) {
    return sys.ppoll(pollfds.address(), size, timespecAddress, 0);
  }

  @Override
  public int found(int index) {
    long at = (long) index * Linux.SIZEOF_POLLFD;
    return pollfds.get(ValueLayout.JAVA_SHORT, at + Offsets.POLLFD__REVENTS);
  }

  @Override
  public int foundAtWaker() {
    return found(size - 1);
  }

  @Override
  public int countOf(int bits) {
    return 1;
  }
}
