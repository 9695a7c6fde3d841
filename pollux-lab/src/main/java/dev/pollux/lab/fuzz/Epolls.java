package dev.pollux.lab.fuzz;

import dev.pollux.sys.Linux;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which handles of a program are epolls, and whether one watches another.
 *
 * <p>Threads: one.
 */
final class Epolls {
  /** That an epoll watches another, registered by a handle. */
  private record Watch(Object epoll, int handle, Object target) {}

  private final @Nullable Object[] epolls = new Object[Op.HANDLES + 1];
  private final List<Watch> watches = new ArrayList<>();

  /** Whether one watches another, as far as it is known. */
  boolean areNested() {
    return !watches.isEmpty();
  }

  /**
   * Takes note of an operation that has succeeded.
   *
   * @param isBusy threads are in calls, which keep what is closed alive
   */
  void record(Op op, boolean isBusy) {
    Object source = op.kind() == Kind.DUP ? epolls[op.arg(1)] : null;
    for (int i = 0; i < op.size(); i++) {
      if (op.kind().arg(i) == Arg.NEW) {
        epolls[op.arg(i)] = op.kind() == Kind.EPOLL ? new Object() : source;
      }
    }
    switch (op.kind()) {
      case CLOSE -> epolls[op.arg(0)] = null;
      case CTL, CTLNULL -> control(op);
      default -> {}
    }
    if (!isBusy) {
      watches.removeIf(watch -> !isOpen(watch.epoll) || !isOpen(watch.target));
    }
  }

  private void control(Op op) {
    Object epoll = epolls[op.arg(0)];
    Object target = epolls[op.arg(2)];
    if (epoll == null || target == null) {
      return;
    }
    Watch watch = new Watch(epoll, op.arg(2), target);
    if (op.arg(1) == Linux.EPOLL_CTL_DEL) {
      watches.remove(watch);
    } else if (op.arg(1) == Linux.EPOLL_CTL_ADD) {
      watches.add(watch);
    }
  }

  private boolean isOpen(Object epoll) {
    return Arrays.asList(epolls).contains(epoll);
  }
}
