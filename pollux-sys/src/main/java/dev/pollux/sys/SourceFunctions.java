package dev.pollux.sys;

import java.lang.foreign.MemorySegment;

/**
 * The C functions of {@link NativeSourceCalls}. Looking one up is cheap, so all of them are at
 * once.
 */
final class SourceFunctions {

  static final MemorySegment EVENTFD = Libc.find("eventfd");
  static final MemorySegment TIMERFD_CREATE = Libc.find("timerfd_create");
  static final MemorySegment TIMERFD_SETTIME = Libc.find("timerfd_settime");
  static final MemorySegment TIMERFD_GETTIME = Libc.find("timerfd_gettime");
  static final MemorySegment SIGNALFD = Libc.find("signalfd");
  static final MemorySegment PTHREAD_SIGMASK = Libc.find("pthread_sigmask");
  static final MemorySegment RAISE = Libc.find("raise");
  static final MemorySegment INOTIFY_INIT1 = Libc.find("inotify_init1");
  static final MemorySegment INOTIFY_ADD_WATCH = Libc.find("inotify_add_watch");
  static final MemorySegment INOTIFY_RM_WATCH = Libc.find("inotify_rm_watch");

  private SourceFunctions() {}
}
