package dev.pollux.sys;

import java.util.Set;

/**
 * {@link Sys} on the running kernel, by downcalls into the C library that the JVM itself uses.
 *
 * <p>Nothing is loaded or extracted: the functions are looked up in the process. The calls
 * themselves stand in the four {@code Native…Calls} interfaces.
 *
 * <p>Threads: stateless; one instance serves all.
 *
 * <p>Errors: {@link #open} fails with a message that names the missing flag when native access is
 * not enabled for this module.
 */
public final class NativeSys
    implements Sys, NativeFileCalls, NativeSocketCalls, NativeReadinessCalls, NativeSourceCalls {

  private static final NativeSys INSTANCE = new NativeSys();

  private NativeSys() {}

  /**
   * The system calls of this process.
   *
   * @throws IllegalStateException if native access is denied to this module, or the platform is not
   *     a 64-bit Linux that {@link Abi} knows; the message says what to do
   */
  public static NativeSys open() {
    Module module = NativeSys.class.getModule();
    if (!module.isNativeAccessEnabled()) {
      String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
      throw new IllegalStateException(
          "native access is not enabled: start java with --enable-native-access=" + name);
    }
    Abi.requireSupported();
    return INSTANCE;
  }

  @Override
  public long nanoTime() {
    return System.nanoTime(); // CLOCK_MONOTONIC on Linux, the clock of epoll_pwait2 and timerfd
  }

  /** The C functions wanted so far that this system lacks; calls to them return -ENOSYS. */
  public Set<String> missingFunctions() {
    return Libc.missing();
  }
}
