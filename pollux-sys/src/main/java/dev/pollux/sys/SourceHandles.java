package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.invoke.MethodHandle;

/**
 * The downcall handles of {@link NativeSourceCalls}: name, variadic or not, result, parameters.
 *
 * <p>Each stands in a class of its own, so that the first call of a function links it and a program
 * pays for what it uses: linking takes milliseconds. Not final, on purpose: see {@link Libc}.
 */
@SuppressWarnings("NonFinalStaticField")
final class SourceHandles {

  private SourceHandles() {}

  static final class Eventfd {
    static MethodHandle handle = Libc.handle("eventfd", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT);
  }

  static final class TimerfdCreate {
    static MethodHandle handle =
        Libc.handle("timerfd_create", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT);
  }

  static final class TimerfdSettime {
    static MethodHandle handle =
        Libc.handle(
            "timerfd_settime", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  }

  static final class TimerfdGettime {
    static MethodHandle handle =
        Libc.handle("timerfd_gettime", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG);
  }

  static final class Signalfd {
    static MethodHandle handle =
        Libc.handle("signalfd", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  static final class PthreadSigmask {
    static MethodHandle handle =
        Libc.handle("pthread_sigmask", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  }

  static final class Raise {
    static MethodHandle handle = Libc.handle("raise", Libc.FIXED, JAVA_INT, JAVA_INT);
  }

  static final class InotifyInit1 {
    static MethodHandle handle = Libc.handle("inotify_init1", Libc.FIXED, JAVA_INT, JAVA_INT);
  }

  static final class InotifyAddWatch {
    static MethodHandle handle =
        Libc.handle("inotify_add_watch", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  static final class InotifyRmWatch {
    static MethodHandle handle =
        Libc.handle("inotify_rm_watch", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT);
  }

  static final class PidfdOpen {
    static MethodHandle handle =
        Libc.handle("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT);
  }
}
