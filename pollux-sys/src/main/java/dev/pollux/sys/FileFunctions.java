package dev.pollux.sys;

import java.lang.foreign.MemorySegment;

/**
 * The C functions of {@link NativeFileCalls}. Looking one up is cheap, so all of them are at once.
 */
final class FileFunctions {

  static final MemorySegment READ = Libc.find("read");
  static final MemorySegment PREAD = Libc.find("pread");
  static final MemorySegment WRITE = Libc.find("write");
  static final MemorySegment READV = Libc.find("readv");
  static final MemorySegment WRITEV = Libc.find("writev");
  static final MemorySegment SENDFILE = Libc.find("sendfile");
  static final MemorySegment OPEN = Libc.find("open");
  static final MemorySegment CLOSE = Libc.find("close");
  static final MemorySegment PIPE2 = Libc.find("pipe2");
  static final MemorySegment DUP = Libc.find("dup");
  static final MemorySegment DUP3 = Libc.find("dup3");
  static final MemorySegment FCNTL = Libc.find("fcntl");
  static final MemorySegment IOCTL = Libc.find("ioctl");
  static final MemorySegment GETRLIMIT = Libc.find("getrlimit");
  static final MemorySegment SETRLIMIT = Libc.find("setrlimit");

  private FileFunctions() {}
}
