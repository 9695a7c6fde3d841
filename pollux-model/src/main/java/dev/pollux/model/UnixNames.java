package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.UnixAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names of Unix sockets.
 *
 * <p>A path is a file: it stays when its socket is closed, refuses connections then, and is in the
 * way of the next {@code bind} until it is unlinked. An abstract name goes with its socket; every
 * type of socket has its own ones.
 *
 * <p>Source: unix(7); {@code unix_find_other} and {@code unix_bind} of Linux.
 */
final class UnixNames {

  private record Abstract(int type, UnixAddress name) {}

  private final Map<Abstract, Socket> names = new HashMap<>();

  /** The files, and those of their sockets that are open. */
  private final Set<UnixAddress> files = new HashSet<>();

  private final Map<UnixAddress, Socket> paths = new HashMap<>();

  private int nextName = 1;

  /** Gives a socket a name; 0, or -EADDRINUSE. */
  int bind(Socket socket, UnixAddress name) {
    if (name.isAbstract()) {
      return names.putIfAbsent(key(socket, name), socket) == null ? 0 : -Errno.EADDRINUSE;
    }
    if (!files.add(name)) {
      return -Errno.EADDRINUSE;
    }
    paths.put(name, socket);
    return 0;
  }

  /** A name that no socket of this type has. */
  UnixAddress unused(Socket socket) {
    UnixAddress name;
    do {
      name = UnixAddress.abstractName(String.format("%05x", nextName++));
    } while (names.containsKey(key(socket, name)));
    return name;
  }

  /** A socket is closed. Its file stays. */
  void unbind(Socket socket, UnixAddress name) {
    boolean _ = names.remove(key(socket, name), socket) || paths.remove(name, socket);
  }

  boolean isFile(UnixAddress path) {
    return files.contains(path);
  }

  /** Removes a file; whether there was one. Its socket keeps the name, but nobody finds it. */
  boolean unlink(UnixAddress path) {
    paths.remove(path);
    return files.remove(path);
  }

  /** The open socket under a name, of whatever type if it is a path; null if there is none. */
  @Nullable Socket find(Socket seeker, UnixAddress name) {
    return name.isAbstract() ? names.get(key(seeker, name)) : paths.get(name);
  }

  /** Why nothing was found under a name, or not what can be connected to. */
  int failure(@Nullable Socket found, UnixAddress name) {
    if (found != null) {
      return -Errno.EPROTOTYPE;
    }
    return name.isAbstract() || files.contains(name) ? -Errno.ECONNREFUSED : -Errno.ENOENT;
  }

  private static Abstract key(Socket socket, UnixAddress name) {
    return new Abstract(socket.options().type, name);
  }
}
