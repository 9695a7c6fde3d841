package dev.pollux.inspect;

import static dev.pollux.inspect.MadeUp.PID;
import static dev.pollux.inspect.MadeUp.STEP_NANOS;

import dev.pollux.inspect.SystemCall.Kind;
import dev.pollux.inspect.SystemCall.Watched;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Threads of a process that is {@link MadeUp}: what each does, by the number of the look. */
final class MadeUpThread {

  static final int MAIN = PID;
  static final int OTHER = PID + 1;
  static final int THIRD = PID + 2;

  private static final int ROOM = 256;
  private static final long TICKS = 10; // of a hundredth of a second, between two looks
  private static final SystemCall NONE = new SystemCall(Kind.NONE, "", -1, 0, 0, List.of());

  private MadeUpThread() {}

  /** Waits for ever. */
  static IntFunction<ProcessThread> sleeping(int tid, int epfd) {
    return waiting(tid, epfd, ROOM, -1);
  }

  static IntFunction<ProcessThread> waiting(int tid, int epfd, int room, long timeoutMillis) {
    SystemCall call =
        new SystemCall(Kind.EPOLL, "epoll_wait", epfd, room, timeoutMillis, List.of());
    return _ -> still(tid, 'S', "ep_poll", call);
  }

  /** Polls these for ever; if there are none, their list was not read. */
  static IntFunction<ProcessThread> polling(int tid, int... fds) {
    List<Watched> watched = IntStream.of(fds).mapToObj(fd -> new Watched(fd, 1)).toList();
    SystemCall call = new SystemCall(Kind.POLL, "poll", -1, 1, -1, watched);
    return _ -> still(tid, 'S', "poll_schedule_timeout", call);
  }

  /** Held in a call all the time. */
  static IntFunction<ProcessThread> held(int tid, String call) {
    return held(tid, call, -1);
  }

  static IntFunction<ProcessThread> held(int tid, String name, int fd) {
    SystemCall call = new SystemCall(Kind.OTHER, name, fd, 0, 0, List.of());
    return _ -> still(tid, 'S', name, call);
  }

  /** In the same call at each look, and elsewhere between them. */
  static IntFunction<ProcessThread> moving(int tid, String name) {
    SystemCall call = new SystemCall(Kind.OTHER, name, -1, 0, 0, List.of());
    return look -> new ProcessThread(tid, name(tid), 'S', name, look, 0, look, 0, 0, 0, call);
  }

  /** What it asks for may not be seen. */
  static IntFunction<ProcessThread> unseen(int tid, String place) {
    return _ -> still(tid, 'S', place, null);
  }

  /** A debugger has it. */
  static IntFunction<ProcessThread> stopped(int tid) {
    return _ -> still(tid, 'T', "do_signal_stop", NONE);
  }

  /** Runs all the time, half of it in the kernel. */
  static IntFunction<ProcessThread> hot(int tid) {
    return look -> running(tid, look * STEP_NANOS, 0, look, look * TICKS / 2);
  }

  /** Runs all the time as well, and reads files. */
  static IntFunction<ProcessThread> busy(int tid) {
    return look -> {
      ProcessThread hot = hot(tid).apply(look);
      return new ProcessThread(
          tid,
          hot.name(),
          'R',
          "",
          hot.cpuNanos(),
          0,
          look,
          hot.systemTicks(),
          hot.userTicks(),
          look * 10_000L,
          NONE);
    };
  }

  /** Would run all the time, and others have the processor for most of it. */
  static IntFunction<ProcessThread> queued(int tid) {
    return look -> running(tid, look * STEP_NANOS / 4, look * STEP_NANOS * 3 / 4, look, look);
  }

  /** Runs for half of the time. */
  static IntFunction<ProcessThread> warm(int tid) {
    return look -> running(tid, look * STEP_NANOS / 2, 0, look, look);
  }

  /** Runs all the time, and asks for nothing. */
  static IntFunction<ProcessThread> computing(int tid) {
    return look -> running(tid, look * STEP_NANOS, 0, look, 0);
  }

  private static ProcessThread running(
      int tid, long cpuNanos, long queuedNanos, long slices, long systemTicks) {
    long user = cpuNanos / (STEP_NANOS / TICKS) - systemTicks;
    return new ProcessThread(
        tid, name(tid), 'R', "", cpuNanos, queuedNanos, slices, systemTicks, user, 0, NONE);
  }

  private static ProcessThread still(int tid, char state, String place, @Nullable SystemCall call) {
    return new ProcessThread(tid, name(tid), state, place, 1_000_000, 0, 7, 1, 1, 0, call);
  }

  private static String name(int tid) {
    return tid == MAIN ? "main" : "worker-" + (tid - MAIN);
  }
}
