package dev.pollux.sys;

import static dev.pollux.sys.Constant.*; // a table of them: by name they would be half of the file

import java.util.List;

/**
 * The profile of macOS, which is the same on both architectures but for names of functions.
 *
 * <p>It lacks {@code accept4}, {@code pipe2}, {@code ppoll}, {@code sendmmsg} and {@code recvmmsg},
 * and flags in the type of a socket. Every value is compared with Apple's headers by {@code ./dev
 * abi}.
 */
final class MacOs {

  private MacOs() {}

  static Profile profile(String architecture) {
    Profile.Builder table = Bsd.common("macOS", architecture);
    errors(table);
    files(table);
    sockets(table);
    protocols(table);
    others(table);
    kqueue(table);
    layouts(table);
    stat(table);
    symbols(table);
    return table.build();
  }

  private static void errors(Profile.Builder table) {
    table.set(ENOMSG, 91);
    table.set(EIDRM, 90);
    table.set(ENOSTR, 99);
    table.set(ENODATA, 96);
    table.set(ETIME, 101);
    table.set(ENOSR, 98);
    table.set(ENOLINK, 97);
    table.set(EPROTO, 100);
    table.set(EMULTIHOP, 95);
    table.set(EBADMSG, 94);
    table.set(EOVERFLOW, 84);
    table.set(EILSEQ, 92);
    table.set(EOPNOTSUPP, 102);
    table.set(ENOTSUP, 45);
    table.set(ECANCELED, 89);
    table.set(EOWNERDEAD, 105);
    table.set(ENOTRECOVERABLE, 104);
  }

  private static void files(Profile.Builder table) {
    table.set(O_CLOEXEC, 0x1000000);
    table.set(O_DIRECTORY, 0x100000);
    table.set(O_EVTONLY, 0x8000);

    table.set(F_DUPFD_CLOEXEC, 67);
    table.set(F_GETPATH, 50);
    table.set(F_SETNOSIGPIPE, 73);

    table.set(AT_FDCWD, -2);
    table.set(AT_SYMLINK_NOFOLLOW, 0x20);

    table.set(TCGETS, "TIOCGETA", 0x40487413);
  }

  private static void sockets(Profile.Builder table) {
    table.set(AF_INET6, 30);

    // not in old headers; SO_NOSIGPIPE does the same on every release
    table.set(MSG_NOSIGNAL, 0x80000);

    table.set(SOL_LOCAL, 0);

    // SO_LINGER itself is in ticks of the clock there
    table.set(SO_LINGER, "SO_LINGER_SEC", 0x1080);
    table.set(SO_NOSIGPIPE, 0x1022);
    table.set(SO_NREAD, 0x1020);
    table.set(SO_NWRITE, 0x1024);

    table.set(LOCAL_PEERCRED, 1);
    table.set(LOCAL_PEERPID, 2);

    table.set(SCM_CREDS, 3);
  }

  private static void protocols(Profile.Builder table) {
    table.set(IP_PKTINFO, 26);
    table.set(IP_RECVPKTINFO, 26);

    table.set(IPV6_RECVPKTINFO, 61);
    table.set(IPV6_TCLASS, 36);

    table.set(TCP_KEEPIDLE, "TCP_KEEPALIVE", 0x10);
    table.set(TCP_KEEPINTVL, 0x101);
    table.set(TCP_KEEPCNT, 0x102);
    table.set(TCP_FASTOPEN, 0x105);
    table.set(TCP_NOTSENT_LOWAT, 0x201);
    table.set(TCP_NOPUSH, 4);
  }

  private static void others(Profile.Builder table) {
    table.set(CLOCK_MONOTONIC, 6);
  }

  private static void kqueue(Profile.Builder table) {
    Bsd.negativeFilters(table);
    table.set(EVFILT_EXCEPT, -15);
    table.set(EVFILT_USER, -10);
    table.set(EVFILT_FS, -9);

    table.set(NOTE_OOB, 2);

    table.set(NOTE_EXITSTATUS, 0x0400_0000);

    table.set(NOTE_SECONDS, 1);
    table.set(NOTE_USECONDS, 2);
    table.set(NOTE_NSECONDS, 4);
    // there is no unit of milliseconds: it is what data is in without a unit
    table.set(NOTE_ABSTIME, "NOTE_ABSOLUTE", 8);

    Bsd.userNotes(table);
    Bsd.kevent(table);
  }

  private static void layouts(Profile.Builder table) {
    Bsd.mreqn(table);
    Bsd.shortMicros(table);
    table.controlAlignment(4);
    table.struct(Struct.IN_PKTINFO, 12);
    table.field(Field.IN_PKTINFO_INTERFACE, 0, 4);
    table.field(Field.IN_PKTINFO_LOCAL_ADDRESS, 4, 4);
    table.field(Field.IN_PKTINFO_ADDRESS, 8, 4);
    table.struct(Struct.UCRED, "struct xucred", 76);
    table.field(Field.UCRED_UID, "cr_uid", 4, 4);
    table.field(Field.UCRED_GID, "cr_groups[0]", 12, 4);
    table.struct(Struct.SIGSET, 4);
    table.struct(Struct.TERMIOS, 72);
  }

  private static void stat(Profile.Builder table) {
    table.struct(Struct.STAT, 144);
    table.field(Field.STAT_DEVICE, 0, 4);
    table.field(Field.STAT_MODE, 4, 2);
    table.field(Field.STAT_LINKS, 6, 2);
    table.field(Field.STAT_INODE, 8, 8);
    table.field(Field.STAT_UID, 16, 4);
    table.field(Field.STAT_GID, 20, 4);
    table.field(Field.STAT_ACCESSED, "st_atimespec", 32, 16);
    table.field(Field.STAT_MODIFIED, "st_mtimespec", 48, 16);
    table.field(Field.STAT_CHANGED, "st_ctimespec", 64, 16);
    table.field(Field.STAT_BORN, "st_birthtimespec", 80, 16);
    table.field(Field.STAT_SIZE, 96, 8);
    table.field(Field.STAT_BLOCKS, 104, 8);
    table.field(Field.STAT_BLOCK_SIZE, 112, 4);
  }

  /**
   * The symbols with the 64-bit inode, which on aarch64 are the only ones, and of the select that
   * takes descriptors above FD_SETSIZE.
   */
  private static void symbols(Profile.Builder table) {
    table.symbol("select", "select$DARWIN_EXTSN");
    table.symbol("pselect", "pselect$DARWIN_EXTSN");
    if (!table.isAarch64()) {
      for (String function :
          List.of("stat", "fstat", "lstat", "fstatat", "opendir", "fdopendir", "readdir")) {
        table.symbol(function, function + "$INODE64");
      }
    }
  }
}
