package dev.pollux.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The way into all C functions of the one shape that {@link Libc} describes.
 *
 * <p><b>The handle is a constant</b>, so that the JIT compiles the call into straight code. Through
 * a handle that is none, each call follows five references from the handle to its code, and runs
 * through two more pieces of code. Where the kernel flushes the translation buffers on its way out,
 * as it does against Meltdown on processors without address space identifiers, each of these is on
 * a page of its own that must be found again.
 *
 * <p><b>It is an Error that is never thrown</b>, because HotSpot does not inline the methods of a
 * Throwable into others (only into a root: {@code InlineTree::should_not_inline}), and {@link
 * #call} must not be. The JDK checks the errno memory by making a slice of it in each call, 40
 * bytes that C2 removes as long as it inlines the whole chain behind {@code invokeExact}. Inlined
 * into the caller, the caller's caller and so on, the chain would be cut short by the limit of 15
 * levels, and every call would allocate. Here it always starts at the top. {@code AllocationTest}
 * calls from deep down.
 *
 * <p>Threads: any.
 */
@SuppressWarnings("serial")
final class Downcall extends Error {

  private static final MethodHandle HANDLE = Libc.link();

  /** Where errno goes that nobody reads; all threads may write there at once. */
  private static final MemorySegment UNREAD =
      Arena.global().allocate(Linker.Option.captureStateLayout());

  private Downcall() {}

  /** What the function returned, or -errno for -1; -ENOSYS if it is missing. */
  static int call(MemorySegment function, long a, long b, long c, long d, long e, long f) {
    if (function.address() == 0) {
      return -Errno.ENOSYS;
    }
    MemorySegment errno = ErrnoMemory.own();
    try {
      return Libc.result((int) (long) HANDLE.invokeExact(function, errno, a, b, c, d, e, f), errno);
    } catch (Throwable t) {
      throw Libc.impossible(t);
    }
  }

  /** The whole result of a function that needs no errno, for {@link ErrnoMemory} itself. */
  static long callUncaptured(MemorySegment function, long a, long b) {
    try {
      return (long) HANDLE.invokeExact(function, UNREAD, a, b, 0L, 0L, 0L, 0L);
    } catch (Throwable t) {
      throw Libc.impossible(t);
    }
  }
}
