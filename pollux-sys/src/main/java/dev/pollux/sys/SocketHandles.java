package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.invoke.MethodHandle;

/**
 * The downcall handles of {@link NativeSocketCalls}: name, variadic or not, result, parameters.
 *
 * <p>Each stands in a class of its own, so that the first call of a function links it and a program
 * pays for what it uses: linking takes milliseconds. Static and final, for the JIT to inline.
 */
final class SocketHandles {

  private SocketHandles() {}

  static final class Socket {
    static final MethodHandle HANDLE =
        Libc.handle("socket", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  }

  static final class Socketpair {
    static final MethodHandle HANDLE =
        Libc.handle("socketpair", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
  }

  static final class Bind {
    static final MethodHandle HANDLE =
        Libc.handle("bind", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  static final class Listen {
    static final MethodHandle HANDLE =
        Libc.handle("listen", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT);
  }

  static final class Accept4 {
    static final MethodHandle HANDLE =
        Libc.handle("accept4", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  }

  static final class Connect {
    static final MethodHandle HANDLE =
        Libc.handle("connect", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  static final class Shutdown {
    static final MethodHandle HANDLE =
        Libc.handle("shutdown", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT);
  }

  static final class Recv {
    static final MethodHandle HANDLE =
        Libc.handle("recv", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  }

  static final class Send {
    static final MethodHandle HANDLE =
        Libc.handle("send", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  }

  static final class Recvfrom {
    static final MethodHandle HANDLE =
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
    static final MethodHandle HANDLE =
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
    static final MethodHandle HANDLE =
        Libc.handle("recvmsg", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  static final class Sendmsg {
    static final MethodHandle HANDLE =
        Libc.handle("sendmsg", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  static final class Getsockopt {
    static final MethodHandle HANDLE =
        Libc.handle(
            "getsockopt", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  }

  static final class Setsockopt {
    static final MethodHandle HANDLE =
        Libc.handle(
            "setsockopt", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  static final class Getsockname {
    static final MethodHandle HANDLE =
        Libc.handle("getsockname", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  }

  static final class Getpeername {
    static final MethodHandle HANDLE =
        Libc.handle("getpeername", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  }
}
