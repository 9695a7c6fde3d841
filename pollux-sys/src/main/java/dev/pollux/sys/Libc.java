package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Links functions of the C library and reads errno, in one place.
 *
 * <p>errno is captured by the downcall itself, before the VM can change it, into four bytes that
 * belong to the calling thread. They are read only when the result says that the call failed: on
 * success they hold whatever was there.
 *
 * <p>The JDK checks that memory by making a slice of it in each call, 40 bytes that C2 removes as
 * long as it can inline the whole chain behind {@code invokeExact}. Of a constant handle it inlines
 * the chain into the caller, the caller's caller and so on, until its limit of 15 levels cuts the
 * chain short and every call allocates. A handle that is no constant is compiled by itself, with
 * the chain complete, whoever calls: so the fields that hold handles are not final. What that costs
 * is within the noise of a system call ({@code ./pollux bench seam} has both), and {@code
 * AllocationTest} calls from deep down.
 */
final class Libc {

  /** For {@link #handle}: the function takes a fixed number of arguments. */
  static final int FIXED = -1;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup SYMBOLS = LINKER.defaultLookup();
  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");

  /** Small enough to be allocated by the first call of any thread; freed after the thread. */
  private static final ThreadLocal<MemorySegment> ERRNO =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(Linker.Option.captureStateLayout()));

  private static final Set<String> MISSING = new ConcurrentSkipListSet<>();

  private Libc() {}

  /** The calling thread's errno memory. */
  static MemorySegment errno() {
    return ERRNO.get();
  }

  /** The result itself, or -errno for -1. */
  static int result(int result, MemorySegment errno) {
    return result >= 0 ? result : -errno.get(JAVA_INT, 0);
  }

  /** As above, for functions that return a {@code ssize_t}; Linux keeps it within an int. */
  static int result(long result, MemorySegment errno) {
    return result >= 0 ? (int) result : -errno.get(JAVA_INT, 0);
  }

  /**
   * A handle of type {@code (MemorySegment errno, parameters…)result}. A function that this C
   * library lacks becomes one that fails with ENOSYS, and is listed by {@link #missing}.
   *
   * @param firstVariadic the index of the first variadic argument, or {@link #FIXED}. It must be
   *     right: variadic arguments travel differently on some platforms.
   */
  static MethodHandle handle(
      String name, int firstVariadic, ValueLayout result, MemoryLayout... parameters) {
    FunctionDescriptor descriptor = FunctionDescriptor.of(result, parameters);
    Optional<MemorySegment> symbol = SYMBOLS.find(name);
    if (symbol.isEmpty()) {
      MISSING.add(name);
      return absent(descriptor);
    }
    return firstVariadic == FIXED
        ? LINKER.downcallHandle(symbol.get(), descriptor, CAPTURE)
        : LINKER.downcallHandle(
            symbol.get(), descriptor, CAPTURE, Linker.Option.firstVariadicArg(firstVariadic));
  }

  /** The functions looked up so far that this C library does not have. */
  static Set<String> missing() {
    return Set.copyOf(MISSING);
  }

  /** A downcall handle throws nothing but linkage mistakes, which are ours. */
  static AssertionError impossible(Throwable e) {
    return new AssertionError("a downcall failed outside the function called", e);
  }

  /** A stand-in for a missing function: sets ENOSYS and returns -1. */
  static MethodHandle absent(FunctionDescriptor descriptor) {
    MethodType type = descriptor.toMethodType();
    try {
      MethodHandle fail =
          MethodHandles.lookup()
              .findStatic(
                  Libc.class,
                  "failWithNoSys",
                  MethodType.methodType(int.class, MemorySegment.class))
              .asType(MethodType.methodType(type.returnType(), MemorySegment.class));
      return MethodHandles.dropArguments(fail, 1, type.parameterList());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the stand-in for a missing function", e);
    }
  }

  @SuppressWarnings("unused") // called by the handle that absent() makes
  private static int failWithNoSys(MemorySegment errno) {
    errno.set(JAVA_INT, 0, Errno.ENOSYS);
    return -1;
  }
}
