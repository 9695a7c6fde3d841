package dev.pollux.lab;

import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;

/** The kernel of this machine. Its ready lists cannot be seen from outside. */
final class NativeMachine implements Machine {

  /** The numbers of epoll_wait and epoll_pwait on x86-64, and of epoll_pwait on aarch64. */
  private static final Set<String> EPOLL_CALLS = Set.of("232", "281", "22");

  private final Sys sys = NativeSys.open();

  @Override
  public Kernel kernel() {
    return Kernel.NATIVE;
  }

  @Override
  public Sys sys() {
    return sys;
  }

  @Override
  public boolean isTransparent() {
    return false;
  }

  @Override
  public EpollView view(String name, int epfd, LongFunction<String> handles) {
    throw new UnsupportedOperationException("the kernel does not show its lists");
  }

  @Override
  public List<String> transitions(LongFunction<String> handles) {
    return List.of();
  }

  /**
   * {@inheritDoc}
   *
   * <p>{@code /proc/self/task/N/syscall} names the call a thread sleeps in, and says "running" from
   * the moment it is woken, before it has done anything: a thread that is about to return is never
   * taken for one that sleeps.
   */
  @Override
  public boolean areAsleep(Collection<WaitingThread> threads) {
    return threads.stream().allMatch(NativeMachine::isAsleep);
  }

  @Override
  public int takeLookCount() {
    throw new UnsupportedOperationException("the kernel does not count them");
  }

  private static boolean isAsleep(WaitingThread thread) {
    String task = thread.task();
    if (task.isEmpty()) {
      return false; // has not started
    }
    try {
      String call = Files.readString(Path.of("/proc/" + task + "/syscall"));
      return EPOLL_CALLS.contains(call.substring(0, Math.max(0, call.indexOf(' '))));
    } catch (IOException _) {
      return false; // it ended meanwhile
    }
  }
}
