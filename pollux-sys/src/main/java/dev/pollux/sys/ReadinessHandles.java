package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.invoke.MethodHandle;

/**
 * The downcall handles of {@link NativeReadinessCalls}: name, variadic or not, result, parameters.
 *
 * <p>Each stands in a class of its own, so that the first call of a function links it and a program
 * pays for what it uses: linking takes milliseconds. Not final, on purpose: see {@link Libc}.
 */
@SuppressWarnings("NonFinalStaticField")
final class ReadinessHandles {

  private ReadinessHandles() {}

  static final class EpollCreate {
    static MethodHandle handle = Libc.handle("epoll_create", Libc.FIXED, JAVA_INT, JAVA_INT);
  }

  static final class EpollCreate1 {
    static MethodHandle handle = Libc.handle("epoll_create1", Libc.FIXED, JAVA_INT, JAVA_INT);
  }

  static final class EpollCtl {
    static MethodHandle handle =
        Libc.handle("epoll_ctl", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
  }

  static final class EpollWait {
    static MethodHandle handle =
        Libc.handle("epoll_wait", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
  }

  static final class EpollPwait {
    static MethodHandle handle =
        Libc.handle(
            "epoll_pwait",
            Libc.FIXED,
            JAVA_INT,
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT,
            JAVA_LONG);
  }

  static final class EpollPwait2 {
    static MethodHandle handle =
        Libc.handle(
            "syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG,
            JAVA_LONG);
  }

  static final class Poll {
    static MethodHandle handle =
        Libc.handle("poll", Libc.FIXED, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
  }

  static final class Ppoll {
    static MethodHandle handle =
        Libc.handle("ppoll", Libc.FIXED, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
  }

  static final class Select {
    static MethodHandle handle =
        Libc.handle(
            "select", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  }

  static final class Pselect {
    static MethodHandle handle =
        Libc.handle(
            "pselect",
            Libc.FIXED,
            JAVA_INT,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG);
  }
}
