package dev.pollux.inspect.proc;

import dev.pollux.inspect.SystemCall.Kind;
import dev.pollux.sys.Abi;
import java.util.Map;
import java.util.Set;

/**
 * System calls by number: those that wait, and those in which a loop is often held up.
 *
 * <p>Source: {@code asm/unistd_64.h} of x86-64, {@code asm-generic/unistd.h}.
 */
final class CallNumbers {

  /** A call: its name, and which argument is its timeout, if it has one. */
  record Call(String name, Kind kind, int timeoutArgument, boolean isPointer) {

    static Call other(String name) {
      return new Call(name, Kind.OTHER, -1, false);
    }
  }

  private static final Call EPOLL_WAIT = new Call("epoll_wait", Kind.EPOLL, 3, false);
  private static final Call EPOLL_PWAIT = new Call("epoll_pwait", Kind.EPOLL, 3, false);
  private static final Call EPOLL_PWAIT2 = new Call("epoll_pwait2", Kind.EPOLL, 3, true);
  private static final Call POLL = new Call("poll", Kind.POLL, 2, false);
  private static final Call PPOLL = new Call("ppoll", Kind.POLL, 2, true);
  private static final Call SELECT = new Call("select", Kind.SELECT, 4, true);
  private static final Call PSELECT = new Call("pselect6", Kind.SELECT, 4, true);

  private static final Map<Integer, Call> WAITS_X86 =
      Map.of(
          232,
          EPOLL_WAIT,
          281,
          EPOLL_PWAIT,
          441,
          EPOLL_PWAIT2,
          7,
          POLL,
          271,
          PPOLL,
          23,
          SELECT,
          270,
          PSELECT);

  private static final Map<Integer, Call> WAITS_ARM =
      Map.of(22, EPOLL_PWAIT, 441, EPOLL_PWAIT2, 73, PPOLL, 72, PSELECT);

  private static final Map<Integer, String> NAMES_X86 =
      Map.ofEntries(
          Map.entry(0, "read"),
          Map.entry(1, "write"),
          Map.entry(16, "ioctl"),
          Map.entry(17, "pread64"),
          Map.entry(18, "pwrite64"),
          Map.entry(19, "readv"),
          Map.entry(20, "writev"),
          Map.entry(34, "pause"),
          Map.entry(35, "nanosleep"),
          Map.entry(42, "connect"),
          Map.entry(43, "accept"),
          Map.entry(44, "sendto"),
          Map.entry(45, "recvfrom"),
          Map.entry(46, "sendmsg"),
          Map.entry(47, "recvmsg"),
          Map.entry(61, "wait4"),
          Map.entry(73, "flock"),
          Map.entry(74, "fsync"),
          Map.entry(75, "fdatasync"),
          Map.entry(128, "rt_sigtimedwait"),
          Map.entry(202, "futex"),
          Map.entry(219, "restart_syscall"),
          Map.entry(230, "clock_nanosleep"),
          Map.entry(257, "openat"),
          Map.entry(288, "accept4"));

  private static final Map<Integer, String> NAMES_ARM =
      Map.ofEntries(
          Map.entry(63, "read"),
          Map.entry(64, "write"),
          Map.entry(29, "ioctl"),
          Map.entry(67, "pread64"),
          Map.entry(68, "pwrite64"),
          Map.entry(65, "readv"),
          Map.entry(66, "writev"),
          Map.entry(101, "nanosleep"),
          Map.entry(203, "connect"),
          Map.entry(202, "accept"),
          Map.entry(206, "sendto"),
          Map.entry(207, "recvfrom"),
          Map.entry(211, "sendmsg"),
          Map.entry(212, "recvmsg"),
          Map.entry(260, "wait4"),
          Map.entry(32, "flock"),
          Map.entry(82, "fsync"),
          Map.entry(83, "fdatasync"),
          Map.entry(137, "rt_sigtimedwait"),
          Map.entry(98, "futex"),
          Map.entry(128, "restart_syscall"),
          Map.entry(115, "clock_nanosleep"),
          Map.entry(56, "openat"),
          Map.entry(242, "accept4"));

  private static final Set<String> NO_DESCRIPTOR =
      Set.of(
          "pause",
          "nanosleep",
          "clock_nanosleep",
          "wait4",
          "rt_sigtimedwait",
          "futex",
          "restart_syscall");

  private final Map<Integer, Call> waits;
  private final Map<Integer, String> names;

  CallNumbers(Abi abi) {
    boolean isArm = abi == Abi.AARCH64;
    this.waits = isArm ? WAITS_ARM : WAITS_X86;
    this.names = isArm ? NAMES_ARM : NAMES_X86;
  }

  Call find(int number) {
    Call wait = waits.get(number);
    return wait != null ? wait : Call.other(names.getOrDefault(number, "call " + number));
  }

  /** Whether the first argument of a call is no descriptor. */
  static boolean takesNoDescriptor(Call call) {
    return NO_DESCRIPTOR.contains(call.name());
  }
}
