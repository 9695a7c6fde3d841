package dev.pollux.cli.echo;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.UnixAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** What to do about a Unix address that cannot be listened at. */
final class UnixAdvice {

  private UnixAdvice() {}

  /** In words, for what a bind said. */
  static String of(Sys sys, UnixAddress address, int errno) {
    if (errno == Errno.ENOENT) {
      return "its directory does not exist";
    }
    if (errno != Errno.EADDRINUSE) {
      return Errno.meaning(errno);
    }
    if (address.isAbstract()) {
      return "another process has this name";
    }
    if (!isSocket(address)) {
      return "something lies there that is no socket; choose another path";
    }
    return Sockets.isDeserted(sys, address)
        ? "a socket lies there that nobody listens at any more; --replace-stale replaces it"
        : "another process listens there; stop it, or choose another path";
  }

  private static boolean isSocket(UnixAddress address) {
    try {
      Object mode =
          Files.getAttribute(Path.of(address.name()), "unix:mode", LinkOption.NOFOLLOW_LINKS);
      return mode instanceof Integer bits && (bits & Linux.S_IFMT) == Linux.S_IFSOCK;
    } catch (IOException | InvalidPathException | UnsupportedOperationException _) {
      return false;
    }
  }
}
