package dev.pollux.sys;

import static dev.pollux.sys.Constant.*; // a table of them: by name they would be half of the file

/**
 * The profile of OpenBSD, the same on both architectures.
 *
 * <p>The filter USER and the units of timers came late: on a release without them {@code kevent}
 * refuses them. Options of TCP for keeping alive are for all sockets, not for one.
 *
 * <p>Checked by {@code ./dev abi}, which says what the sources are.
 */
final class OpenBsd {

  private OpenBsd() {}

  static Profile profile(String architecture) {
    Profile.Builder table = Bsd.common("OpenBSD", architecture);
    errors(table);
    files(table);
    sockets(table);
    protocols(table);
    kqueue(table);
    layouts(table);
    stat(table);
    return table.build();
  }

  private static void errors(Profile.Builder table) {
    table.set(ENOMSG, 90);
    table.set(EIDRM, 89);
    table.set(EPROTO, 95);
    table.set(EBADMSG, 92);
    table.set(EOVERFLOW, 87);
    table.set(EILSEQ, 84);
    table.set(ENOTSUP, 91);
    table.set(ECANCELED, 88);
    table.set(EOWNERDEAD, 94);
    table.set(ENOTRECOVERABLE, 93);
  }

  private static void files(Profile.Builder table) {
    table.set(O_CLOEXEC, 0x10000);
    table.set(O_DIRECTORY, 0x20000);
    table.set(F_DUPFD_CLOEXEC, 10);
    table.set(AT_FDCWD, -100);
    table.set(AT_SYMLINK_NOFOLLOW, 2);
    table.set(CLOCK_MONOTONIC, 3);
    table.set(CLOCK_BOOTTIME, 6); // one source: Go
  }

  private static void sockets(Profile.Builder table) {
    table.set(AF_INET6, 24);
    table.set(SOCK_NONBLOCK, 0x4000);
    table.set(SOCK_CLOEXEC, 0x8000);
    table.set(MSG_NOSIGNAL, 0x400);
    table.set(MSG_CMSG_CLOEXEC, 0x800);
    table.set(SO_PEERCRED, 0x1022);
    table.set(SO_DOMAIN, 0x1024);
    table.set(SO_PROTOCOL, 0x1025);
  }

  private static void protocols(Profile.Builder table) {
    table.set(IP_SENDSRCADDR, 7);
    table.set(IP_RECVIF, 30);
    table.set(TCP_NOPUSH, 0x10);
  }

  private static void kqueue(Profile.Builder table) {
    Bsd.negativeFilters(table);
    table.set(EVFILT_EXCEPT, -9);
    table.set(EVFILT_USER, -10); // in a later sys/event.h, as what follows from timers on

    table.set(NOTE_EOF, 2);
    table.set(NOTE_OOB, 4);
    table.set(NOTE_TRUNCATE, 0x80);
    Bsd.timerNumbers(table);
    Bsd.userNotes(table);
    Bsd.kevent(table);
  }

  private static void layouts(Profile.Builder table) {
    Bsd.mreqn(table);
    table.struct(Struct.SOCKADDR_STORAGE, 256);
    table.struct(Struct.UCRED, "struct sockpeercred", 12);
    table.field(Field.UCRED_UID, 0, 4);
    table.field(Field.UCRED_GID, 4, 4);
    table.field(Field.UCRED_PID, 8, 4);
    table.struct(Struct.SIGSET, 4);
  }

  private static void stat(Profile.Builder table) {
    table.struct(Struct.STAT, 128);
    table.field(Field.STAT_MODE, 0, 4);
    table.field(Field.STAT_DEVICE, 4, 4);
    table.field(Field.STAT_INODE, 8, 8);
    table.field(Field.STAT_LINKS, 16, 4);
    table.field(Field.STAT_UID, 20, 4);
    table.field(Field.STAT_GID, 24, 4);
    table.field(Field.STAT_ACCESSED, 32, 16);
    table.field(Field.STAT_MODIFIED, 48, 16);
    table.field(Field.STAT_CHANGED, 64, 16);
    table.field(Field.STAT_SIZE, 80, 8);
    table.field(Field.STAT_BLOCKS, 88, 8);
    table.field(Field.STAT_BLOCK_SIZE, 96, 4);
    table.field(Field.STAT_BORN, "__st_birthtim", 112, 16);
  }
}
