package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.FileCalls;
import dev.pollux.sys.Linux;
import dev.pollux.sys.ReadinessCalls;
import dev.pollux.sys.SocketCalls;
import dev.pollux.sys.SourceCalls;
import dev.pollux.sys.Sys;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A kernel in plain Java that behaves like Linux 6.18 as far as readiness goes.
 *
 * <p>It runs in one of two ways. {@linkplain #threads With threads}, a call that blocks blocks its
 * thread, and time is what the given clock says. {@linkplain #virtual Under virtual time}, nothing
 * ever blocks: a call that waits moves the clock to the next timer, delivery, scheduled action or
 * its own timeout; chance comes from a seed, and one seed is one run, on every machine.
 *
 * <p>Modelled: descriptors and open file descriptions; pipes; TCP and UDP on the loopback
 * interface; Unix stream and datagram sockets; eventfd; timerfd on the monotonic clock; epoll, poll
 * and select; the resource limits of {@link Limits}; {@code /}, and {@code /dev/null}, which is
 * open as 0, 1 and 2; the regular files of {@link #putFile}, to read and to send. Listeners that
 * share an address (SO_REUSEPORT) share its connections by a hash of the seed and the ports.
 *
 * <p>Not modelled, and -ENOSYS: {@code open} of anything else, {@code signalfd}, {@code inotify},
 * {@code pidfd_open}, {@code pthread_sigmask}, {@code raise}, ancillary data, raw and
 * sequenced-packet sockets, other clocks of timerfd, F_SETPIPE_SZ, SO_PEERCRED, other resources
 * than RLIMIT_NOFILE. {@link #unsupported} names what a program asked for. Multicast, and every
 * option of IPPROTO_IP, is -ENOPROTOOPT. Signal masks are accepted and mean nothing. MSG_OOB works
 * on TCP only. A lingering close does not wait. A Unix socket's path is a name, not a file.
 * TIME_WAIT does not exist. The package says what TCP lacks.
 *
 * <p>Ownership: nothing outside the heap. Threads: any, one call at a time under one lock. Under
 * virtual time all calls should come from one thread, or the run is not repeatable.
 *
 * <p>Errors: as {@link Sys}. An address that is not mapped crashes the process, unless a {@link
 * RangeCheck} is in place. Under virtual time a wait that nothing can end is a {@link
 * DeadlockException}, and a scheduled action that blocks an {@link IllegalStateException}.
 */
public final class ModelSys implements Sys {

  private static final int STANDARD_STREAMS = 3;

  private final Kernel kernel;
  private final FileTable table;
  private final FileCalls files;
  private final SocketCalls sockets;
  private final ReadinessCalls readiness;
  private final SourceCalls sources;

  private ModelSys(Kernel kernel) {
    this.kernel = kernel;
    this.table = new FileTable(kernel);
    Transfers transfers = new Transfers(kernel);
    FileOps fileOps = new FileOps(kernel, table, transfers);
    this.files = new LockedFileCalls(kernel, fileOps);
    this.sockets = new LockedSocketCalls(kernel, new SocketOps(kernel, table, transfers));
    this.readiness =
        new LockedReadinessCalls(kernel, new EpollOps(kernel, table), new PollOps(kernel, table));
    this.sources = new LockedSourceCalls(kernel, fileOps);
    for (int fd = 0; fd < STANDARD_STREAMS; fd++) {
      int _ = table.open(AlwaysReadyFile.devNull(), Linux.O_RDWR, false);
    }
  }

  /** A kernel for real threads; the clock counts monotonic nanoseconds. */
  public static ModelSys threads(LongSupplier nanoClock) {
    return threads(nanoClock, Limits.defaults(), null);
  }

  /** As above, with limits and, if not null, a check of every address. */
  public static ModelSys threads(
      LongSupplier nanoClock, Limits limits, @Nullable RangeCheck check) {
    return new ModelSys(new Kernel(nanoClock, limits, check));
  }

  /** A kernel under virtual time, with the chance of a seed and these faults. */
  public static ModelSys virtual(long seed, Faults faults) {
    return virtual(seed, faults, Limits.defaults(), null);
  }

  /** As above, with limits and, if not null, a check of every address. */
  public static ModelSys virtual(
      long seed, Faults faults, Limits limits, @Nullable RangeCheck check) {
    return new ModelSys(new Kernel(seed, faults, limits, check));
  }

  // ---- beside the system calls

  /** What an epoll instance looks like now; a descriptor that is none is an error. */
  public EpollSnapshot epollSnapshot(int epfd) {
    return locked(() -> {
      Description description = table.get(epfd);
      if (description == null || !(description.file instanceof EventPoll epoll)) {
        throw new IllegalArgumentException(epfd + " is not an epoll descriptor");
      }
      return EpollSnapshot.of(epoll);
    });
  }

  /** Tells a listener every step of every epoll registration from now on; null ends it. */
  public void listenToEpoll(@Nullable EpollListener listener) {
    kernel.enter();
    kernel.listener = listener;
    kernel.exit();
  }

  /**
   * Runs an action after each event that a wait copies out, in the middle of the copying: what
   * changes there goes over the overflow list. The action may read and write, but not touch the
   * epoll instance itself. Null ends it.
   */
  public void betweenCopies(@Nullable Runnable action) {
    kernel.enter();
    kernel.betweenCopies = action;
    kernel.exit();
  }

  /** The identity number of the open file description behind a descriptor; -EBADF if none is. */
  public long descriptionId(int fd) {
    return locked(() -> {
      Description description = table.get(fd);
      return description == null ? (long) -Errno.EBADF : (Long) description.id;
    });
  }

  /** The open descriptors, the three standard ones included, each with the kind of its file. */
  public SortedMap<Integer, String> openDescriptors() {
    return locked(table::kinds);
  }

  /** The calls made so far that this model does not know. */
  public Set<String> unsupported() {
    return locked(kernel::unsupported);
  }

  /** How often each fault has happened. */
  public Map<Fault, Integer> faultCounts() {
    return locked(kernel::hits);
  }

  /**
   * Sends a thread a signal: the call it is blocked in returns -EINTR. False if it is not blocked.
   * Under virtual time whatever call waits is meant, and only a scheduled action can be the sender.
   */
  public boolean interrupt(Thread thread) {
    return locked(() -> kernel.clock.interrupt(thread));
  }

  /** Whether a thread is blocked in a call, and nothing has come yet that ends it. */
  public boolean isBlocked(Thread thread) {
    return locked(() -> kernel.clock.isAsleep(thread));
  }

  /** Under virtual time: lets time pass, and everything happen that is due. */
  public void advance(long nanos) {
    kernel.enter();
    try {
      virtualClock().advance(nanos);
    } finally {
      kernel.exit();
    }
  }

  /**
   * Under virtual time: runs an action when the clock has come so far, in the middle of a call that
   * waits for it, or at the beginning of one that comes later. It may make calls that do not block.
   */
  public void schedule(long delayNanos, Runnable action) {
    kernel.enter();
    try {
      VirtualClock clock = virtualClock();
      Timer _ = kernel.at(clock.now() + delayNanos, action);
    } finally {
      kernel.exit();
    }
  }

  /** Puts a regular file on the disk; programs can open it to read. */
  public void putFile(String path, byte[] content) {
    byte[] copy = content.clone();
    locked(() -> kernel.disk.put(path, copy));
  }

  private <T> T locked(Supplier<T> look) {
    kernel.enter();
    try {
      return look.get();
    } finally {
      kernel.exit();
    }
  }

  private VirtualClock virtualClock() {
    if (kernel.clock instanceof VirtualClock clock) {
      return clock;
    }
    throw new IllegalStateException("this kernel runs on real time");
  }

  @Override
  public long nanoTime() {
    return kernel.clock.now();
  }

  // ---- the system calls

  @Override
  public int read(int fd, long bufAddress, long count) {
    return files.read(fd, bufAddress, count);
  }

  @Override
  public int pread(int fd, long bufAddress, long count, long offset) {
    return files.pread(fd, bufAddress, count, offset);
  }

  @Override
  public int write(int fd, long bufAddress, long count) {
    return files.write(fd, bufAddress, count);
  }

  @Override
  public int readv(int fd, long iovecsAddress, int count) {
    return files.readv(fd, iovecsAddress, count);
  }

  @Override
  public int writev(int fd, long iovecsAddress, int count) {
    return files.writev(fd, iovecsAddress, count);
  }

  @Override
  public int sendfile(int outFd, int inFd, long offsetAddress, long count) {
    return files.sendfile(outFd, inFd, offsetAddress, count);
  }

  @Override
  public int open(long pathAddress, int flags, int mode) {
    return files.open(pathAddress, flags, mode);
  }

  @Override
  public int close(int fd) {
    return files.close(fd);
  }

  @Override
  public int pipe2(long fdsAddress, int flags) {
    return files.pipe2(fdsAddress, flags);
  }

  @Override
  public int dup(int fd) {
    return files.dup(fd);
  }

  @Override
  public int dup3(int fd, int newFd, int flags) {
    return files.dup3(fd, newFd, flags);
  }

  @Override
  public int fcntl(int fd, int command, long argument) {
    return files.fcntl(fd, command, argument);
  }

  @Override
  public int ioctl(int fd, long request, long argumentAddress) {
    return files.ioctl(fd, request, argumentAddress);
  }

  @Override
  public int getrlimit(int resource, long rlimitAddress) {
    return files.getrlimit(resource, rlimitAddress);
  }

  @Override
  public int setrlimit(int resource, long rlimitAddress) {
    return files.setrlimit(resource, rlimitAddress);
  }

  @Override
  public int socket(int domain, int type, int protocol) {
    return sockets.socket(domain, type, protocol);
  }

  @Override
  public int socketpair(int domain, int type, int protocol, long fdsAddress) {
    return sockets.socketpair(domain, type, protocol, fdsAddress);
  }

  @Override
  public int bind(int fd, long sockaddrAddress, int length) {
    return sockets.bind(fd, sockaddrAddress, length);
  }

  @Override
  public int listen(int fd, int backlog) {
    return sockets.listen(fd, backlog);
  }

  @Override
  public int accept4(int fd, long sockaddrAddress, long lengthAddress, int flags) {
    return sockets.accept4(fd, sockaddrAddress, lengthAddress, flags);
  }

  @Override
  public int connect(int fd, long sockaddrAddress, int length) {
    return sockets.connect(fd, sockaddrAddress, length);
  }

  @Override
  public int shutdown(int fd, int how) {
    return sockets.shutdown(fd, how);
  }

  @Override
  public int recv(int fd, long bufAddress, long count, int flags) {
    return sockets.recv(fd, bufAddress, count, flags);
  }

  @Override
  public int send(int fd, long bufAddress, long count, int flags) {
    return sockets.send(fd, bufAddress, count, flags);
  }

  @Override
  public int recvfrom(
      int fd, long bufAddress, long count, int flags, long sockaddrAddress, long lengthAddress) {
    return sockets.recvfrom(fd, bufAddress, count, flags, sockaddrAddress, lengthAddress);
  }

  @Override
  public int sendto(
      int fd, long bufAddress, long count, int flags, long sockaddrAddress, int length) {
    return sockets.sendto(fd, bufAddress, count, flags, sockaddrAddress, length);
  }

  @Override
  public int recvmsg(int fd, long msghdrAddress, int flags) {
    return sockets.recvmsg(fd, msghdrAddress, flags);
  }

  @Override
  public int sendmsg(int fd, long msghdrAddress, int flags) {
    return sockets.sendmsg(fd, msghdrAddress, flags);
  }

  @Override
  public int recvmmsg(int fd, long mmsghdrsAddress, int count, int flags, long timespecAddress) {
    return sockets.recvmmsg(fd, mmsghdrsAddress, count, flags, timespecAddress);
  }

  @Override
  public int sendmmsg(int fd, long mmsghdrsAddress, int count, int flags) {
    return sockets.sendmmsg(fd, mmsghdrsAddress, count, flags);
  }

  @Override
  public int getsockopt(int fd, int level, int name, long valueAddress, long lengthAddress) {
    return sockets.getsockopt(fd, level, name, valueAddress, lengthAddress);
  }

  @Override
  public int setsockopt(int fd, int level, int name, long valueAddress, int length) {
    return sockets.setsockopt(fd, level, name, valueAddress, length);
  }

  @Override
  public int getsockname(int fd, long sockaddrAddress, long lengthAddress) {
    return sockets.getsockname(fd, sockaddrAddress, lengthAddress);
  }

  @Override
  public int getpeername(int fd, long sockaddrAddress, long lengthAddress) {
    return sockets.getpeername(fd, sockaddrAddress, lengthAddress);
  }

  @Override
  public int epollCreate(int size) {
    return readiness.epollCreate(size);
  }

  @Override
  public int epollCreate1(int flags) {
    return readiness.epollCreate1(flags);
  }

  @Override
  public int epollCtl(int epfd, int op, int fd, long eventAddress) {
    return readiness.epollCtl(epfd, op, fd, eventAddress);
  }

  @Override
  public int epollWait(int epfd, long eventsAddress, int maxEvents, int timeoutMillis) {
    return readiness.epollWait(epfd, eventsAddress, maxEvents, timeoutMillis);
  }

  @Override
  public int epollPwait(
      int epfd, long eventsAddress, int maxEvents, int timeoutMillis, long sigmaskAddress) {
    return readiness.epollPwait(epfd, eventsAddress, maxEvents, timeoutMillis, sigmaskAddress);
  }

  @Override
  public int epollPwait2(
      int epfd, long eventsAddress, int maxEvents, long timespecAddress, long sigmaskAddress) {
    return readiness.epollPwait2(epfd, eventsAddress, maxEvents, timespecAddress, sigmaskAddress);
  }

  @Override
  public int poll(long pollfdsAddress, int count, int timeoutMillis) {
    return readiness.poll(pollfdsAddress, count, timeoutMillis);
  }

  @Override
  public int ppoll(long pollfdsAddress, int count, long timespecAddress, long sigmaskAddress) {
    return readiness.ppoll(pollfdsAddress, count, timespecAddress, sigmaskAddress);
  }

  @Override
  public int select(
      int nfds, long readAddress, long writeAddress, long exceptAddress, long timevalAddress) {
    return readiness.select(nfds, readAddress, writeAddress, exceptAddress, timevalAddress);
  }

  @Override
  public int pselect(
      int nfds,
      long readAddress,
      long writeAddress,
      long exceptAddress,
      long timespecAddress,
      long sigmaskAddress) {
    return readiness.pselect(
        nfds, readAddress, writeAddress, exceptAddress, timespecAddress, sigmaskAddress);
  }

  @Override
  public int eventfd(int initialValue, int flags) {
    return sources.eventfd(initialValue, flags);
  }

  @Override
  public int timerfdCreate(int clockId, int flags) {
    return sources.timerfdCreate(clockId, flags);
  }

  @Override
  public int timerfdSettime(int fd, int flags, long newAddress, long oldAddress) {
    return sources.timerfdSettime(fd, flags, newAddress, oldAddress);
  }

  @Override
  public int timerfdGettime(int fd, long itimerspecAddress) {
    return sources.timerfdGettime(fd, itimerspecAddress);
  }

  @Override
  public int signalfd(int fd, long sigmaskAddress, int flags) {
    return sources.signalfd(fd, sigmaskAddress, flags);
  }

  @Override
  public int pthreadSigmask(int how, long sigmaskAddress, long oldAddress) {
    return sources.pthreadSigmask(how, sigmaskAddress, oldAddress);
  }

  @Override
  public int raise(int signal) {
    return sources.raise(signal);
  }

  @Override
  public int inotifyInit1(int flags) {
    return sources.inotifyInit1(flags);
  }

  @Override
  public int inotifyAddWatch(int fd, long pathAddress, int mask) {
    return sources.inotifyAddWatch(fd, pathAddress, mask);
  }

  @Override
  public int inotifyRmWatch(int fd, int watch) {
    return sources.inotifyRmWatch(fd, watch);
  }

  @Override
  public int pidfdOpen(int pid, int flags) {
    return sources.pidfdOpen(pid, flags);
  }
}
