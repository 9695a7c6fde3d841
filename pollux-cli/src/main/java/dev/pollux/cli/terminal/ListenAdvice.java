package dev.pollux.cli.terminal;

import dev.pollux.sys.Addresses;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** What to do about an address that cannot be listened at. */
public final class ListenAdvice {

  private ListenAdvice() {}

  /** The failure of a command that was to listen there, by --host and --port or by --unix. */
  public static Failure failure(Sys sys, SocketAddress address, SysException e) {
    return failure(sys, address, "--port", e);
  }

  /** The same, where another option says the port. */
  public static Failure failure(Sys sys, SocketAddress address, String option, SysException e) {
    String advice =
        address instanceof UnixAddress unix ? of(sys, unix, e.errno()) : of(e.errno(), option);
    return new Failure(
        "cannot listen on " + Addresses.text(address) + " (" + e.errnoName() + "): " + advice);
  }

  private static String of(int errno, String option) {
    return switch (errno) {
      case Errno.EADDRINUSE ->
          "another process has this port; stop it, or choose another " + option + ", or 0 for any";
      case Errno.EACCES -> "ports below 1024 need a privilege; choose a higher " + option;
      case Errno.EADDRNOTAVAIL -> "this host does not have that address; choose another --host";
      default -> Errno.meaning(errno);
    };
  }

  /** In words, for what a bind said. */
  private static String of(Sys sys, UnixAddress address, int errno) {
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
