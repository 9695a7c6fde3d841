package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/**
 * Calls functions of the C library and reads errno, in one place.
 *
 * <p><b>One shape.</b> Each distinct function type that the JDK links makes classes at run time:
 * half a megabyte of garbage and as much of memory that stays. So all functions are called through
 * one handle, which takes the address of the function and six longs. It is right for functions of
 * at most six parameters that are integers or pointers, and not variadic, because of what the two
 * calling conventions, System V x86-64 and AAPCS64, agree on:
 *
 * <ul>
 *   <li>int and long parameters use the same registers, of which there are six (on aarch64 eight);
 *       registers beyond those of the parameters are the caller's to spoil, so more arguments than
 *       the function has are zeros that nobody reads;
 *   <li>the upper half of a register that holds an int argument is unspecified and the function
 *       does not look at it, so a long whose lower half is the int is a valid argument;
 *   <li>the upper half of the register that holds an int result is unspecified, so the result is
 *       narrowed to an int before anything is asked of it. For a {@code ssize_t} this is exact: a
 *       Linux call moves at most {@code 0x7ffff000} bytes.
 * </ul>
 *
 * <p>Variadic functions keep shapes of their own that say where the variadic arguments begin: they
 * travel as above on Linux, but on the stack, in 8 bytes each, on macOS on arm64.
 *
 * <p><b>errno</b> is captured by the downcall itself, before the VM can change it, into four bytes
 * that belong to the calling thread: {@link ErrnoMemory}. They are read only when the result says
 * that the call failed: on success they hold whatever was there.
 *
 * <p><b>What the virtual machine throws</b>, a full stack above all, is thrown before the function
 * is entered, or after it has failed, while errno is read; never after a success. Nor does it break
 * later calls: what is linked late is not linked by the initialization of a class, which would be
 * spoiled for good.
 *
 * <p>The calls of that one shape are made in {@link Downcall}, whose handle is a constant. Those of
 * other shapes are rare; their handles are linked when needed.
 */
final class Libc {

  private static final int REGISTERS = 6; // for integer arguments, of x86-64; aarch64 has 8
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup SYMBOLS = LINKER.defaultLookup();
  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");

  private static final Set<String> MISSING = new ConcurrentSkipListSet<>();

  /** For {@code open}, {@code fcntl} and {@code ioctl}; linked when needed. */
  private static volatile @Nullable MethodHandle variadic;

  /**
   * For {@code long syscall(long number, ...)}, which makes calls without a C function in every
   * library; linked when needed.
   */
  private static volatile @Nullable MethodHandle syscall;

  /** For {@code sendfile} of FreeBSD; linked when needed. */
  private static volatile @Nullable MethodHandle seven;

  private static final MemorySegment SYSCALL = find("syscall");

  private Libc() {}

  /** The one shape: takes the address of a function, the errno memory and six longs. */
  static MethodHandle link() {
    return LINKER.downcallHandle(longs(REGISTERS), CAPTURE);
  }

  /** The address of a function; 0 if this C library lacks it, which {@link #missing} then lists. */
  static MemorySegment find(String name) {
    MemorySegment function = SYMBOLS.find(name).orElse(MemorySegment.NULL);
    if (function.address() == 0) {
      MISSING.add(name);
    }
    return function;
  }

  /** The address of a function that {@link #syscall} can replace, so that none is missing; or 0. */
  static MemorySegment findReplaceable(String name) {
    return SYMBOLS.find(name).orElse(MemorySegment.NULL);
  }

  /** The functions looked up so far that this C library does not have. */
  static Set<String> missing() {
    return Set.copyOf(MISSING);
  }

  static int call(long function, long a) {
    return call(function, a, 0, 0, 0, 0, 0);
  }

  static int call(long function, long a, long b) {
    return call(function, a, b, 0, 0, 0, 0);
  }

  static int call(long function, long a, long b, long c) {
    return call(function, a, b, c, 0, 0, 0);
  }

  static int call(long function, long a, long b, long c, long d) {
    return call(function, a, b, c, d, 0, 0);
  }

  static int call(long function, long a, long b, long c, long d, long e) {
    return call(function, a, b, c, d, e, 0);
  }

  /**
   * Calls a function that is not variadic. An int argument may be given as it is; see above.
   *
   * @param function its address
   * @return what the function returned, or -errno for a negative result; -ENOSYS if it is missing
   */
  static int call(long function, long a, long b, long c, long d, long e, long f) {
    return Downcall.call(function, a, b, c, d, e, f);
  }

  /** As {@link #call}, for a function of two fixed arguments and a variadic one. */
  static int callVariadic(MemorySegment function, long a, long b, long c) {
    if (function.address() == 0) {
      return -Errno.ENOSYS;
    }
    MethodHandle handle = variadic();
    ErrnoMemory errno = ErrnoMemory.own();
    try {
      return errno.result((int) (long) handle.invokeExact(function, errno.memory(), a, b, c));
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  /** As {@link #call}, for a function of seven parameters: the last is on the stack on x86-64. */
  static int callOfSeven(
      MemorySegment function, long a, long b, long c, long d, long e, long f, long g) {
    MethodHandle handle = seven;
    if (handle == null) {
      handle = LINKER.downcallHandle(longs(1 + REGISTERS), CAPTURE);
      seven = handle;
    }
    ErrnoMemory errno = ErrnoMemory.own();
    try {
      return errno.result(
          (int) (long) handle.invokeExact(function, errno.memory(), a, b, c, d, e, f, g));
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  /** The system call of that number, with 0 for the arguments that it does not have. */
  static int syscall(long number, long a, long b, long c, long d, long e, long f) {
    if (SYSCALL.address() == 0) {
      return -Errno.ENOSYS;
    }
    MethodHandle handle = syscall();
    ErrnoMemory errno = ErrnoMemory.own();
    try {
      return errno.result(
          (int) (long) handle.invokeExact(SYSCALL, errno.memory(), number, a, b, c, d, e, f));
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  private static MethodHandle variadic() {
    MethodHandle handle = variadic;
    if (handle == null) {
      handle = LINKER.downcallHandle(longs(3), CAPTURE, Linker.Option.firstVariadicArg(2));
      variadic = handle;
    }
    return handle;
  }

  private static MethodHandle syscall() {
    MethodHandle handle = syscall;
    if (handle == null) {
      handle =
          LINKER.downcallHandle(longs(1 + REGISTERS), CAPTURE, Linker.Option.firstVariadicArg(1));
      syscall = handle;
    }
    return handle;
  }

  /** {@code long f(long, …)}. */
  private static FunctionDescriptor longs(int parameters) {
    MemoryLayout[] layouts = new MemoryLayout[parameters];
    Arrays.fill(layouts, JAVA_LONG);
    return FunctionDescriptor.of(JAVA_LONG, layouts);
  }

  /**
   * A downcall handle throws nothing of its own but linkage mistakes, which are ours. An error of
   * the virtual machine, such as a full stack, goes on as it is.
   */
  static AssertionError impossible(Throwable t) {
    if (t instanceof Error error) {
      throw error;
    }
    return new AssertionError("a downcall failed outside the function called", t);
  }
}
