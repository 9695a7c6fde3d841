package dev.pollux.loop;

import java.util.List;

/**
 * A loop that has been in one handler, task or timer for long.
 *
 * @param loop the loop
 * @param work the class of the handler, the task or the timer's action, and what its {@code
 *     toString} says
 * @param fd the descriptor whose event is handled; -1 if it is none
 * @param blockedNanos for how long the watchdog has seen it there: at least so long it has been
 * @param threadName the loop's thread
 * @param stack where that thread was, outermost last
 */
public record BlockedLoop(
    EventLoop loop,
    String work,
    int fd,
    long blockedNanos,
    String threadName,
    List<StackTraceElement> stack) {

  private static final long NANOS_PER_MILLI = 1_000_000;

  /** For the log: one line, and the stack. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(loop).append(" has been in ").append(work);
    if (fd >= 0) {
      text.append(" for fd ").append(fd);
    }
    text.append(" for ").append(blockedNanos / NANOS_PER_MILLI).append(" ms; thread ");
    text.append(threadName).append(':');
    for (StackTraceElement frame : stack) {
      text.append("\n    at ").append(frame);
    }
    return text.toString();
  }
}
