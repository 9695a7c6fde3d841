package dev.pollux.sys;

import static dev.pollux.sys.Constant.*; // a table of them: by name they would be half of the file

/**
 * The profile of FreeBSD 12 and later, the same on both architectures.
 *
 * <p>FreeBSD 12 changed {@code struct kevent} and {@code struct stat}; {@code dlsym} finds the
 * functions that know the new ones. {@code TCP_INFO} is left out: its structure is another one.
 *
 * <p>Checked by {@code ./dev abi}, which says what the sources are.
 */
final class FreeBsd {

  private FreeBsd() {}

  static Profile profile(String architecture) {
    Profile.Builder table = Bsd.common("FreeBSD", architecture);
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
    table.set(ENOMSG, 83);
    table.set(EIDRM, 82);
    table.set(ENOLINK, 91);
    table.set(EPROTO, 92);
    table.set(EMULTIHOP, 90);
    table.set(EBADMSG, 89);
    table.set(EOVERFLOW, 84);
    table.set(EILSEQ, 86);
    table.set(ENOTSUP, 45); // which EOPNOTSUPP is as well
    table.set(ECANCELED, 85);
    table.set(EOWNERDEAD, 96);
    table.set(ENOTRECOVERABLE, 95);
  }

  private static void files(Profile.Builder table) {
    table.set(O_CLOEXEC, 0x100000);
    table.set(O_DIRECTORY, 0x20000);
    table.set(O_DIRECT, 0x10000);
    table.set(F_DUPFD_CLOEXEC, 17);
    table.set(AT_FDCWD, -100);
    table.set(AT_SYMLINK_NOFOLLOW, 0x200);
    table.set(FIONWRITE, 0x40046677);
    table.set(FIONSPACE, 0x40046676);
    table.set(CLOCK_MONOTONIC, 4);
  }

  private static void sockets(Profile.Builder table) {
    table.set(AF_INET6, 28);
    table.set(SOCK_NONBLOCK, 0x20000000);
    table.set(SOCK_CLOEXEC, 0x10000000);

    table.set(MSG_NOSIGNAL, 0x20000);
    table.set(MSG_CMSG_CLOEXEC, 0x40000);
    table.set(MSG_WAITFORONE, 0x80000); // one source: Go

    table.set(SO_PROTOCOL, 0x1016);
    table.set(SO_DOMAIN, 0x1019);
    table.set(SO_NOSIGPIPE, 0x800);
    table.set(SO_REUSEPORT_LB, 0x10000);

    table.set(SOL_LOCAL, 0); // one source: Go
    table.set(LOCAL_PEERCRED, 1);
    table.set(SCM_CREDS, 3);
  }

  private static void protocols(Profile.Builder table) {
    table.set(IP_SENDSRCADDR, 7);
    table.set(TCP_KEEPIDLE, 0x100);
    table.set(TCP_KEEPINTVL, 0x200);
    table.set(TCP_KEEPCNT, 0x400);
    table.set(TCP_FASTOPEN, 0x401);
    table.set(TCP_NOPUSH, 4);
  }

  private static void kqueue(Profile.Builder table) {
    Bsd.negativeFilters(table);
    table.set(EVFILT_USER, -11);
    table.set(EVFILT_FS, -9);

    table.set(NOTE_FILE_POLL, 2);
    table.set(NOTE_OPEN, 0x0080);
    table.set(NOTE_CLOSE, 0x0100);
    table.set(NOTE_CLOSE_WRITE, 0x0200);
    table.set(NOTE_READ, 0x0400);

    table.set(NOTE_SECONDS, 1);
    table.set(NOTE_MSECONDS, 2);
    table.set(NOTE_USECONDS, 4);
    table.set(NOTE_NSECONDS, 8);
    table.set(NOTE_ABSTIME, 0x10);

    Bsd.userNotes(table);
    Bsd.kevent(table);
    table.struct(Struct.KEVENT, 64); // four numbers of 64 bits behind udata
  }

  private static void layouts(Profile.Builder table) {
    Bsd.mreqn(table);
    table.struct(Struct.MMSGHDR, 56);
    table.field(Field.MMSGHDR_HEADER, 0, 48);
    table.field(Field.MMSGHDR_LENGTH, 48, 8);
    table.struct(Struct.UCRED, "struct xucred", 88);
    table.field(Field.UCRED_UID, "cr_uid", 4, 4);
    table.field(Field.UCRED_GID, "cr_groups[0]", 12, 4);
    table.field(Field.UCRED_PID, "cr_pid", 80, 4); // sys/ucred.h; 0 before FreeBSD 13
  }

  private static void stat(Profile.Builder table) {
    table.struct(Struct.STAT, 224);
    table.field(Field.STAT_DEVICE, 0, 8);
    table.field(Field.STAT_INODE, 8, 8);
    table.field(Field.STAT_LINKS, 16, 8);
    table.field(Field.STAT_MODE, 24, 2);
    table.field(Field.STAT_UID, 28, 4);
    table.field(Field.STAT_GID, 32, 4);
    table.field(Field.STAT_ACCESSED, 48, 16);
    table.field(Field.STAT_MODIFIED, 64, 16);
    table.field(Field.STAT_CHANGED, 80, 16);
    table.field(Field.STAT_BORN, 96, 16);
    table.field(Field.STAT_SIZE, 112, 8);
    table.field(Field.STAT_BLOCKS, 120, 8);
    table.field(Field.STAT_BLOCK_SIZE, 128, 4);
  }
}
