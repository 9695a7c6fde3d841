package dev.pollux.inspect.rules;

import dev.pollux.inspect.ProcessThread;
import dev.pollux.inspect.SystemCall;
import java.util.Set;

/** Threads in words. */
final class Threads {

  private static final Set<String> IDLE = Set.of("pause", "wait4", "waitid", "rt_sigtimedwait");

  private Threads() {}

  /** Whether it waits for signals or children, which no loop does. */
  static boolean isIdle(ProcessThread thread) {
    SystemCall call = thread.call();
    return call != null && IDLE.contains(call.name());
  }

  static String name(ProcessThread thread) {
    return "thread " + thread.tid() + " (" + thread.name() + ")";
  }

  /** Where it is: in a call, or at a place of the kernel. */
  static String where(ProcessThread thread) {
    SystemCall call = thread.call();
    if (call != null && call.kind() != SystemCall.Kind.NONE) {
      return "in " + call.text();
    }
    return thread.place().isEmpty() ? "on a processor" : "in the kernel at " + thread.place();
  }
}
