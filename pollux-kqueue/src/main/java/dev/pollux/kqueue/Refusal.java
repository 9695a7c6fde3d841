package dev.pollux.kqueue;

import dev.pollux.sys.Linux;
import org.jspecify.annotations.Nullable;

/** What cannot be had here, by name, and why. */
final class Refusal {

  private static final int SIGNAL_OF_THE_JDK = 62;
  private static final int FIRST_OF_THE_LIBRARY = 32;

  private Refusal() {}

  /** Why a signal cannot be had; null if it can. */
  static @Nullable String ofSignal(int signal) {
    return switch (signal) {
      case Linux.SIGKILL, Linux.SIGSTOP -> "the kernel lets nobody block it";
      case Linux.SIGSEGV, Linux.SIGBUS, Linux.SIGFPE, Linux.SIGILL, Linux.SIGTRAP ->
          "HotSpot raises it on purpose, and a blocked one ends the process";
      case Linux.SIGHUP, Linux.SIGINT, Linux.SIGTERM ->
          "HotSpot takes it in each of its threads and runs the shutdown hooks";
      case Linux.SIGQUIT -> "HotSpot takes it and prints the stacks of all threads";
      case Linux.SIGUSR2 -> "HotSpot suspends threads with it";
      case SIGNAL_OF_THE_JDK -> "the JDK interrupts calls with it";
      case FIRST_OF_THE_LIBRARY, FIRST_OF_THE_LIBRARY + 1 -> "the C library keeps it for itself";
      default -> null;
    };
  }

  /** Why a change cannot be made, where the errno alone does not say; null where it does. */
  static @Nullable String of(int filter, long ident, int fflags) {
    if (filter == Kevent.EVFILT_PROC && (fflags & ~Kevent.NOTE_EXIT) != 0) {
      return "Linux tells of the end of a process alone: of forks and programs it tells only who"
          + " traces it, or is root";
    }
    if (filter != Kevent.EVFILT_SIGNAL || ident < 1 || ident > Integer.MAX_VALUE) {
      return null;
    }
    String reason = ofSignal((int) ident);
    return reason == null && Thread.currentThread().isVirtual()
        ? "a virtual thread has no signal mask: make the knote on a platform thread"
        : reason;
  }
}
