package dev.pollux.inspect.rules;

import dev.pollux.inspect.ProcessThread;
import dev.pollux.inspect.SystemCall;

/** Threads in words. */
final class Threads {

  private Threads() {}

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
