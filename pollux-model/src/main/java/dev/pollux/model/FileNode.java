package dev.pollux.model;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A file on the disk, whatever its kind, with the one name it has: there are no hard links.
 *
 * <p>It lives on without its name for as long as it is open.
 *
 * <p>Times are nanoseconds since 1970 on the real-time clock. Threads: under the kernel's lock.
 */
final class FileNode {

  /** What a name can stand for. */
  enum Kind {
    FOLDER,
    REGULAR,
    /** The name of a Unix socket, which stays when the socket is closed. */
    SOCKET,
    /** {@code /dev/null}. */
    NULL
  }

  /** The inode number. */
  final long number;

  final Kind kind;

  /** The lower twelve bits of {@code st_mode}. */
  final int permissions;

  /** Where its name stands; null for the root, and once it has no name. */
  @Nullable FileNode folder;

  String name = "";

  /** Of a folder: what is in it, by name. */
  final TreeMap<String, FileNode> entries = new TreeMap<>();

  /** Of a regular file. */
  final FileContent content = new FileContent();

  /** Of a socket: who is bound to the name, or null when that is closed. */
  @Nullable Socket socket;

  long accessedAt;
  long modifiedAt;
  long changedAt;
  final long bornAt;

  /** Who watches it by inotify. */
  final List<InotifyWatch> watches = new ArrayList<>();

  /** How many open file descriptions refer to it. */
  int openCount;

  boolean isRemoved;

  FileNode(long number, Kind kind, int permissions, long now) {
    this.number = number;
    this.kind = kind;
    this.permissions = permissions;
    this.bornAt = now;
    this.accessedAt = now;
    this.modifiedAt = now;
    this.changedAt = now;
  }

  boolean isFolder() {
    return kind == Kind.FOLDER;
  }

  /** {@code st_nlink}: a folder counts its own "." and the ".." of those in it. */
  int links() {
    if (isRemoved) {
      return 0;
    }
    int folders = 0;
    for (FileNode entry : entries.values()) {
      folders += entry.isFolder() ? 1 : 0;
    }
    return isFolder() ? 2 + folders : 1;
  }

  /** Whether this is the other one, or a folder that it is in, at whatever depth. */
  boolean contains(FileNode other) {
    FileNode node = other;
    while (node != null && node != this) {
      node = node.folder;
    }
    return node != null;
  }
}
