package dev.pollux.sys;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.EnumMap;
import java.util.Set;
import java.util.TreeSet;

/**
 * The C library of a system, by its profile: calls in its own numbers, and errors in Pollux's.
 *
 * <p>Threads: any.
 */
final class BsdLibrary {

  /** An errno that Linux has no name for is its number there behind this. */
  static final int UNNAMED = 1_000;

  final Profile profile;
  private final EnumMap<BsdFunction, MemorySegment> functions = new EnumMap<>(BsdFunction.class);
  private final Set<String> missing = new TreeSet<>();
  private final NumberMap errors;

  BsdLibrary(Profile profile, SymbolLookup symbols) {
    this.profile = profile;
    this.errors = new NumberMap(profile, Kind.ERRNO);
    for (BsdFunction each : BsdFunction.values()) {
      String symbol = profile.symbol(each.cName());
      MemorySegment function = symbols.find(symbol).orElse(MemorySegment.NULL);
      var _ = functions.put(each, function);
      if (function.address() == 0) {
        boolean _ = missing.add(symbol);
      }
    }
    int _ = ErrnoMemory.own().result(-1); // initializes what a call goes through
  }

  private MemorySegment address(BsdFunction function) {
    return functions.getOrDefault(function, MemorySegment.NULL);
  }

  /** The symbols that it lacks. */
  Set<String> missing() {
    return Set.copyOf(missing);
  }

  boolean has(BsdFunction function) {
    return address(function).address() != 0;
  }

  int call(BsdFunction function, long a) {
    return call(function, a, 0, 0, 0, 0, 0);
  }

  int call(BsdFunction function, long a, long b) {
    return call(function, a, b, 0, 0, 0, 0);
  }

  int call(BsdFunction function, long a, long b, long c) {
    return call(function, a, b, c, 0, 0, 0);
  }

  int call(BsdFunction function, long a, long b, long c, long d) {
    return call(function, a, b, c, d, 0, 0);
  }

  int call(BsdFunction function, long a, long b, long c, long d, long e) {
    return call(function, a, b, c, d, e, 0);
  }

  /** What it returned, or {@code -errno} in Pollux's numbers; -ENOSYS if there is no such. */
  int call(BsdFunction function, long a, long b, long c, long d, long e, long f) {
    assert !function.isVariadic();
    long address = address(function).address();
    return address == 0 ? -Errno.ENOSYS : result(Downcall.call(address, a, b, c, d, e, f));
  }

  /** As {@link #call}, for a function with more arguments than the others. */
  int call7(BsdFunction function, long a, long b, long c, long d, long e, long f, long g) {
    MemorySegment address = address(function);
    return address.address() == 0
        ? -Errno.ENOSYS
        : result(Libc.callOfSeven(address, a, b, c, d, e, f, g));
  }

  /** As {@link #call}, for a function of two fixed arguments and a variadic one. */
  int callVariadic(BsdFunction function, long a, long b, long c) {
    assert function.isVariadic();
    MemorySegment address = address(function);
    return address.address() == 0 ? -Errno.ENOSYS : result(Libc.callVariadic(address, a, b, c));
  }

  private int result(int result) {
    return result >= 0 ? result : -errno(-result);
  }

  /** An errno of the system's in Pollux's numbers. */
  int errno(int theirs) {
    int ours = errors.fromSystem(theirs);
    return ours == NumberMap.NONE ? UNNAMED + theirs : ours;
  }
}
