package dev.pollux.model;

import dev.pollux.sys.Linux;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells those who watch files by inotify what happens to them.
 *
 * <p>What happens to a file is told to who watches the folder it is in, with its name, and then to
 * who watches the file itself, without.
 *
 * <p>Threads: under the kernel's lock. Source: include/linux/fsnotify.h.
 */
final class FileEvents {

  private int lastCookie;

  void opened(FileNode node) {
    tellBoth(node, Linux.IN_OPEN);
  }

  void closed(FileNode node, boolean wasWritable) {
    tellBoth(node, wasWritable ? Linux.IN_CLOSE_WRITE : Linux.IN_CLOSE_NOWRITE);
  }

  void read(FileNode node) {
    tellBoth(node, Linux.IN_ACCESS);
  }

  void modified(FileNode node) {
    tellBoth(node, Linux.IN_MODIFY);
  }

  void made(FileNode node) {
    tellFolder(node.folder, node.name, Linux.IN_CREATE, node, 0);
  }

  /** A file has lost its name, which stood in this folder. */
  void removed(FileNode node, FileNode folder) {
    lostItsName(node);
    if (node.openCount == 0) {
      gone(node);
    }
    tellFolder(folder, node.name, Linux.IN_DELETE, node, 0);
  }

  private static void lostItsName(FileNode node) {
    if (!node.isFolder()) {
      tell(node, Linux.IN_ATTRIB); // a link less
    }
  }

  /** Nobody can come to the file any more. */
  void gone(FileNode node) {
    tell(node, Linux.IN_DELETE_SELF);
    for (InotifyWatch watch : List.copyOf(node.watches)) {
      watch.instance.ignore(watch);
    }
  }

  /** A file has a new name; what had that before, if anything, has none. */
  void moved(FileNode node, FileTree.Place from, @Nullable FileNode replaced) {
    int cookie = ++lastCookie;
    tellFolder(from.folder(), from.name(), Linux.IN_MOVED_FROM, node, cookie);
    tellFolder(node.folder, node.name, Linux.IN_MOVED_TO, node, cookie);
    if (replaced != null) {
      lostItsName(replaced);
    }
    tell(node, Linux.IN_MOVE_SELF);
    if (replaced != null && replaced.openCount == 0) {
      gone(replaced);
    }
  }

  private static void tellBoth(FileNode node, int mask) {
    if (node.folder != null) {
      for (InotifyWatch watch : List.copyOf(node.folder.watches)) {
        if (!node.isRemoved || !watch.has(Linux.IN_EXCL_UNLINK)) {
          watch.tell(mask | folderBit(node), node.name, 0);
        }
      }
    }
    tell(node, mask | folderBit(node));
  }

  /** Without its name, to who watches the file itself. */
  private static void tell(FileNode node, int mask) {
    for (InotifyWatch watch : List.copyOf(node.watches)) {
      watch.tell(mask, "", 0);
    }
  }

  /** That a name came or went, to who watches the folder. */
  private static void tellFolder(
      @Nullable FileNode folder, String name, int mask, FileNode node, int cookie) {
    if (folder != null) {
      for (InotifyWatch watch : List.copyOf(folder.watches)) {
        watch.tell(mask | folderBit(node), name, cookie);
      }
    }
  }

  private static int folderBit(FileNode node) {
    return node.isFolder() ? Linux.IN_ISDIR : 0;
  }
}
