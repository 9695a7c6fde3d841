package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which functions of a system are called, in which order, where it lacks a call of Linux. */
@ExtendWith(FdLeakCheck.class)
class PlayedCallsTest {

  private final PlayedSystem mac = Systems.played("macOS on aarch64");
  private final PlayedSystem freeBsd = Systems.played("FreeBSD on x86-64");
  private final Workspace onMac = new Workspace(mac.sys());
  private final Workspace onFreeBsd = new Workspace(freeBsd.sys());

  @AfterEach
  void close() {
    onMac.close();
    onFreeBsd.close();
  }

  private static List<String> taken(PlayedSystem system) {
    List<String> calls = List.copyOf(system.calls);
    system.calls.clear();
    return calls;
  }

  @Test
  void socket_getsItsFlagsByFcntl_whereATypeHasNone() {
    int type = Linux.SOCK_STREAM | Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC;
    int fd = onMac.own(onMac.sys.socket(Linux.AF_INET6, type, 0));
    List<String> flags = List.of("socket", "fcntl", "fcntl", "fcntl", "setsockopt", "SO_NOSIGPIPE");
    assertEquals(flags.stream().sorted().toList(), taken(mac).stream().sorted().toList());
    assertEquals(Linux.FD_CLOEXEC, onMac.sys.fcntl(fd, Linux.F_GETFD, 0));
    int said = onMac.sys.fcntl(fd, Linux.F_GETFL, 0);
    assertEquals(Linux.O_NONBLOCK, said & Linux.O_NONBLOCK);

    int _ = onFreeBsd.own(onFreeBsd.sys.socket(Linux.AF_INET6, type, 0));
    assertEquals("socket", taken(freeBsd).getFirst());
  }

  /** There a connection is non-blocking as its listener is; Linux's is as it was asked for. */
  @ParameterizedTest
  @ValueSource(ints = {0, Linux.SOCK_NONBLOCK})
  void accepted_isBlockingAsWasAsked_notAsItsListener(int flags) throws SysException {
    int listener = onMac.own(Sockets.unixListener(onMac.sys, UnixAddress.unnamed(), 2));
    int client = Sockets.connecting(onMac.sys, Sockets.localAddress(onMac.sys, listener));
    int _ = onMac.own(client);
    mac.calls.clear();
    int accepted = onMac.own(onMac.sys.accept4(listener, 0, 0, flags));
    assertEquals(flags, onMac.sys.fcntl(accepted, Linux.F_GETFL, 0) & Linux.O_NONBLOCK);
    assertEquals("accept", mac.calls.getFirst());
    assertTrue(mac.calls.contains("SO_NOSIGPIPE"));
  }

  @Test
  void pipe_getsItsFlagsByFcntl() throws SysException {
    int[] ends = onMac.own(Sockets.pipe(onMac.sys, Linux.O_CLOEXEC | Linux.O_NONBLOCK));
    assertEquals("pipe", taken(mac).getFirst());
    assertEquals(Linux.FD_CLOEXEC, onMac.sys.fcntl(ends[1], Linux.F_GETFD, 0));
  }

  @Test
  void kqueue_isClosedOnExec() {
    int fd = onMac.own(onMac.sys.kqueue());
    assertEquals(List.of("kqueue", "fcntl"), taken(mac));
    assertEquals(Linux.FD_CLOEXEC, onMac.sys.fcntl(fd, Linux.F_GETFD, 0));
  }

  /** What is Linux's alone is missing, and nothing is called for it. */
  @Test
  void whatIsOfLinux_isMissing() {
    Sys sys = onMac.sys;
    assertEquals(-Errno.ENOSYS, sys.epollCreate1(0));
    assertEquals(-Errno.ENOSYS, sys.eventfd(0, 0));
    assertEquals(-Errno.ENOSYS, sys.timerfdCreate(0, 0));
    assertEquals(-Errno.ENOSYS, sys.signalfd(-1, 0, 0));
    assertEquals(-Errno.ENOSYS, sys.inotifyInit1(0));
    assertEquals(-Errno.ENOSYS, sys.pidfdOpen(1, 0));
    assertEquals(List.of(), mac.calls);
  }

  /** A number that Linux has no name for is told apart from all of its own. */
  @Test
  void errnoThatLinuxHasNot_isBehindThem() {
    BsdLibrary library = new BsdLibrary(mac.profile, mac);
    assertEquals(BsdLibrary.UNNAMED + 79, library.errno(79)); // EFTYPE
    assertEquals(Errno.EAGAIN, library.errno(35));
  }

  /** Passed as a fixed argument, a variadic one would be garbage on macOS on arm64. */
  @Test
  void variadicFunctions_areCalledAsSuch_orNotAtAll() {
    BsdLibrary library = new BsdLibrary(mac.profile, mac);
    assertThrows(AssertionError.class, () -> library.call(BsdFunction.FCNTL, 0, 1, 0));
    assertThrows(AssertionError.class, () -> library.callVariadic(BsdFunction.READ, 0, 0, 0));
  }
}
