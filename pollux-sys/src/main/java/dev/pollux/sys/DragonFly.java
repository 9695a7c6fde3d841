package dev.pollux.sys;

import static dev.pollux.sys.Constant.*; // a table of them: by name they would be half of the file

/**
 * The profile of DragonFly, which runs on x86-64 only.
 *
 * <p>Checked by {@code ./dev abi}, which says what the sources are.
 */
final class DragonFly {

  private DragonFly() {}

  static Profile profile(String architecture) {
    Profile.Builder table = Bsd.common("DragonFly", architecture);
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
  }

  private static void files(Profile.Builder table) {
    table.set(O_CLOEXEC, 0x20000);
    table.set(O_DIRECTORY, 0x8000000);
    table.set(O_DIRECT, 0x10000);
    table.set(F_DUPFD_CLOEXEC, 17);
    table.set(F_GETPATH, 19);
    table.set(AT_FDCWD, -328243);
    table.set(AT_SYMLINK_NOFOLLOW, 1);
    table.set(CLOCK_MONOTONIC, 4);
  }

  private static void sockets(Profile.Builder table) {
    table.set(AF_INET6, 28);
    table.set(SOCK_NONBLOCK, 0x20000000);
    table.set(SOCK_CLOEXEC, 0x10000000);
    table.set(MSG_NOSIGNAL, 0x400);
    table.set(MSG_CMSG_CLOEXEC, 0x1000);
    table.set(SO_PASSCRED, 0x4000);
    table.set(SO_NOSIGPIPE, 0x800);
    table.set(LOCAL_PEERCRED, 1);
    table.set(SCM_CREDS, 3);
  }

  private static void protocols(Profile.Builder table) {
    table.set(IP_SENDSRCADDR, 7); // one source: Rust
    table.set(TCP_KEEPIDLE, 0x100);
    table.set(TCP_KEEPINTVL, 0x200);
    table.set(TCP_KEEPCNT, 0x400);
    table.set(TCP_NOPUSH, 4);
  }

  private static void kqueue(Profile.Builder table) {
    Bsd.negativeFilters(table);
    table.set(EVFILT_EXCEPT, -8);
    table.set(EVFILT_USER, -9);
    table.set(EVFILT_FS, -10);
    table.set(NOTE_OOB, 2);
    Bsd.userNotes(table);
    Bsd.kevent(table);
  }

  private static void layouts(Profile.Builder table) {
    Bsd.mreqn(table);
    table.struct(Struct.UCRED, "struct xucred", 88);
    table.field(Field.UCRED_UID, "cr_uid", 4, 4);
    table.field(Field.UCRED_GID, "cr_groups[0]", 12, 4);
  }

  private static void stat(Profile.Builder table) {
    table.struct(Struct.STAT, 128);
    table.field(Field.STAT_INODE, 0, 8);
    table.field(Field.STAT_LINKS, 8, 4);
    table.field(Field.STAT_DEVICE, 12, 4);
    table.field(Field.STAT_MODE, 16, 2);
    table.field(Field.STAT_UID, 20, 4);
    table.field(Field.STAT_GID, 24, 4);
    table.field(Field.STAT_ACCESSED, 32, 16);
    table.field(Field.STAT_MODIFIED, 48, 16);
    table.field(Field.STAT_CHANGED, 64, 16);
    table.field(Field.STAT_SIZE, 80, 8);
    table.field(Field.STAT_BLOCKS, 88, 8);
    table.field(Field.STAT_BLOCK_SIZE, 112, 8);
  }
}
