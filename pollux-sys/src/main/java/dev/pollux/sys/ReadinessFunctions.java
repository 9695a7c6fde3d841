package dev.pollux.sys;

import java.lang.foreign.MemorySegment;

/**
 * The C functions of {@link NativeReadinessCalls}. Looking one up is cheap, so all of them are at
 * once.
 */
final class ReadinessFunctions {

  static final MemorySegment EPOLL_CREATE = Libc.find("epoll_create");
  static final MemorySegment EPOLL_CREATE1 = Libc.find("epoll_create1");
  static final MemorySegment EPOLL_CTL = Libc.find("epoll_ctl");
  static final MemorySegment EPOLL_WAIT = Libc.find("epoll_wait");
  static final MemorySegment EPOLL_PWAIT = Libc.find("epoll_pwait");

  /** In glibc since 2.35, not in musl; to link another shape for {@code syscall} costs more. */
  static final MemorySegment EPOLL_PWAIT2 = Libc.findReplaceable("epoll_pwait2");

  static final MemorySegment POLL = Libc.find("poll");
  static final MemorySegment PPOLL = Libc.find("ppoll");
  static final MemorySegment SELECT = Libc.find("select");
  static final MemorySegment PSELECT = Libc.find("pselect");

  private ReadinessFunctions() {}
}
