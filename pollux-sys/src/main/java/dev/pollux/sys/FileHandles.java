package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.invoke.MethodHandle;

/**
 * The downcall handles of {@link NativeFileCalls}: name, variadic or not, result, parameters.
 *
 * <p>Each stands in a class of its own, so that the first call of a function links it and a program
 * pays for what it uses: linking takes milliseconds. Static and final, for the JIT to inline.
 */
final class FileHandles {

  private FileHandles() {}

  static final class Read {
    static final MethodHandle HANDLE =
        Libc.handle("read", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
  }

  static final class Write {
    static final MethodHandle HANDLE =
        Libc.handle("write", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
  }

  static final class Readv {
    static final MethodHandle HANDLE =
        Libc.handle("readv", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  static final class Writev {
    static final MethodHandle HANDLE =
        Libc.handle("writev", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  static final class Sendfile {
    static final MethodHandle HANDLE =
        Libc.handle("sendfile", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  }

  static final class Open {
    static final MethodHandle HANDLE =
        Libc.handle("open", 2, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
  }

  static final class Close {
    static final MethodHandle HANDLE = Libc.handle("close", Libc.FIXED, JAVA_INT, JAVA_INT);
  }

  static final class Pipe2 {
    static final MethodHandle HANDLE =
        Libc.handle("pipe2", Libc.FIXED, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  static final class Dup {
    static final MethodHandle HANDLE = Libc.handle("dup", Libc.FIXED, JAVA_INT, JAVA_INT);
  }

  static final class Dup3 {
    static final MethodHandle HANDLE =
        Libc.handle("dup3", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  }

  static final class Fcntl {
    static final MethodHandle HANDLE =
        Libc.handle("fcntl", 2, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
  }

  static final class Ioctl {
    static final MethodHandle HANDLE =
        Libc.handle("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  }

  static final class Getrlimit {
    static final MethodHandle HANDLE =
        Libc.handle("getrlimit", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG);
  }

  static final class Setrlimit {
    static final MethodHandle HANDLE =
        Libc.handle("setrlimit", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG);
  }
}
