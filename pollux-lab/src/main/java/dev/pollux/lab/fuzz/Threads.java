package dev.pollux.lab.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.pollux.model.ModelSys;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The other threads of a program on one kernel, each with at most one call in which it may block.
 *
 * <p>Descriptors are O_NONBLOCK, so that the main thread never blocks. They are made blocking while
 * a thread enters its call, which looks at the flag then; a pipe alone looks again when it is
 * woken, so a pipe stays blocking, and {@link Executor} asks before it touches one.
 *
 * <p>A thread's descriptor is kept open beside the program's, as an anchor, by which the end of the
 * program gets the thread out of its call. The call itself keeps the file open as well, so this
 * changes nothing as long as the anchor is closed when the call has returned.
 *
 * <p>Threads: the main one.
 */
final class Threads {
  private static final int BUFFER_BYTES = 1 << 17; // 128 KiB
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final int LOOKS_PER_POKE = 256;

  /** One of the threads. */
  private static final class Lane {
    final Calls calls;
    final Worker worker = new Worker();

    /** What it does; null after its end has been told. */
    @Nullable Op op;

    boolean isAnchored;
    long deadlineNanos;

    Lane(Handles handles, Pattern pattern) {
      this.calls = new Calls(handles, pattern, BUFFER_BYTES);
    }
  }

  private final Handles handles;
  private final SocketSteps sockets;
  private final Rest rest = new Rest();
  private final Lane[] lanes = new Lane[Op.THREADS];
  private final MemorySegment small;

  Threads(Handles handles, SocketSteps sockets, Pattern pattern) {
    this.handles = handles;
    this.sockets = sockets;
    this.small = handles.small;
    for (int i = 0; i < lanes.length; i++) {
      lanes[i] = new Lane(handles, pattern);
    }
  }

  /**
   * Has a thread, which is in no call, make one; then all threads are at rest.
   *
   * @param deadlineNanos when its wait ends, on the kernel's clock; MAX_VALUE is for ever
   */
  void start(Op op, long deadlineNanos) {
    Lane lane = lanes[op.thread() - 1];
    lane.op = op;
    lane.deadlineNanos = deadlineNanos;
    Sys sys = handles.sys();
    int fd = handles.fd(op, op.kind() == Kind.ACCEPT ? 1 : 0);
    int flags = sys.fcntl(fd, Linux.F_GETFL, 0);
    boolean changes = !op.kind().takesTimeout() && flags >= 0;
    if (changes) {
      sys.fcntl(fd, Linux.F_SETFL, flags & ~Linux.O_NONBLOCK);
    }
    lane.isAnchored = flags >= 0 && sys.dup3(fd, handles.anchor(op.thread()), 0) >= 0;
    boolean forEver = deadlineNanos == Long.MAX_VALUE;
    long timeout = forEver ? -1 : Math.max(1, deadlineNanos - sys.nanoTime());
    lane.worker.make(lane.calls.prepare(op, timeout));
    awaitRest();
    if (changes && !handles.isPipe(fd)) {
      sys.fcntl(fd, Linux.F_SETFL, flags);
    }
  }

  /** Lets all threads come to rest; a bit for each that has returned from its call since. */
  int settle() {
    int returned = 0;
    while (true) {
      awaitRest();
      int more = 0;
      for (int i = 0; i < lanes.length; i++) {
        if (lanes[i].op != null && !lanes[i].worker.isBusy()) {
          finish(i + 1);
          more |= 1 << (i + 1);
        }
      }
      if (more == 0) {
        return returned;
      }
      returned |= more; // what their ends let go may have woken others
    }
  }

  /** Whether a thread is in a call. */
  boolean areBusy() {
    return lanes[0].op != null || lanes[1].op != null;
  }

  /** What a thread that has returned got. */
  Outcome outcome(int thread) {
    return lanes[thread - 1].calls.outcome;
  }

  private void finish(int thread) {
    Lane lane = lanes[thread - 1];
    Op op = Objects.requireNonNull(lane.op);
    lane.op = null;
    dropAnchor(thread);
    lane.calls.outcome.start();
    int result = lane.worker.result();
    lane.calls.finish(op, op.kind() == Kind.ACCEPT ? sockets.accepted(op, result) : result);
  }

  private void dropAnchor(int thread) {
    Lane lane = lanes[thread - 1];
    if (lane.isAnchored) {
      lane.isAnchored = false;
      handles.sys().close(handles.anchor(thread));
    }
  }

  private void awaitRest() {
    Sys sys = handles.sys();
    long limit = rest.nanoTime() + LIMIT_NANOS;
    // Twice in a row: one that waited for the other's lock goes on when that one sleeps.
    int calm = 0;
    for (int looks = 0; calm < 2; looks++) {
      calm = areAtRest(sys) ? calm + 1 : 0;
      if (calm == 0) {
        if (rest.nanoTime() > limit) {
          throw new IllegalStateException("the threads do not come to rest");
        }
        Rest.pause(looks);
      }
    }
  }

  private boolean areAtRest(Sys sys) {
    for (Lane lane : lanes) {
      if (lane.op != null && lane.worker.isBusy()) {
        boolean isDue = sys.nanoTime() >= lane.deadlineNanos;
        if (isDue || !rest.isAsleep(sys, lane.worker)) {
          return false;
        }
      }
    }
    return true;
  }

  /** The first half of a program's end, while its handles are open: ends the waits. */
  void release() {
    Sys sys = handles.sys();
    small.set(JAVA_LONG, 0, 1);
    sys.write(handles.release(), small.address(), Long.BYTES);
    for (int thread = 1; thread <= lanes.length; thread++) {
      if (lanes[thread - 1].op != null && lanes[thread - 1].isAnchored) {
        handles.watchRelease(handles.anchor(thread));
      }
    }
  }

  /** The second half, when the handles are closed: gets the threads out of their calls. */
  void end() {
    long limit = rest.nanoTime() + LIMIT_NANOS;
    for (int thread = 1; thread <= lanes.length; thread++) {
      Lane lane = lanes[thread - 1];
      for (int looks = 0; lane.op != null && lane.worker.isBusy(); looks++) {
        if (looks % LOOKS_PER_POKE == 0) {
          for (int i = 1; i <= lanes.length; i++) {
            poke(i, looks / LOOKS_PER_POKE % 2 == 0);
          }
        }
        if (rest.nanoTime() > limit) {
          throw new IllegalStateException("a thread cannot be got out of " + lane.op);
        }
        Rest.pause(looks);
      }
      if (lane.op != null && lane.op.kind() == Kind.ACCEPT) {
        handles.sys().close(Math.max(lane.worker.resultOr(-1), -1));
      }
      lane.op = null;
      dropAnchor(thread);
    }
  }

  private void poke(int thread, boolean gives) {
    Lane lane = lanes[thread - 1];
    if (lane.op == null || !lane.worker.isBusy()) {
      dropAnchor(thread); // which may be what another one waits for the end of
      return;
    }
    if (handles.sys() instanceof ModelSys model) {
      Thread caller = lane.worker.thread();
      if (caller != null) {
        model.interrupt(caller);
      }
    } else if (lane.isAnchored) {
      handles.disturb(handles.anchor(thread), gives);
    }
  }
}
