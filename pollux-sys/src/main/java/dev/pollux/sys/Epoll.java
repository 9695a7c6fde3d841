package dev.pollux.sys;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.ref.Reference;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An epoll instance: the man page in Java, with the user data and the masks as they are.
 *
 * <p>Every method makes one system call (a close and {@link #interestList} aside). What the kernel
 * would ignore or refuse without a word about the reason, in the rules of EPOLLEXCLUSIVE and
 * EPOLLWAKEUP, is refused here before the call.
 *
 * <p>Ownership: owns the epoll descriptor until {@link #close}; never the descriptors it watches.
 *
 * <p>Threads: any thread may add, modify, delete and wait at the same time. {@code close} must come
 * after the last of them: it does not wake a waiter, and a call that races with it may hit a new
 * descriptor of the same number.
 *
 * <p>Errors: {@link SysException} with what the errno means for this call; an interrupted wait is
 * no error and returns {@link #INTERRUPTED}. On a closed instance every call is an {@code
 * IllegalStateException}.
 *
 * <p>Source: epoll(7), epoll_create(2), epoll_ctl(2), epoll_wait(2).
 */
public final class Epoll implements AutoCloseable {

  /** What a wait returns, and nothing else negative, when a signal interrupted it. */
  public static final int INTERRUPTED = -Errno.EINTR;

  private static final int CLOSED = -1;

  /** Linux's EPOLLEXCLUSIVE_OK_BITS, {@code fs/eventpoll.c}. */
  private static final int EXCLUSIVE_OK =
      Linux.EPOLLIN
          | Linux.EPOLLOUT
          | Linux.EPOLLERR
          | Linux.EPOLLHUP
          | Linux.EPOLLWAKEUP
          | Linux.EPOLLET
          | Linux.EPOLLEXCLUSIVE;

  private final Sys sys;
  private final EpollWait wait;
  private final AtomicInteger fd;

  /** Made before its descriptor is, so that nothing fails after that. */
  private Epoll(Sys sys) {
    this.sys = sys;
    this.wait = new EpollWait(sys);
    this.fd = new AtomicInteger(CLOSED);
  }

  /** {@code epoll_create1(2)} with EPOLL_CLOEXEC. */
  public static Epoll create(Sys sys) throws SysException {
    Epoll epoll = new Epoll(sys);
    int fd = sys.epollCreate1(Linux.EPOLL_CLOEXEC);
    if (fd < 0) {
      throw SysException.of("epoll_create1(EPOLL_CLOEXEC)", fd, createMeaning(-fd));
    }
    epoll.fd.set(fd);
    return epoll;
  }

  /**
   * {@code epoll_create(2)}: the size must be positive and means nothing else. The descriptor is
   * inherited by programs that this process executes.
   */
  public static Epoll createWithSize(Sys sys, int size) throws SysException {
    Epoll epoll = new Epoll(sys);
    int fd = sys.epollCreate(size);
    if (fd < 0) {
      throw SysException.of("epoll_create(size=" + size + ")", fd, createMeaning(-fd));
    }
    epoll.fd.set(fd);
    return epoll;
  }

  /**
   * {@code EPOLL_CTL_ADD}: starts to watch a descriptor. EPOLLERR and EPOLLHUP are always watched.
   *
   * @throws IllegalArgumentException if EPOLLEXCLUSIVE stands beside more than EPOLLIN, EPOLLOUT,
   *     EPOLLERR, EPOLLHUP, EPOLLWAKEUP and EPOLLET; or EPOLLWAKEUP beside EPOLLET or EPOLLONESHOT
   */
  public void add(int targetFd, int events, long data) throws SysException {
    if ((events & Linux.EPOLLEXCLUSIVE) != 0 && (events & ~EXCLUSIVE_OK) != 0) {
      throw new IllegalArgumentException(
          "EPOLLEXCLUSIVE allows only EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP, EPOLLWAKEUP and"
              + " EPOLLET beside it, not 0x"
              + Integer.toHexString(events & ~EXCLUSIVE_OK));
    }
    checkWakeup(events);
    ctl(Linux.EPOLL_CTL_ADD, targetFd, events, data);
  }

  /**
   * {@code EPOLL_CTL_MOD}: changes mask and data, arms a fired one-shot item again, and reports at
   * once what is ready, under EPOLLET too.
   *
   * @throws IllegalArgumentException if EPOLLEXCLUSIVE is in the mask, which only an add may set
   *     (an item that was added with it cannot be modified at all: EINVAL); or EPOLLWAKEUP stands
   *     beside EPOLLET or EPOLLONESHOT
   */
  public void modify(int targetFd, int events, long data) throws SysException {
    if ((events & Linux.EPOLLEXCLUSIVE) != 0) {
      throw new IllegalArgumentException(
          "EPOLLEXCLUSIVE may be set by add only: delete the descriptor and add it again");
    }
    checkWakeup(events);
    ctl(Linux.EPOLL_CTL_MOD, targetFd, events, data);
  }

  /** {@code EPOLL_CTL_DEL}: stops watching a descriptor. Do it before the descriptor is closed. */
  public void delete(int targetFd) throws SysException {
    ctl(Linux.EPOLL_CTL_DEL, targetFd, 0, 0);
  }

  /**
   * {@code epoll_wait(2)}: waits for events.
   *
   * @param timeoutMillis > 0: at most so long; 0: does not block; -1: for ever
   * @return how many entries of {@code events} were written, 0 after the timeout, or {@link
   *     #INTERRUPTED}
   */
  public int await(EpollEvents events, int timeoutMillis) throws SysException {
    int epfd = open();
    try {
      int n = sys.epollWait(epfd, events.address(), events.capacity(), timeoutMillis);
      return n >= 0 ? n : waitFailed("epoll_wait", epfd, n);
    } finally {
      Reference.reachabilityFence(events);
    }
  }

  /** {@code epoll_pwait(2)}: as above, with another signal mask for the duration of the wait. */
  public int await(EpollEvents events, int timeoutMillis, SignalSet mask) throws SysException {
    int epfd = open();
    try {
      int n =
          sys.epollPwait(epfd, events.address(), events.capacity(), timeoutMillis, mask.address());
      return n >= 0 ? n : waitFailed("epoll_pwait", epfd, n);
    } finally {
      Reference.reachabilityFence(events);
      Reference.reachabilityFence(mask);
    }
  }

  /**
   * {@code epoll_pwait2(2)}: waits for events with a timeout in nanoseconds, by {@link EpollWait},
   * which says when it is another call and what is rounded.
   *
   * @param timeoutNanos > 0: at most so long; 0: does not block; -1: for ever
   * @return as {@link #await(EpollEvents, int)}
   */
  public int awaitNanos(EpollEvents events, long timeoutNanos) throws SysException {
    int epfd = open();
    Timespec timespec = Scratch.timespec();
    try {
      int n = wait.await(epfd, events.address(), events.capacity(), timeoutNanos, timespec);
      return n >= 0 ? n : waitFailed("epoll_wait", epfd, n);
    } finally {
      Reference.reachabilityFence(events);
    }
  }

  /**
   * The interest list, from {@code /proc/self/fdinfo}: for inspection and tests.
   *
   * <p>Complexity: the kernel walks all items under the instance's lock.
   */
  public List<InterestItem> interestList() throws SysException {
    return interestList(sys, open());
  }

  /** The interest list of any epoll descriptor of this process, as {@link #interestList()}. */
  public static List<InterestItem> interestList(Sys sys, int epfd) throws SysException {
    String path = "/proc/self/fdinfo/" + epfd;
    String reading = "read(" + path + ")";
    IoBuffer buffer = IoBuffer.allocate(1 << 14); // 16 KiB
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (Arena arena = Arena.ofConfined()) {
      long name = arena.allocateFrom(path).address();
      int file = sys.open(name, Linux.O_RDONLY | Linux.O_CLOEXEC, 0);
      if (file < 0) {
        throw SysException.of("open(" + path + ")", file);
      }
      try {
        while (SysException.check(reading, buffer.read(sys, file)) > 0) {
          byte[] bytes = new byte[buffer.buffer().flip().remaining()];
          buffer.buffer().get(bytes).clear();
          text.writeBytes(bytes);
        }
      } finally {
        int _ = sys.close(file);
      }
    }
    return InterestItem.parse(text.toString(US_ASCII));
  }

  /** The epoll descriptor; it can itself be watched, and is readable when an event is ready. */
  public int fd() {
    return open();
  }

  /** Closes the epoll descriptor; a second close does nothing. */
  @Override
  public void close() {
    int epfd = fd.getAndSet(CLOSED);
    if (epfd != CLOSED) {
      int _ = sys.close(epfd); // an anonymous file: nothing is written back, nothing can fail
    }
  }

  private int open() {
    int epfd = fd.get();
    if (epfd == CLOSED) {
      throw new IllegalStateException("this epoll instance is closed");
    }
    return epfd;
  }

  private static void checkWakeup(int events) {
    if ((events & Linux.EPOLLWAKEUP) != 0 && (events & (Linux.EPOLLET | Linux.EPOLLONESHOT)) != 0) {
      throw new IllegalArgumentException(
          "EPOLLWAKEUP has no effect beside EPOLLET or EPOLLONESHOT: the system could suspend"
              + " before the event was handled");
    }
  }

  private void ctl(int op, int targetFd, int events, long data) throws SysException {
    EpollEvents event = Scratch.epollEvent();
    event.set(0, events, data);
    int result = sys.epollCtl(open(), op, targetFd, event.address());
    if (result < 0) {
      throw SysException.of(
          "epoll_ctl(" + opName(op) + ", fd=" + targetFd + ")",
          result,
          ctlMeaning(-result, events));
    }
  }

  private static String opName(int op) {
    return switch (op) {
      case Linux.EPOLL_CTL_ADD -> "ADD";
      case Linux.EPOLL_CTL_MOD -> "MOD";
      default -> "DEL";
    };
  }

  private static int waitFailed(String call, int epfd, int result) throws SysException {
    if (result == INTERRUPTED) {
      return INTERRUPTED;
    }
    throw SysException.of(
        call + "(epfd=" + epfd + ")",
        result,
        switch (-result) {
          case Errno.EBADF -> "the epoll descriptor is not open";
          case Errno.EFAULT -> "the memory for the events is not writable";
          case Errno.EINVAL -> "not an epoll descriptor, or no room for even one event";
          default -> Errno.meaning(-result);
        });
  }

  private static String createMeaning(int errno) {
    return switch (errno) {
      case Errno.EINVAL -> "the size must be positive";
      case Errno.EMFILE -> "this process has no descriptor left: raise RLIMIT_NOFILE";
      case Errno.ENFILE -> "the system has no file left, see /proc/sys/fs/file-max";
      case Errno.ENOMEM -> "no kernel memory for an epoll instance";
      default -> Errno.meaning(errno);
    };
  }

  private static String ctlMeaning(int errno, int events) {
    return switch (errno) {
      case Errno.EBADF -> "the epoll descriptor or the target is not open";
      case Errno.EEXIST -> "already registered";
      case Errno.ENOENT -> "not registered";
      case Errno.ENOMEM -> "no kernel memory for this registration";
      case Errno.ENOSPC ->
          "limit of registrations per user reached, see /proc/sys/fs/epoll/max_user_watches";
      case Errno.EPERM ->
          "this kind of file cannot be watched; regular files and directories are always ready";
      case Errno.ELOOP -> "epoll instances would watch each other in a cycle, or 5 levels deep";
      case Errno.EINVAL ->
          (events & Linux.EPOLLEXCLUSIVE) != 0
              ? "an epoll descriptor cannot be watched with EPOLLEXCLUSIVE"
              : "the instance itself, or epoll instances nested too deep, or an item that was added"
                  + " with EPOLLEXCLUSIVE, which cannot be modified";
      default -> Errno.meaning(errno);
    };
  }
}
