package dev.pollux.model;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.sys.Errno;
import dev.pollux.sys.UnixAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The names of Unix sockets.
 *
 * <p>A path is a file on the disk: it stays when its socket is closed, refuses connections then,
 * and is in the way of the next {@code bind} until it is unlinked. An abstract name goes with its
 * socket; every type of socket has its own ones.
 *
 * <p>Source: unix(7); {@code unix_find_other} and {@code unix_bind} of Linux.
 */
final class UnixNames {

  private static final int PERMISSIONS = 0755; // all, less the umask

  private record Abstract(int type, UnixAddress name) {}

  private final Map<Abstract, Socket> names = new HashMap<>();
  private final FileTree disk;
  private int nextName = 1;

  UnixNames(FileTree disk) {
    this.disk = disk;
  }

  /** Gives a socket an abstract name; 0, or -EADDRINUSE. */
  int bind(Socket socket, UnixAddress name) {
    return names.putIfAbsent(key(socket, name), socket) == null ? 0 : -Errno.EADDRINUSE;
  }

  /** A name that no socket of this type has. */
  UnixAddress unused(Socket socket) {
    UnixAddress name;
    do {
      name = UnixAddress.abstractName(String.format("%05x", nextName++));
    } while (names.containsKey(key(socket, name)));
    return name;
  }

  /** A socket with an abstract name is closed. */
  void unbind(Socket socket, UnixAddress name) {
    boolean _ = names.remove(key(socket, name), socket);
  }

  /** 0, or why no file can be made for a socket. */
  int checkPath(UnixAddress name) {
    FileTree.Place place = place(name);
    if (place.error() < 0 || place.node() != null) {
      return place.error() < 0 ? place.error() : -Errno.EADDRINUSE;
    }
    return place.asFolder() ? -Errno.ENOENT : 0;
  }

  /** Makes the file of a socket, where {@link #checkPath} found room. */
  FileNode makeFile(Socket socket, UnixAddress name) {
    FileNode file = disk.make(place(name), FileNode.Kind.SOCKET, PERMISSIONS);
    file.socket = socket;
    return file;
  }

  private FileTree.Place place(UnixAddress name) {
    return disk.find(new String(name.nameBytes(), ISO_8859_1));
  }

  /** The open socket under a name, of whatever type if it is a path; null if there is none. */
  @Nullable Socket find(Socket seeker, UnixAddress name) {
    if (name.isAbstract()) {
      return names.get(key(seeker, name));
    }
    FileNode file = place(name).node();
    return file == null ? null : file.socket;
  }

  /** Why nothing was found under a name, or not what can be connected to. */
  int failure(@Nullable Socket found, UnixAddress name) {
    if (found != null) {
      return -Errno.EPROTOTYPE;
    }
    if (name.isAbstract()) {
      return -Errno.ECONNREFUSED;
    }
    int result = checkPath(name);
    return result == -Errno.EADDRINUSE ? -Errno.ECONNREFUSED : result < 0 ? result : -Errno.ENOENT;
  }

  private static Abstract key(Socket socket, UnixAddress name) {
    return new Abstract(socket.options().type, name);
  }
}
