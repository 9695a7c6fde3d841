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

  /** All memory: what is made of it and of an address here needs no object to be looked at. */
  private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  /** Where errno goes that nobody reads; all threads may write there at once. */
  private static final MemorySegment UNREAD =
      Arena.global().allocate(Linker.Option.captureStateLayout());

  private Downcall() {}

  /** What the function returned, or -errno for -1; -ENOSYS if its address is 0. */
  static int call(long function, long a, long b, long c, long d, long e, long f) {
    if (function == 0) {
      return -Errno.ENOSYS;
    }
    ErrnoMemory own = ErrnoMemory.own();
    MemorySegment errno = MEMORY.asSlice(own.address(), ErrnoMemory.SIZE_BYTES);
    MemorySegment code = MemorySegment.ofAddress(function);
    try {
      return own.result((int) (long) HANDLE.invokeExact(code, errno, a, b, c, d, e, f));
    } catch (Throwable t) {
      throw Libc.impossible(t);
    }
  }

  /** The whole result of a function that needs no errno, for {@link ErrnoMemory} itself. */
  static long callUncaptured(long function, long a, long b) {
    MemorySegment code = MemorySegment.ofAddress(function);
    try {
      return (long) HANDLE.invokeExact(code, UNREAD, a, b, 0L, 0L, 0L, 0L);
    } catch (Throwable t) {
      throw Libc.impossible(t);
    }
  }
}
