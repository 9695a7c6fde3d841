package dev.pollux.sys;

import static dev.pollux.sys.Constant.*; // a table of them: by name they would be half of the file

/**
 * The profile of NetBSD up to 10; the architectures differ in the alignment of control messages.
 *
 * <p>A function whose structures changed has a symbol of another name: the plain one is for
 * programs of before. The filter USER and the units of timers came with NetBSD 10.
 *
 * <p>Checked by {@code ./dev abi}, which says what the sources are.
 */
final class NetBsd {

  private NetBsd() {}

  static Profile profile(String architecture) {
    Profile.Builder table = Bsd.common("NetBSD", architecture);
    errors(table);
    files(table);
    sockets(table);
    protocols(table);
    kqueue(table);
    kevent(table);
    layouts(table);
    stat(table);
    symbols(table);
    return table.build();
  }

  private static void errors(Profile.Builder table) {
    table.set(ENOMSG, 83);
    table.set(EIDRM, 82);
    table.set(ENOSTR, 91);
    table.set(ENODATA, 89);
    table.set(ETIME, 92);
    table.set(ENOSR, 90);
    table.set(ENOLINK, 95);
    table.set(EPROTO, 96);
    table.set(EMULTIHOP, 94);
    table.set(EBADMSG, 88);
    table.set(EOVERFLOW, 84);
    table.set(EILSEQ, 85);
    table.set(ENOTSUP, 86);
    table.set(ECANCELED, 87);
  }

  private static void files(Profile.Builder table) {
    table.set(O_CLOEXEC, 0x400000);
    table.set(O_DIRECTORY, 0x200000);
    table.set(O_DIRECT, 0x80000);
    table.set(F_DUPFD_CLOEXEC, 12);
    table.set(F_SETNOSIGPIPE, 14);
    table.set(F_GETPATH, 15);
    table.set(AT_FDCWD, -100);
    table.set(AT_SYMLINK_NOFOLLOW, 0x200);
    table.set(FIONWRITE, 0x40046679); // one source: Rust
    table.set(FIONSPACE, 0x40046678); // one source: Rust
    table.set(FD_SETSIZE, 256);
    table.set(CLOCK_MONOTONIC, 3);
  }

  private static void sockets(Profile.Builder table) {
    table.set(AF_INET6, 24);
    table.set(SOCK_NONBLOCK, 0x20000000);
    table.set(SOCK_CLOEXEC, 0x10000000);
    table.set(MSG_NOSIGNAL, 0x400);
    table.set(MSG_CMSG_CLOEXEC, 0x800);
    table.set(MSG_WAITFORONE, 0x2000); // one source: Rust
    table.set(SO_SNDTIMEO, 0x100b);
    table.set(SO_RCVTIMEO, 0x100c);
    table.set(SO_NOSIGPIPE, 0x800);
    table.set(LOCAL_PEEREID, 3);
  }

  private static void protocols(Profile.Builder table) {
    // IP_PKTINFO has a structure of its own there, without a source: the older pair does as well
    table.set(IP_SENDSRCADDR, 7);
    table.set(TCP_KEEPIDLE, 3);
    table.set(TCP_KEEPINTVL, 5);
    table.set(TCP_KEEPCNT, 6);
  }

  private static void kqueue(Profile.Builder table) {
    table.set(EVFILT_READ, 0);
    table.set(EVFILT_WRITE, 1);
    table.set(EVFILT_VNODE, 3);
    table.set(EVFILT_PROC, 4);
    table.set(EVFILT_SIGNAL, 5);
    table.set(EVFILT_TIMER, 6);
    table.set(EVFILT_FS, 7);
    table.set(EVFILT_USER, 8); // in sys/event.h of NetBSD 10, as what follows
    Bsd.timerNumbers(table);
    Bsd.userNotes(table);
  }

  private static void kevent(Profile.Builder table) {
    table.struct(Struct.KEVENT, 40);
    table.field(Field.KEVENT_IDENT, 0, 8);
    table.field(Field.KEVENT_FILTER, 8, 4);
    table.field(Field.KEVENT_FLAGS, 12, 4);
    table.field(Field.KEVENT_FFLAGS, 16, 4);
    table.field(Field.KEVENT_DATA, 24, 8);
    table.field(Field.KEVENT_UDATA, 32, 8);
  }

  private static void layouts(Profile.Builder table) {
    Bsd.shortMicros(table);
    table.controlAlignment(table.isAarch64() ? 16 : 8); // of arm/cdefs.h
    table.struct(Struct.FD_SET, 32);
    table.struct(Struct.MMSGHDR, 56);
    table.field(Field.MMSGHDR_HEADER, 0, 48);
    table.field(Field.MMSGHDR_LENGTH, 48, 4);
    table.struct(Struct.UCRED, "struct unpcbid", 12);
    table.field(Field.UCRED_PID, "unp_pid", 0, 4);
    table.field(Field.UCRED_UID, "unp_euid", 4, 4);
    table.field(Field.UCRED_GID, "unp_egid", 8, 4);
  }

  private static void stat(Profile.Builder table) {
    table.struct(Struct.STAT, 152);
    table.field(Field.STAT_DEVICE, 0, 8);
    table.field(Field.STAT_MODE, 8, 4);
    table.field(Field.STAT_INODE, 16, 8);
    table.field(Field.STAT_LINKS, 24, 4);
    table.field(Field.STAT_UID, 28, 4);
    table.field(Field.STAT_GID, 32, 4);
    table.field(Field.STAT_ACCESSED, "st_atimespec", 48, 16);
    table.field(Field.STAT_MODIFIED, "st_mtimespec", 64, 16);
    table.field(Field.STAT_CHANGED, "st_ctimespec", 80, 16);
    table.field(Field.STAT_BORN, "st_birthtimespec", 96, 16);
    table.field(Field.STAT_SIZE, 112, 8);
    table.field(Field.STAT_BLOCKS, 120, 8);
    table.field(Field.STAT_BLOCK_SIZE, 128, 4);
  }

  private static void symbols(Profile.Builder table) {
    table.symbol("kevent", "__kevent50");
    table.symbol("socket", "__socket30");
    table.symbol("select", "__select50");
    table.symbol("pselect", "__pselect50");
    table.symbol("pollts", "__pollts50");
    table.symbol("stat", "__stat50");
    table.symbol("fstat", "__fstat50");
    table.symbol("lstat", "__lstat50");
    table.symbol("opendir", "__opendir30");
    table.symbol("readdir", "__readdir30");
    table.symbol("sigprocmask", "__sigprocmask14");
    table.symbol("clock_gettime", "__clock_gettime50");
    table.symbol("gettimeofday", "__gettimeofday50");
    table.symbol("nanosleep", "__nanosleep50");
  }
}
