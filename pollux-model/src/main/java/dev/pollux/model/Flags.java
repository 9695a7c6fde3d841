package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;

/**
 * The MSG_ flags of transfers: those with an effect in Linux that this model lacks are said aloud.
 * Bits without a meaning are taken without a word, as by Linux.
 *
 * <p>Source: send(2), recv(2), linux/socket.h.
 */
final class Flags {

  private static final int MSG_PROBE = 0x10; // linux/socket.h, and those below
  private static final int MSG_SOCK_DEVMEM = 0x2000000;
  private static final int MSG_FASTOPEN = 0x20000000;

  private Flags() {}

  private static boolean isUrgent(Kernel kernel, SocketOptions options, int flags) {
    boolean urgent = options.isUnix() && options.type == Linux.SOCK_STREAM;
    urgent &= FileOps.has(flags, Linux.MSG_OOB);
    if (urgent) {
      int _ = kernel.unsupported("MSG_OOB of a Unix stream");
    }
    return urgent;
  }

  /** 0, or -ENOSYS; -EOPNOTSUPP for urgent data, as of a Linux that was built without. */
  static int checkSend(Kernel kernel, SocketOptions options, int flags) {
    if (isUrgent(kernel, options, flags)) {
      return -Errno.EOPNOTSUPP;
    }
    boolean more = FileOps.has(flags, Linux.MSG_MORE);
    if (more && options.isTcp()) {
      kernel.ignored("send(MSG_MORE)");
    }
    if (more && options.has(Linux.IPPROTO_UDP)) {
      return kernel.unsupported("send(MSG_MORE) of UDP");
    }
    if (FileOps.has(flags, MSG_PROBE) && options.has(Linux.IPPROTO_UDP)) {
      return kernel.unsupported("send(MSG_PROBE)");
    }
    return FileOps.has(flags, MSG_FASTOPEN) && options.isTcp()
        ? kernel.unsupported("send(MSG_FASTOPEN)")
        : 0;
  }

  /** As {@link #checkSend}. */
  static int checkReceive(Kernel kernel, SocketOptions options, int flags) {
    if (isUrgent(kernel, options, flags)) {
      return -Errno.EOPNOTSUPP;
    }
    if (FileOps.has(flags, Linux.MSG_ERRQUEUE)) {
      return kernel.unsupported("recv(MSG_ERRQUEUE)");
    }
    return FileOps.has(flags, MSG_SOCK_DEVMEM) && options.isTcp()
        ? kernel.unsupported("recv(MSG_SOCK_DEVMEM)")
        : 0;
  }
}
