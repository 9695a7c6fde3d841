package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The C library of a system, played on the running Linux: functions in Java behind addresses that C
 * could call. Each takes the numbers and structures of the system's profile, fails on any other,
 * and does what it says by the real kernel.
 */
final class PlayedSystem implements SymbolLookup {

  /** A function of up to seven arguments; a negative result is {@code -errno} of Linux. */
  interface Function {
    long call(long a, long b, long c, long d, long e, long f, long g);
  }

  private static final int ARGUMENTS = 7;
  private static final MethodHandle ERRNO_LOCATION =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("__errno_location"),
              FunctionDescriptor.of(JAVA_LONG));

  final Profile profile;
  final Sys real = NativeSys.open();
  private final Map<String, Function> functions = new TreeMap<>();
  private final Map<String, MemorySegment> stubs = new TreeMap<>();

  /** The functions called, in this order. */
  final List<String> calls = Collections.synchronizedList(new ArrayList<>());

  PlayedSystem(Profile profile) {
    this.profile = profile;
    new PlayedFiles(this).addTo(functions);
    new PlayedSockets(this).addTo(functions);
    new PlayedQueue(this).addTo(functions);
    absent(profile.system()).forEach(functions::remove);
  }

  /** What the system's C library has not. */
  private static List<String> absent(String system) {
    return switch (system) {
      case "macOS" -> List.of("accept4", "pipe2", "dup3", "ppoll");
      case "NetBSD" -> List.of("accept4", "sendfile", "ppoll");
      case "OpenBSD" -> List.of("sendfile");
      case "DragonFly" -> List.of("dup3");
      default -> List.of();
    };
  }

  Sys sys() {
    return new BsdSys(profile, this);
  }

  @Override
  public synchronized Optional<MemorySegment> find(String symbol) {
    for (Map.Entry<String, Function> each : functions.entrySet()) {
      if (profile.symbol(each.getKey()).equals(symbol)) {
        return Optional.of(
            stubs.computeIfAbsent(symbol, _ -> stub(each.getKey(), each.getValue())));
      }
    }
    return Optional.empty();
  }

  private MemorySegment stub(String name, Function function) {
    try {
      MethodHandle target =
          MethodHandles.lookup()
              .findVirtual(
                  PlayedSystem.class,
                  "play",
                  MethodType.methodType(
                      long.class,
                      String.class,
                      Function.class,
                      long.class,
                      long.class,
                      long.class,
                      long.class,
                      long.class,
                      long.class,
                      long.class));
      MemoryLayout[] longs = Collections.nCopies(ARGUMENTS, JAVA_LONG).toArray(MemoryLayout[]::new);
      return Linker.nativeLinker()
          .upcallStub(
              MethodHandles.insertArguments(target, 0, this, name, function),
              FunctionDescriptor.of(JAVA_LONG, longs),
              Arena.global());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("play", e);
    }
  }

  /** What the stub calls: the result, or -1 and errno, which is set last. */
  long play(
      String name, Function function, long a, long b, long c, long d, long e, long f, long g) {
    boolean _ = calls.add(name);
    long result;
    try {
      result = function.call(a, b, c, d, e, f, g);
    } catch (Throwable t) {
      System.getLogger("played").log(System.Logger.Level.ERROR, name, t); // else the process ends
      result = -Errno.EFAULT;
    }
    if (result >= 0) {
      return result;
    }
    try {
      long location = (long) ERRNO_LOCATION.invokeExact();
      memory(location, Integer.BYTES).set(JAVA_INT_UNALIGNED, 0, theirErrno((int) -result));
      return -1;
    } catch (Throwable t) {
      throw new AssertionError(t);
    }
  }

  int theirErrno(int ours) {
    return theirs(Kind.ERRNO, ours);
  }

  /** The number there of one of Linux. */
  int theirs(Kind kind, int ours) {
    for (Constant each : Constant.values()) {
      if (each.kind() == kind && each.isOnLinux() && each.linuxValue() == ours) {
        return profile.value(each);
      }
    }
    throw new AssertionError(kind + " " + ours);
  }

  /** The number of Linux of one there; fails for a number that the system has not. */
  int ours(Kind kind, int theirs) {
    for (Constant each : Constant.values()) {
      if (each.kind() == kind
          && each.isOnLinux()
          && profile.has(each)
          && profile.value(each) == theirs) {
        return each.linuxValue();
      }
    }
    throw new AssertionError(profile + " has no " + kind + " " + theirs);
  }

  /** Flags of Linux of those there; fails for a bit that the system has not. */
  int ourFlags(Kind kind, int theirs) {
    int rest = theirs;
    int result = 0;
    for (Constant each : Constant.values()) {
      if (each.kind() == kind && each.isOnLinux() && profile.has(each)) {
        int value = profile.value(each);
        if (value != 0 && (rest & value) == value) {
          rest &= ~value;
          result |= each.linuxValue();
        }
      }
    }
    if (rest != 0) {
      throw new AssertionError(profile + " has no " + kind + " 0x" + Integer.toHexString(rest));
    }
    return result;
  }

  int theirFlags(Kind kind, int ours) {
    int result = 0;
    for (Constant each : Constant.values()) {
      if (each.kind() == kind && each.isOnLinux() && each.linuxValue() != 0 && profile.has(each)) {
        result |= (ours & each.linuxValue()) == each.linuxValue() ? profile.value(each) : 0;
      }
    }
    return result;
  }

  static MemorySegment memory(long address, long bytes) {
    return MemorySegment.ofAddress(address).reinterpret(bytes);
  }

  long read(long address, Field field) {
    MemorySegment at = memory(address + profile.offset(field), profile.width(field));
    long value = 0;
    for (int i = profile.width(field) - 1; i >= 0; i--) {
      value = (value << Byte.SIZE) | (at.get(java.lang.foreign.ValueLayout.JAVA_BYTE, i) & 0xff);
    }
    return value;
  }

  void write(long address, Field field, long value) {
    MemorySegment at = memory(address + profile.offset(field), profile.width(field));
    for (int i = 0; i < profile.width(field); i++) {
      at.set(java.lang.foreign.ValueLayout.JAVA_BYTE, i, (byte) (value >>> (i * Byte.SIZE)));
    }
  }

  static long longAt(long address) {
    return memory(address, Long.BYTES).get(JAVA_LONG_UNALIGNED, 0);
  }

  static int intAt(long address) {
    return memory(address, Integer.BYTES).get(JAVA_INT_UNALIGNED, 0);
  }

  static void setInt(long address, int value) {
    memory(address, Integer.BYTES).set(JAVA_INT_UNALIGNED, 0, value);
  }

  static void setLong(long address, long value) {
    memory(address, Long.BYTES).set(JAVA_LONG_UNALIGNED, 0, value);
  }
}
