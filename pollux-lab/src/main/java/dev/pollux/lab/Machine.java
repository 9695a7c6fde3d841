package dev.pollux.lab;

import dev.pollux.sys.Sys;
import java.util.Collection;
import java.util.List;
import java.util.function.LongFunction;

/** A kernel to run an act on, and what can be seen of its inside. */
interface Machine {

  /** Which one it is. */
  Kernel kernel();

  /** Its system calls. */
  Sys sys();

  /** Whether {@link #view} and {@link #transitions} tell anything. */
  boolean isTransparent();

  /**
   * What is inside an epoll instance.
   *
   * @param handles names a handle by the user data of its registration
   */
  EpollView view(String name, int epfd, LongFunction<String> handles);

  /** What happened to the items since the last call, in words. */
  List<String> transitions(LongFunction<String> handles);

  /** Whether all of these threads sleep in their wait, and none has been woken. */
  boolean areAsleep(Collection<WaitingThread> threads);

  /** How many items waits have looked at since the last call; only if transparent. */
  int takeLookCount();
}
