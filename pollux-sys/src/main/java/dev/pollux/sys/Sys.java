package dev.pollux.sys;

/**
 * The system calls that Pollux is written against: the seam between the library and a kernel.
 *
 * <p>Every layer above takes a {@code Sys} by constructor, so that the same poller, loop and server
 * run on the real kernel ({@link NativeSys}) and on any other implementation.
 *
 * <p>Conventions, for all methods of this interface and its parts:
 *
 * <ul>
 *   <li>The result is {@code >= 0} on success, or {@code -errno} (see {@link Errno}). No call
 *       throws for a reason the kernel reports, and no call allocates.
 *   <li>An error that the virtual machine throws in any method ({@code StackOverflowError}, {@code
 *       OutOfMemoryError}) comes out as it is, and never after the kernel did what was asked: the
 *       call had no effect. Later calls do not suffer. The one call that needs memory is the first
 *       of its thread: {@code NativeSys} takes 64 bytes for it from the C library's heap, to which
 *       {@code -XX:MaxDirectMemorySize} is no limit, and a few objects.
 *   <li>A parameter of type {@code long} named {@code ...Address} is the address of native memory;
 *       0 is the null pointer. The memory stays the caller's.
 *   <li>A call that the platform or the implementation lacks returns {@code -ENOSYS}: every call
 *       but the clock has that as its default, so a new one breaks no implementation.
 *   <li>A call that transfers more than {@code 0x7ffff000} bytes at once transfers that many, as
 *       Linux does, so every count fits an {@code int}.
 * </ul>
 *
 * <p><b>Addresses are not checked.</b> Whoever has a {@code NativeSys} can let the kernel read and
 * write any memory of the process, and a wrong address or count corrupts it or ends the process.
 * Native access is granted to this module, but through this interface every module that can read it
 * has as much, its own grant or not (JEP 472). It stays open because pollers, buffers and other
 * kernels outside this module are written against it: grant native access only where all code in
 * the process may have it.
 *
 * <p>Threads: any thread, unless a call says otherwise. Blocking: as the man page of each call
 * says; a blocking call pins a virtual thread to its carrier.
 *
 * <p>Source: section 2 of the Linux manual, by the name of each method.
 */
public interface Sys extends FileCalls, SocketCalls, ReadinessCalls, SourceCalls {

  /**
   * The monotonic clock in nanoseconds, from an arbitrary origin; only differences mean something.
   *
   * <p>The one clock of the library: deadlines and timers read it here, so that time can be
   * virtual.
   */
  long nanoTime();
}
