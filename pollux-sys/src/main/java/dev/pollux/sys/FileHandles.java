package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.invoke.MethodHandle;

/**
 * The downcall handles of {@link NativeFileCalls}: name, variadic or not, result, parameters.
 *
 * <p>Each stands in a class of its own, so that the first call of a function links it and a program
 * pays for what it uses: linking takes milliseconds. Not final, on purpose: see {@link Libc}.
 */
@SuppressWarnings("NonFinalStaticField")
final class FileHandles {

  private FileHandles() {}

  static final class Read {
    static MethodHandle handle =
        Libc.handle("read", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
  }

  static final class Pread {
    static MethodHandle handle =
        Libc.handle("pread", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  }

  static final class Write {
    static MethodHandle handle =
        Libc.handle("write", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
  }

  static final class Readv {
    static MethodHandle handle =
        Libc.handle("readv", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  static final class Writev {
    static MethodHandle handle =
        Libc.handle("writev", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  static final class Sendfile {
    static MethodHandle handle =
        Libc.handle("sendfile", Libc.FIXED, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  }

  static final class Open {
    static MethodHandle handle = Libc.handle("open", 2, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
  }

  static final class Close {
    static MethodHandle handle = Libc.handle("close", Libc.FIXED, JAVA_INT, JAVA_INT);
  }

  static final class Pipe2 {
    static MethodHandle handle = Libc.handle("pipe2", Libc.FIXED, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  static final class Dup {
    static MethodHandle handle = Libc.handle("dup", Libc.FIXED, JAVA_INT, JAVA_INT);
  }

  static final class Dup3 {
    static MethodHandle handle =
        Libc.handle("dup3", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  }

  static final class Fcntl {
    static MethodHandle handle = Libc.handle("fcntl", 2, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
  }

  static final class Ioctl {
    static MethodHandle handle = Libc.handle("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  }

  static final class Getrlimit {
    static MethodHandle handle =
        Libc.handle("getrlimit", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG);
  }

  static final class Setrlimit {
    static MethodHandle handle =
        Libc.handle("setrlimit", Libc.FIXED, JAVA_INT, JAVA_INT, JAVA_LONG);
  }
}
