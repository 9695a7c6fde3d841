package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;

/**
 * {@link Sys} on macOS and the BSDs: Pollux's numbers and structures, which are Linux's, made into
 * those of the system's {@link Profile} and back.
 *
 * <p>epoll and the descriptors that only Linux has, such as eventfd, are missing (-ENOSYS).
 *
 * <p>Threads: any; a structure that is passed in another form is written into memory of the calling
 * thread's.
 */
final class BsdSys extends BsdSocketCalls {

  private static final long NANOS_PER_MILLI = 1_000_000L;

  private static final int OLD_MASK = BsdScratch.STAT + Linux.SIZEOF_SIGSET;

  private final BsdSignals signals;
  private final BsdKevents kevents;
  private final FlagMap pollEvents;

  BsdSys(Profile profile, SymbolLookup symbols) {
    super(new BsdLibrary(profile, symbols));
    this.signals = new BsdSignals(profile);
    this.kevents = new BsdKevents(library, signals);
    this.pollEvents = new FlagMap(profile, Kind.POLL_EVENT);
  }

  /** By the C library that the JVM itself uses. */
  static NativeSys ofThisSystem(Profile profile) {
    return new BsdSys(profile, Linker.nativeLinker().defaultLookup());
  }

  // ---- ReadinessCalls

  @Override
  public int kqueue() {
    int fd = library.call(BsdFunction.KQUEUE, 0);
    int result = fd < 0 ? fd : fcntl(fd, Linux.F_SETFD, Linux.FD_CLOEXEC);
    if (fd >= 0 && result < 0) {
      int _ = close(fd);
    }
    return result < 0 ? result : fd;
  }

  @Override
  public int kevent(
      int kq,
      long changesAddress,
      int changeCount,
      long eventsAddress,
      int eventCount,
      long timespecAddress) {
    return kevents.kevent(
        kq, changesAddress, changeCount, eventsAddress, eventCount, timespecAddress);
  }

  @Override
  public int poll(long pollfdsAddress, int count, int timeoutMillis) {
    MemorySegment list = pollfds(pollfdsAddress, count);
    int result = library.call(BsdFunction.POLL, list.address(), count, timeoutMillis);
    return polled(result, list, pollfdsAddress, count);
  }

  /** By {@code poll}, in milliseconds, where there is no such call. */
  @Override
  public int ppoll(long pollfdsAddress, int count, long timespecAddress, long sigmaskAddress) {
    MemorySegment list = pollfds(pollfdsAddress, count);
    int result;
    if (library.has(BsdFunction.PPOLL)) {
      long mask = mask(sigmaskAddress);
      result = library.call(BsdFunction.PPOLL, list.address(), count, timespecAddress, mask);
    } else if (sigmaskAddress == 0) {
      result = library.call(BsdFunction.POLL, list.address(), count, millis(timespecAddress));
    } else {
      result = -Errno.ENOSYS;
    }
    return polled(result, list, pollfdsAddress, count);
  }

  /** Rounded up; what is no time is left to the system to refuse. */
  private static long millis(long timespecAddress) {
    try {
      long nanos = Timespec.readAt(timespecAddress);
      long millis = nanos < 0 ? -1 : Math.ceilDiv(nanos, NANOS_PER_MILLI);
      return Math.min(millis, Integer.MAX_VALUE);
    } catch (IllegalArgumentException _) {
      return Integer.MIN_VALUE;
    }
  }

  private MemorySegment pollfds(long address, int count) {
    long bytes = (long) Math.max(0, count) * Linux.SIZEOF_POLLFD;
    MemorySegment list = BsdScratch.own().list(bytes);
    MemorySegment.copy(BsdScratch.at(address, bytes), 0, list, 0, bytes);
    for (int i = 0; i < count; i++) {
      long at = (long) i * Linux.SIZEOF_POLLFD + Offsets.POLLFD__EVENTS;
      int events = list.get(JAVA_SHORT_UNALIGNED, at) & 0xffff;
      list.set(JAVA_SHORT_UNALIGNED, at, (short) pollEvents.toSystem(events));
    }
    return list;
  }

  private int polled(int result, MemorySegment list, long address, int count) {
    for (int i = 0; result >= 0 && i < count; i++) {
      long at = (long) i * Linux.SIZEOF_POLLFD + Offsets.POLLFD__REVENTS;
      int events = list.get(JAVA_SHORT_UNALIGNED, at) & 0xffff;
      BsdScratch.at(address + at, Short.BYTES)
          .set(JAVA_SHORT_UNALIGNED, 0, (short) pollEvents.fromSystem(events));
    }
    return result;
  }

  @Override
  public int select(
      int nfds, long readAddress, long writeAddress, long exceptAddress, long timevalAddress) {
    return library.call(
        BsdFunction.SELECT, nfds, readAddress, writeAddress, exceptAddress, timevalAddress);
  }

  @Override
  public int pselect(
      int nfds,
      long readAddress,
      long writeAddress,
      long exceptAddress,
      long timespecAddress,
      long sigmaskAddress) {
    long mask = mask(sigmaskAddress);
    return library.call(
        BsdFunction.PSELECT, nfds, readAddress, writeAddress, exceptAddress, timespecAddress, mask);
  }

  // ---- SourceCalls

  @Override
  public int pthreadSigmask(int how, long sigmaskAddress, long oldAddress) {
    int theirs =
        switch (how) {
          case Linux.SIG_BLOCK -> profile.value(Constant.SIG_BLOCK);
          case Linux.SIG_UNBLOCK -> profile.value(Constant.SIG_UNBLOCK);
          default -> profile.value(Constant.SIG_SETMASK);
        };
    long mask = mask(sigmaskAddress);
    long old = oldAddress == 0 ? 0 : BsdScratch.own().address(OLD_MASK);
    int error = library.call(BsdFunction.PTHREAD_SIGMASK, theirs, mask, old);
    if (error != 0) {
      return error < 0 ? error : -library.errno(error); // POSIX: a positive errno
    }
    if (oldAddress != 0) {
      MemorySegment ours = BsdScratch.at(oldAddress, Linux.SIZEOF_SIGSET);
      signals.fromSystem(BsdScratch.at(old, signals.size()), ours);
    }
    return 0;
  }

  /** A set in the system's form, in the scratch memory; 0 for none. */
  private long mask(long sigmaskAddress) {
    if (sigmaskAddress == 0) {
      return 0;
    }
    long mask = BsdScratch.own().address(BsdScratch.STAT);
    MemorySegment theirs = BsdScratch.at(mask, signals.size());
    signals.toSystem(BsdScratch.at(sigmaskAddress, Linux.SIZEOF_SIGSET), theirs);
    return mask;
  }

  @Override
  public int raise(int signal) {
    return library.call(BsdFunction.RAISE, signals.toSystem(signal));
  }
}
