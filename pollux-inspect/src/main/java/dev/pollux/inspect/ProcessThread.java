package dev.pollux.inspect;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A thread of a process.
 *
 * @param tid its number
 * @param name as the program has named it, 15 bytes of it
 * @param state the letter of proc_pid_stat(5): R runs, S sleeps, D cannot be interrupted
 * @param place the function of the kernel in which it sleeps; empty if unknown
 * @param cpuNanos how long it has run
 * @param queuedNanos how long it was ready to run, and had no processor; 0 if unknown
 * @param slices how often it was given a processor; 0 if unknown
 * @param systemTicks how long of it in the kernel, in ticks of a hundredth of a second
 * @param userTicks how long of it in the program
 * @param work bytes that it read and wrote by files, and pages that it touched first: grows while
 *     it does something else than wait for sockets; -1 if unknown
 * @param call what it asks of the kernel; null if that may not be seen
 */
public record ProcessThread(
    int tid,
    String name,
    char state,
    String place,
    long cpuNanos,
    long queuedNanos,
    long slices,
    long systemTicks,
    long userTicks,
    long work,
    @Nullable SystemCall call) {

  private static final Set<String> EPOLL_PLACES =
      Set.of("ep_poll", "do_epoll_wait", "do_epoll_pwait");

  private static final Set<String> STOPPED_PLACES =
      Set.of("get_signal", "do_freezer_trap", "do_signal_stop", "__refrigerator");

  /** The same, in a call on another descriptor. */
  ProcessThread with(@Nullable SystemCall other) {
    return new ProcessThread(
        tid,
        name,
        state,
        place,
        cpuNanos,
        queuedNanos,
        slices,
        systemTicks,
        userTicks,
        work,
        other);
  }

  /** Whether a signal, a debugger or the freezer of its container has stopped it. */
  public boolean isStopped() {
    return state == 'T' || state == 't' || STOPPED_PLACES.contains(place);
  }

  /** Whether it is in a wait of epoll, and does not run. */
  public boolean isInEpollWait() {
    return call != null
        ? call.kind() == SystemCall.Kind.EPOLL && state != 'R'
        : EPOLL_PLACES.contains(place);
  }

  /** Whether it is in a wait for readiness of any kind, and does not run. */
  public boolean isInWait() {
    return call != null
        ? call.isWait() && state != 'R'
        : isInEpollWait()
            || place.startsWith("poll_schedule_timeout")
            || place.startsWith("do_sys_poll")
            || place.startsWith("do_poll")
            || place.startsWith("do_select");
  }

  /** Whether it waits on this instance; false if that may not be seen. */
  public boolean waitsOn(int epfd) {
    return isInEpollWait() && call != null && call.fd() == epfd;
  }
}
