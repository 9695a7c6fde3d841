package dev.pollux.sys;

import java.nio.ByteOrder;
import java.util.Set;

/**
 * {@link Sys} on the running kernel, by downcalls into the C library that the JVM itself uses.
 *
 * <p>Nothing is loaded or extracted: the functions are looked up in the process. On Linux the calls
 * are made as they are. Elsewhere the numbers and structures of Linux, which are Pollux's, are
 * translated into the system's and back, as its {@link Profile} says, and what the system lacks is
 * put together from what it has, or answers -ENOSYS.
 *
 * <p>{@code -Dpollux.kqueue.library=PATH} names a library whose {@code kqueue} and {@code kevent}
 * are called on Linux, where the C library has none: another implementation, to run a program or
 * the tests on.
 *
 * <p>Threads: stateless; one instance serves all.
 *
 * <p>Errors: {@link #open} fails with a message that names the missing flag when native access is
 * not enabled for this module.
 */
public abstract class NativeSys implements Sys {

  /** Made when {@link #open} has seen that it can be. */
  private static final class Instance {
    static final NativeSys SYS = make();

    /** In two steps: the verifier would load both to find what they have in common. */
    private static NativeSys make() {
      if (isLinux()) {
        return new LinuxSys();
      }
      return BsdSys.ofThisSystem(profile());
    }
  }

  NativeSys() {}

  /**
   * The system calls of this process.
   *
   * @throws IllegalStateException if native access is denied to this module, or there is no {@link
   *     Profile} of the platform, or a library was named that is none; the message says what to do
   */
  public static NativeSys open() {
    Module module = NativeSys.class.getModule();
    if (!module.isNativeAccessEnabled()) {
      String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
      throw new IllegalStateException(
          "native access is not enabled: start java with --enable-native-access=" + name);
    }
    if (!isLinux()) {
      Profile _ = profile(); // or there is none
    }
    KqueueLibrary.require();
    return Instance.SYS;
  }

  /** On an architecture that there is a table of. */
  private static boolean isLinux() {
    return System.getProperty("os.name", "").equals("Linux")
        && Profiles.isKnown(System.getProperty("os.arch", ""));
  }

  private static Profile profile() {
    String system = System.getProperty("os.name", "");
    String architecture = System.getProperty("os.arch", "");
    Profile profile = Profiles.of(system, architecture);
    if (profile == null || ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new IllegalStateException(
          "Pollux has no system-call tables for "
              + system
              + " on "
              + architecture
              + ": it runs on Linux, macOS, FreeBSD, OpenBSD, NetBSD and DragonFly, on x86-64 and"
              + " aarch64");
    }
    return profile;
  }

  @Override
  public final long nanoTime() {
    return System.nanoTime(); // the monotonic clock, which the kernel's timeouts are of
  }

  /** The C functions wanted so far that this system lacks; calls to them return -ENOSYS. */
  public abstract Set<String> missingFunctions();
}
