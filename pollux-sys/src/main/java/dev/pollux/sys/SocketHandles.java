package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.invoke.MethodHandle;

/**
 * The downcall handles of {@link NativeSocketCalls}: name, variadic or not, result, parameters.
 *
 * <p>Each stands in a class of its own, so that the first call of a function links it and a program
 * pays for what it uses: linking takes milliseconds. Not final, on purpose: see {@link Libc}.
 */
@SuppressWarnings("NonFinalStaticField")
final class SocketHandles {

  private SocketHandles() {}

  static final class Socket {
    static MethodHandle handle =
        Libc.handle("socket", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  }

  static final class Socketpair {
    static MethodHandle handle =
        Libc.handle("socketpair", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
  }

  static final class Bind {
    static MethodHandle handle =
        Libc.handle("bind", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  static final class Listen {
    static MethodHandle handle = Libc.handle("listen", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT);
  }

  static final class Accept4 {
    static MethodHandle handle =
        Libc.handle("accept4", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  }

  static final class Connect {
    static MethodHandle handle =
        Libc.handle("connect", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  static final class Shutdown {
    static MethodHandle handle = Libc.handle("shutdown", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT);
  }

  static final class Recv {
    static MethodHandle handle =
        Libc.handle("recv", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  }

  static final class Send {
    static MethodHandle handle =
        Libc.handle("send", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  }

  static final class Recvfrom {
    static MethodHandle handle =
        Libc.handle(
            "recvfrom",
            Libc.FIXED,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG);
  }

  static final class Sendto {
    static MethodHandle handle =
        Libc.handle(
            "sendto",
            Libc.FIXED,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT);
  }

  static final class Recvmsg {
    static MethodHandle handle =
        Libc.handle("recvmsg", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  static final class Sendmsg {
    static MethodHandle handle =
        Libc.handle("sendmsg", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  static final class Recvmmsg {
    static MethodHandle handle =
        Libc.handle(
            "recvmmsg", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
  }

  static final class Sendmmsg {
    static MethodHandle handle =
        Libc.handle("sendmmsg", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
  }

  static final class Getsockopt {
    static MethodHandle handle =
        Libc.handle(
            "getsockopt", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  }

  static final class Setsockopt {
    static MethodHandle handle =
        Libc.handle(
            "setsockopt", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  static final class Getsockname {
    static MethodHandle handle =
        Libc.handle("getsockname", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  }

  static final class Getpeername {
    static MethodHandle handle =
        Libc.handle("getpeername", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  }
}
