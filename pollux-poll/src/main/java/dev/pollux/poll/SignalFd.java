package dev.pollux.poll;

import dev.pollux.kqueue.Kevent;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.SignalSet;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Signals as a source: readable while one of them is pending.
 *
 * <h2>Which signals arrive</h2>
 *
 * <p>A signal becomes pending only if it is blocked. One that is sent to the process (by {@code
 * kill} from outside) goes to any thread that does not block it, where its handler runs or its
 * default action happens, which for most signals ends the JVM. So it must be blocked in
 * <em>every</em> thread, those of the virtual machine included. {@link #open} can block it in the
 * calling thread only. To have it blocked everywhere start the JVM with it blocked; all threads
 * inherit that:
 *
 * <pre>{@code env --block-signal=USR1 java ...}</pre>
 *
 * <p>(coreutils 8.31 or later.) Not guaranteed: whether child processes of the JVM have it blocked;
 * those that JDK 25 starts do not.
 *
 * <p>A signal sent to one thread ({@code raise}, {@code pthread_kill}, {@code tgkill}) is seen by
 * that thread alone: the descriptor is readable, and {@link #take} has a result, when that very
 * thread waits and takes. For such signals blocking in that thread is enough.
 *
 * <p>Standard signals do not queue: several of one number that are pending at once are one.
 *
 * <h2>Which signals cannot be had</h2>
 *
 * <ul>
 *   <li>SIGKILL and SIGSTOP: the kernel lets nobody block them. {@code open} refuses them.
 *   <li>SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP: HotSpot raises them on purpose, for null checks,
 *       safepoints and the like, and a blocked one ends the process. {@code open} refuses them.
 *   <li>SIGHUP, SIGINT, SIGTERM: HotSpot unblocks them in each of its threads and runs the shutdown
 *       hooks. With {@code java -Xrs} it leaves them alone, and they can be had like SIGUSR1.
 *   <li>SIGQUIT: makes HotSpot print a thread dump; its VM thread unblocks it. With {@code -Xrs} as
 *       above.
 *   <li>SIGUSR2: HotSpot suspends threads with it, and unblocks it in each of its threads.
 *   <li>Signal 62: the JDK interrupts blocking calls on sockets and files with it.
 *   <li>SIGPIPE and SIGXFSZ: ignored by HotSpot's handler; blocking them does no harm, but they are
 *       sent to the thread whose call caused them.
 * </ul>
 *
 * <p>So SIGUSR1, SIGCHLD, SIGALRM, SIGURG, SIGWINCH, SIGIO and the real-time signals except 62
 * remain.
 *
 * <p>Ownership: the source owns its descriptor; {@link #close} is idempotent and leaves the signals
 * blocked, because a pending one would strike at once.
 *
 * <p>Threads: any, for signals sent to the process. Blocking: never.
 *
 * <p>Where there is no signalfd and a kqueue, it is a knote of {@code EVFILT_SIGNAL} for each,
 * which tells the number of the signal and nothing else; it stays pending in the process.
 *
 * <p>Source: signalfd(2), signal(7); HotSpot's {@code signals_posix.cpp}.
 */
public final class SignalFd implements EventSource, AutoCloseable {

  private static final long SIGNO = Offsets.SIGNALFD_SIGINFO__SSI_SIGNO;
  private static final long CODE = Offsets.SIGNALFD_SIGINFO__SSI_CODE;
  private static final long PID = Offsets.SIGNALFD_SIGINFO__SSI_PID;
  private static final long UID = Offsets.SIGNALFD_SIGINFO__SSI_UID;
  private static final long STATUS = Offsets.SIGNALFD_SIGINFO__SSI_STATUS;
  private static final long INT = Offsets.SIGNALFD_SIGINFO__SSI_INT;

  private static final SignalSet REFUSED =
      SignalSet.of(
          Linux.SIGKILL,
          Linux.SIGSTOP,
          Linux.SIGSEGV,
          Linux.SIGBUS,
          Linux.SIGFPE,
          Linux.SIGILL,
          Linux.SIGTRAP);

  private final OwnedFd own;

  /** One signal; under the monitor of {@link #own}. */
  private final MemorySegment info =
      Arena.ofAuto().allocate(Linux.SIZEOF_SIGNALFD_SIGINFO, Long.BYTES);

  private SignalFd(Sys sys) {
    this.own = new OwnedFd(sys, "SignalFd");
  }

  /** As {@link #open(Sys, int...)}, on the running kernel. */
  public static SignalFd open(int... signals) throws SysException {
    return open(NativeSys.open(), signals);
  }

  /**
   * Blocks the signals in the calling thread, and opens a descriptor for them. If that fails the
   * thread blocks what it did before.
   *
   * @param signals their numbers, such as {@link Linux#SIGUSR1}
   * @throws IllegalArgumentException for none, for a number that is no signal, and for one that the
   *     kernel or HotSpot would not survive; then nothing is blocked
   * @throws IllegalStateException on a virtual thread, which has no signal mask of its own
   * @throws SysException EMFILE, ENFILE or ENOMEM
   */
  public static SignalFd open(Sys sys, int... signals) throws SysException {
    SignalSet set = requireUsable(signals);
    if (Thread.currentThread().isVirtual()) {
      throw new IllegalStateException(
          "a virtual thread has no signal mask: open a SignalFd on a platform thread");
    }
    SignalFd source = new SignalFd(sys);
    MemorySegment oldMask = Arena.ofAuto().allocate(Linux.SIZEOF_SIGSET, Long.BYTES);
    boolean blocked = false;
    boolean done = false;
    try {
      int result = sys.pthreadSigmask(Linux.SIG_BLOCK, set.address(), oldMask.address());
      blocked = result >= 0;
      SysException.check("pthread_sigmask(SIG_BLOCK)", result);
      int fd = sys.signalfd(-1, set.address(), Linux.SFD_NONBLOCK | Linux.SFD_CLOEXEC);
      OwnedQueue made = fd == -Errno.ENOSYS ? OwnedQueue.openIfThere(sys, "SignalFd") : null;
      if (made != null) {
        watch(made, signals);
        source.own.take(made);
        done = true;
        return source;
      }
      if (fd < 0) {
        throw SysException.of("signalfd(" + Arrays.toString(signals) + ")", fd);
      }
      source.own.take("signalfd()", fd);
      done = true;
      return source;
    } finally {
      if (blocked && !done) {
        sys.pthreadSigmask(Linux.SIG_SETMASK, oldMask.address(), 0);
      }
      Reference.reachabilityFence(set);
      Reference.reachabilityFence(oldMask);
    }
  }

  private static void watch(OwnedQueue queue, int... signals) throws SysException {
    try {
      for (int signal : signals) {
        queue.with(signal, Kevent.EVFILT_SIGNAL, Kevent.EV_ADD, 0, 0).change();
      }
    } catch (Throwable t) {
      queue.close();
      throw t;
    }
  }

  private static SignalSet requireUsable(int... signals) {
    if (signals.length == 0) {
      throw new IllegalArgumentException("a SignalFd of no signals");
    }
    for (int signal : signals) {
      if (signal >= 1 && signal <= SignalSet.MAX_SIGNAL && REFUSED.contains(signal)) {
        throw new IllegalArgumentException(
            "signal " + signal + " cannot be had: the kernel or the virtual machine needs it");
      }
    }
    return SignalSet.of(signals); // checks the range
  }

  /**
   * Takes one of the pending signals: of those sent to the process, and of those sent to the
   * calling thread.
   *
   * @return null when none is pending
   */
  public @Nullable SignalInfo take() throws SysException {
    synchronized (own) {
      OwnedQueue queue = own.queue();
      if (queue != null) {
        return queue.collect() ? new SignalInfo((int) queue.ident(), 0, 0, 0, 0, 0) : null;
      }
      int result = own.read(info);
      if (result == -Errno.EAGAIN) {
        return null;
      }
      if (result < 0) {
        throw own.failed("read", result);
      }
      return new SignalInfo(at(SIGNO), at(PID), at(UID), at(CODE), at(STATUS), at(INT));
    }
  }

  private int at(long offset) {
    return info.get(ValueLayout.JAVA_INT, offset);
  }

  @Override
  public int fd() {
    return own.number();
  }

  @Override
  public void close() {
    own.close();
  }

  @Override
  public String toString() {
    return own.toString();
  }
}
