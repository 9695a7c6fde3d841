package dev.pollux.model;

import dev.pollux.sys.Errno;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The disk: folders and files by name, in memory.
 *
 * <p>A path is a string of bytes, one in each character, as the kernel knows no other. One that
 * does not begin with a slash begins at the root: the working directory of the one process is "/".
 * There are no symbolic links, no hard links, and nobody who may not do something: all is done by
 * root.
 *
 * <p>Threads: under the kernel's lock. Errors: {@code -errno}.
 */
final class FileTree {

  static final int FOLDER_MODE = 0755;
  static final int FILE_MODE = 0644;

  private static final int MAX_NAME = 255; // NAME_MAX
  private static final int MAX_PATH = 4095; // PATH_MAX without its NUL
  private static final int NULL_MODE = 0666;

  private final LongSupplier realTime;
  private final FileEvents events = new FileEvents();
  private final FileNode root;
  private long lastNumber;

  FileTree(LongSupplier realTime) {
    this.realTime = realTime;
    this.root = node(FileNode.Kind.FOLDER, FOLDER_MODE);
    FileNode dev = enter(root, "dev", node(FileNode.Kind.FOLDER, FOLDER_MODE));
    FileNode _ = enter(dev, "null", node(FileNode.Kind.NULL, NULL_MODE));
  }

  /**
   * Where a path leads.
   *
   * @param error 0, or what is wrong on the way: then the rest means nothing
   * @param folder what the last name stands in, or should
   * @param name the last name; "." or ".." for a folder named so, "/" for the root
   * @param node what is there, or null
   * @param asFolder whether the path ends with a slash, as only a folder's may
   */
  record Place(int error, FileNode folder, String name, @Nullable FileNode node, boolean asFolder) {

    /** Whether the last name is one that can be given and taken. */
    boolean isOrdinary() {
      return !name.equals("/") && !name.equals(".") && !name.equals("..");
    }
  }

  /** A path of Java, in bytes. */
  static String path(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  FileEvents events() {
    return events;
  }

  /** Nanoseconds since 1970, for the times of files. */
  long now() {
    return realTime.getAsLong();
  }

  /** Walks along a path. */
  Place find(String path) {
    return find(null, path);
  }

  /** Walks along a path, from a folder if that is not null. Source: path_resolution(7). */
  Place find(@Nullable FileNode from, String path) {
    if (path.isEmpty()) {
      return wrong(Errno.ENOENT);
    }
    if (path.length() > MAX_PATH) {
      return wrong(Errno.ENAMETOOLONG);
    }
    FileNode node = from == null || path.startsWith("/") ? root : from;
    FileNode folder = node;
    String name = "/";
    for (String next : path.split("/", -1)) {
      if (next.isEmpty()) {
        continue;
      }
      if (node == null || !node.isFolder()) {
        return wrong(node == null ? Errno.ENOENT : Errno.ENOTDIR);
      }
      if (next.length() > MAX_NAME) {
        return wrong(Errno.ENAMETOOLONG);
      }
      folder = node;
      name = next;
      node =
          switch (next) {
            case "." -> folder;
            case ".." -> folder.folder == null ? folder : folder.folder;
            default -> folder.entries.get(next);
          };
    }
    boolean asFolder = path.endsWith("/");
    if (asFolder && node != null && !node.isFolder()) {
      return wrong(Errno.ENOTDIR);
    }
    return new Place(0, folder, name, node, asFolder);
  }

  private Place wrong(int errno) {
    return new Place(-errno, root, "", null, false);
  }

  /** Makes a file where {@link #find} found that there is none. */
  FileNode make(Place place, FileNode.Kind kind, int permissions) {
    FileNode made = enter(place.folder, place.name, node(kind, permissions));
    touch(place.folder);
    events.made(made);
    return made;
  }

  private FileNode node(FileNode.Kind kind, int permissions) {
    return new FileNode(++lastNumber, kind, permissions, realTime.getAsLong());
  }

  private static FileNode enter(FileNode folder, String name, FileNode node) {
    folder.entries.put(name, node);
    node.folder = folder;
    node.name = name;
    return node;
  }

  /** The last descriptor of an open file description is closed. */
  void closed(FileNode node, boolean wasWritable) {
    node.openCount--;
    events.closed(node, wasWritable);
    if (node.isRemoved && node.openCount == 0) {
      events.gone(node);
    }
  }

  /** The content of a folder or file was changed. */
  void touch(FileNode node) {
    node.modifiedAt = realTime.getAsLong();
    node.changedAt = node.modifiedAt;
  }

  int makeFolder(String path, int permissions) {
    Place place = find(path);
    if (place.error < 0) {
      return place.error;
    }
    if (place.node != null) {
      return -Errno.EEXIST;
    }
    FileNode _ = make(place, FileNode.Kind.FOLDER, permissions);
    return 0;
  }

  /** Takes the name of a file away; what has it open keeps it. */
  int unlink(String path) {
    Place place = find(path);
    if (place.error < 0) {
      return place.error;
    }
    FileNode node = place.node;
    if (node == null) {
      return -Errno.ENOENT;
    }
    if (node.isFolder()) {
      return -Errno.EISDIR;
    }
    remove(node);
    return 0;
  }

  int removeFolder(String path) {
    Place place = find(path);
    if (place.error < 0) {
      return place.error;
    }
    FileNode node = place.node;
    if (node == null || !node.isFolder()) {
      return node == null ? -Errno.ENOENT : -Errno.ENOTDIR;
    }
    if (!place.isOrdinary()) {
      boolean isDot = place.name.equals(".");
      return place.name.equals("/") ? -Errno.EBUSY : isDot ? -Errno.EINVAL : -Errno.ENOTEMPTY;
    }
    if (!node.entries.isEmpty()) {
      return -Errno.ENOTEMPTY;
    }
    remove(node);
    return 0;
  }

  private void remove(FileNode node) {
    FileNode folder = node.folder;
    if (folder == null) {
      throw new IllegalStateException("the root cannot be removed");
    }
    folder.entries.remove(node.name);
    node.isRemoved = true;
    node.changedAt = realTime.getAsLong();
    touch(folder);
    events.removed(node, folder);
  }

  /** Gives a file another name; what has that name already loses it. */
  int rename(String from, String to) {
    Place old = find(from);
    Place next = find(to);
    if (old.error < 0 || next.error < 0) {
      return old.error < 0 ? old.error : next.error;
    }
    if (!old.isOrdinary() || !next.isOrdinary()) {
      return -Errno.EBUSY;
    }
    FileNode node = old.node;
    FileNode target = next.node;
    if (node == null) {
      return -Errno.ENOENT;
    }
    if ((old.asFolder || next.asFolder) && !node.isFolder()) {
      return -Errno.ENOTDIR;
    }
    if (node.contains(next.folder)) {
      return -Errno.EINVAL;
    }
    if (target != null && target.contains(old.folder)) {
      return -Errno.ENOTEMPTY;
    }
    if (node == target) {
      return 0;
    }
    if (target != null && target.isFolder() != node.isFolder()) {
      return node.isFolder() ? -Errno.ENOTDIR : -Errno.EISDIR;
    }
    if (target != null && !target.entries.isEmpty()) {
      return -Errno.ENOTEMPTY;
    }
    move(node, old, next);
    return 0;
  }

  private void move(FileNode node, Place old, Place next) {
    FileNode target = next.node;
    old.folder.entries.remove(old.name);
    FileNode _ = enter(next.folder, next.name, node);
    node.changedAt = realTime.getAsLong();
    touch(old.folder);
    touch(next.folder);
    if (target != null) {
      target.isRemoved = true;
      target.changedAt = realTime.getAsLong();
    }
    events.moved(node, old, target);
  }

  /** Puts a regular file there, and the folders it is in; one that is there gets this content. */
  void put(String path, byte[] content) {
    int slash = path.indexOf('/', 1);
    while (slash > 0) {
      int _ = makeFolder(path.substring(0, slash), FOLDER_MODE);
      slash = path.indexOf('/', slash + 1);
    }
    Place place = find(path);
    if (place.error < 0 || place.asFolder || (place.node != null && place.node.isFolder())) {
      throw new IllegalArgumentException("no file can have this path: " + path);
    }
    FileNode node = place.node == null ? make(place, FileNode.Kind.REGULAR, FILE_MODE) : place.node;
    if (node.kind != FileNode.Kind.REGULAR) {
      throw new IllegalArgumentException("not a regular file: " + path);
    }
    node.content.replace(content);
    touch(node);
    events.modified(node);
  }

  /** The content of a regular file, or null. */
  byte @Nullable [] get(String path) {
    FileNode node = find(path).node;
    return node == null || node.kind != FileNode.Kind.REGULAR
        ? null
        : Arrays.copyOf(node.content.array(), node.content.size());
  }
}
