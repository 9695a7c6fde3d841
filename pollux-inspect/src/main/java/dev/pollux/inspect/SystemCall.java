package dev.pollux.inspect;

import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * What a thread asks of the kernel at this moment.
 *
 * <p>Source: proc_pid_syscall(5).
 *
 * @param kind which family
 * @param name of the call, or its number
 * @param fd the first argument, if it may be a descriptor; -1 for poll, select and the like
 * @param capacity how many events, or descriptors, it has room for
 * @param timeoutMillis -1 for ever, {@link #UNKNOWN} if it stands in memory that was not read
 * @param watched what poll and select watch, if their memory was read
 */
public record SystemCall(
    Kind kind, String name, int fd, long capacity, long timeoutMillis, List<Watched> watched) {

  /** A timeout that was not read. */
  public static final long UNKNOWN = Long.MIN_VALUE;

  /** Families of calls. */
  public enum Kind {
    /** A wait of epoll. */
    EPOLL,
    /** poll, ppoll. */
    POLL,
    /** select, pselect. */
    SELECT,
    /** Another call, in which it is blocked. */
    OTHER,
    /** None: it runs, or has just been interrupted. */
    NONE
  }

  /**
   * A descriptor that poll or select watches.
   *
   * @param fd its number
   * @param events what is asked for, in poll's bits
   */
  public record Watched(int fd, int events) {}

  /** Copies the list. */
  public SystemCall {
    watched = List.copyOf(watched);
  }

  /** The same, on other descriptors. */
  SystemCall onOther(IntUnaryOperator other) {
    int fd2 = kind == Kind.EPOLL ? other.applyAsInt(fd) : fd;
    List<Watched> watched2 =
        watched.stream().map(w -> new Watched(other.applyAsInt(w.fd()), w.events())).toList();
    return new SystemCall(kind, name, fd2, capacity, timeoutMillis, watched2);
  }

  /** Whether it waits for readiness. */
  public boolean isWait() {
    return kind == Kind.EPOLL || kind == Kind.POLL || kind == Kind.SELECT;
  }

  /** In words: {@code epoll_wait on fd 5, 256 events, for ever}. */
  public String text() {
    String time =
        timeoutMillis == UNKNOWN
            ? ""
            : timeoutMillis < 0 ? ", for ever" : ", " + timeoutMillis + " ms at most";
    return switch (kind) {
      case EPOLL -> name + " on fd " + fd + ", " + capacity + " events" + time;
      case POLL, SELECT -> name + " of " + capacity + " descriptors" + time;
      case OTHER -> name;
      case NONE -> "on a processor";
    };
  }
}
