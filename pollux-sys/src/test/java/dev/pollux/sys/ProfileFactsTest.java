package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The numbers in which systems differ most, written down a second time and independently of the
 * profiles; a dash is for what a system lacks.
 */
class ProfileFactsTest {

  private static Stream<Profile> profiles(String system) {
    List<Profile> profiles =
        Profiles.all().stream().filter(p -> p.system().equals(system)).toList();
    assertTrue(!profiles.isEmpty(), system);
    return profiles.stream();
  }

  /** Offsets of ident, filter, flags, fflags, data and udata, then the size and the widths. */
  @ParameterizedTest
  @CsvSource({
    "macOS,     0 8 10 12 16 24, 32, 8 2 2 4 8 8, kevent",
    "FreeBSD,   0 8 10 12 16 24, 64, 8 2 2 4 8 8, kevent",
    "OpenBSD,   0 8 10 12 16 24, 32, 8 2 2 4 8 8, kevent",
    "DragonFly, 0 8 10 12 16 24, 32, 8 2 2 4 8 8, kevent",
    "NetBSD,    0 8 12 16 24 32, 40, 8 4 4 4 8 8, __kevent50",
    "Linux,     0 8 10 12 16 24, 32, 8 2 2 4 8 8, kevent",
  })
  void kevent_layoutAndSymbol(
      String system, String offsets, int size, String widths, String symbol) {
    List<Field> fields =
        List.of(
            Field.KEVENT_IDENT,
            Field.KEVENT_FILTER,
            Field.KEVENT_FLAGS,
            Field.KEVENT_FFLAGS,
            Field.KEVENT_DATA,
            Field.KEVENT_UDATA);
    profiles(system)
        .forEach(profile -> {
          assertEquals(offsets, join(fields.stream().map(profile::offset)));
          assertEquals(widths, join(fields.stream().map(profile::width)));
          assertEquals(size, profile.size(Struct.KEVENT));
          assertEquals(symbol, profile.symbol("kevent"));
        });
  }

  private static String join(Stream<Integer> numbers) {
    return String.join(" ", numbers.map(String::valueOf).toList());
  }

  @ParameterizedTest
  @CsvSource({
    // name, Linux, macOS, FreeBSD, OpenBSD, NetBSD, DragonFly
    "EVFILT_READ, -1, -1, -1, -1, 0, -1",
    "EVFILT_WRITE, -2, -2, -2, -2, 1, -2",
    "EVFILT_VNODE, -4, -4, -4, -4, 3, -4",
    "EVFILT_PROC, -5, -5, -5, -5, 4, -5",
    "EVFILT_SIGNAL, -6, -6, -6, -6, 5, -6",
    "EVFILT_TIMER, -7, -7, -7, -7, 6, -7",
    "EVFILT_USER, -11, -10, -11, -10, 8, -9",
    "EVFILT_EXCEPT, -15, -15, -, -9, -, -8",
    "EVFILT_FS, -, -9, -9, -, 7, -10",
    "NOTE_SECONDS, 1, 1, 1, 1, 1, -",
    "NOTE_MSECONDS, 2, -, 2, 0, 0, -",
    "NOTE_USECONDS, 4, 2, 4, 2, 2, -",
    "NOTE_NSECONDS, 8, 4, 8, 3, 3, -",
    "NOTE_ABSTIME, 0x10, 8, 0x10, 0x10, 0x10, -",
  })
  void kqueue_onEachSystem(
      String name,
      String linux,
      String macOs,
      String freeBsd,
      String openBsd,
      String netBsd,
      String dragonFly) {
    Constant constant = Constant.valueOf(name);
    check(constant, "Linux", linux);
    check(constant, "macOS", macOs);
    check(constant, "FreeBSD", freeBsd);
    check(constant, "OpenBSD", openBsd);
    check(constant, "NetBSD", netBsd);
    check(constant, "DragonFly", dragonFly);
  }

  @ParameterizedTest
  @CsvSource({
    // name, Linux, macOS, FreeBSD, OpenBSD, NetBSD, DragonFly
    "O_NONBLOCK, 0x800, 4, 4, 4, 4, 4",
    "O_CLOEXEC, 0x80000, 0x1000000, 0x100000, 0x10000, 0x400000, 0x20000",
    "SOCK_NONBLOCK, 0x800, -, 0x20000000, 0x4000, 0x20000000, 0x20000000",
    "SOCK_CLOEXEC, 0x80000, -, 0x10000000, 0x8000, 0x10000000, 0x10000000",
    "MSG_NOSIGNAL, 0x4000, 0x80000, 0x20000, 0x400, 0x400, 0x400",
    "SO_NOSIGPIPE, -, 0x1022, 0x800, -, 0x800, 0x800",
    "AF_INET6, 10, 30, 28, 24, 24, 28",
    "EAGAIN, 11, 35, 35, 35, 35, 35",
    "EINPROGRESS, 115, 36, 36, 36, 36, 36",
    "ECONNRESET, 104, 54, 54, 54, 54, 54",
    "ETIMEDOUT, 110, 60, 60, 60, 60, 60",
    "ECONNREFUSED, 111, 61, 61, 61, 61, 61",
    "ECANCELED, 125, 89, 85, 88, 87, 85",
    "EOVERFLOW, 75, 84, 84, 87, 84, 84",
    "EPROTO, 71, 100, 92, 95, 96, 92",
    "F_DUPFD_CLOEXEC, 1030, 67, 17, 10, 12, 17",
    "SOL_SOCKET, 1, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff",
    "SO_REUSEADDR, 2, 4, 4, 4, 4, 4",
    "SO_REUSEPORT, 15, 0x200, 0x200, 0x200, 0x200, 0x200",
    "SO_REUSEPORT_LB, -, -, 0x10000, -, -, -",
    "SO_ERROR, 4, 0x1007, 0x1007, 0x1007, 0x1007, 0x1007",
    "SO_SNDBUF, 7, 0x1001, 0x1001, 0x1001, 0x1001, 0x1001",
    "SO_RCVBUF, 8, 0x1002, 0x1002, 0x1002, 0x1002, 0x1002",
    "SIGCHLD, 17, 20, 20, 20, 20, 20",
    "SIGUSR1, 10, 30, 30, 30, 30, 30",
    "SIGUSR2, 12, 31, 31, 31, 31, 31",
    "EDEADLK, 35, 11, 11, 11, 11, 11",
  })
  void constant_onEachSystem(
      String name,
      String linux,
      String macOs,
      String freeBsd,
      String openBsd,
      String netBsd,
      String dragonFly) {
    Constant constant = Constant.valueOf(name);
    check(constant, "Linux", linux);
    check(constant, "macOS", macOs);
    check(constant, "FreeBSD", freeBsd);
    check(constant, "OpenBSD", openBsd);
    check(constant, "NetBSD", netBsd);
    check(constant, "DragonFly", dragonFly);
  }

  private static void check(Constant constant, String system, String expected) {
    profiles(system)
        .forEach(profile -> {
          assertEquals(!expected.equals("-"), profile.has(constant), profile::toString);
          if (profile.has(constant)) {
            assertEquals(Integer.decode(expected), profile.value(constant), profile::toString);
          }
        });
  }

  @ParameterizedTest
  @CsvSource({
    // system, family's offset, path, iovlen's width, controllen's width, control data
    "Linux, 0, 108, 8, 8, 16",
    "macOS, 1, 104, 4, 4, 12",
    "FreeBSD, 1, 104, 4, 4, 16",
    "OpenBSD, 1, 104, 4, 4, 16",
    "NetBSD, 1, 104, 4, 4, 16",
    "DragonFly, 1, 104, 4, 4, 16",
  })
  void socketLayouts(String system, int family, int path, int iov, int control, int data) {
    profiles(system)
        .forEach(profile -> {
          assertEquals(family, profile.offset(Field.SOCKADDR_FAMILY));
          assertEquals(family == 1, profile.has(Field.SOCKADDR_LENGTH));
          assertEquals(path, profile.width(Field.SOCKADDR_UN_PATH));
          assertEquals(iov, profile.width(Field.MSGHDR_IOV_LENGTH));
          assertEquals(control, profile.width(Field.MSGHDR_CONTROL_LENGTH));
          assertEquals(data, profile.controlDataOffset());
        });
  }

  @Test
  void symbols_differOnNetBsdAndMacOs() {
    profiles("NetBSD")
        .forEach(profile -> {
          assertEquals("__socket30", profile.symbol("socket"));
          assertEquals("__select50", profile.symbol("select"));
          assertEquals("__fstat50", profile.symbol("fstat"));
          assertEquals("__clock_gettime50", profile.symbol("clock_gettime"));
          assertEquals("accept", profile.symbol("accept"));
        });
    assertEquals("fstat$INODE64", MacOs.profile(Profiles.X86_64).symbol("fstat"));
    assertEquals("fstat", MacOs.profile(Profiles.AARCH64).symbol("fstat"));
    profiles("macOS")
        .forEach(profile -> assertEquals("select$DARWIN_EXTSN", profile.symbol("select")));
    for (String system : List.of("Linux", "FreeBSD", "OpenBSD", "DragonFly")) {
      profiles(system).forEach(profile -> assertTrue(profile.symbols().isEmpty()));
    }
  }
}
