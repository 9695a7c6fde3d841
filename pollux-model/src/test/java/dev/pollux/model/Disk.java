package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The calls on files for tests, by names within one folder, which exists on the kernel of the box.
 *
 * <p>Threads: one.
 */
final class Disk implements AutoCloseable {

  private static final int BUFFER = 64 << 10;

  private final Box box;
  private final Path folder;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment buffer = arena.allocate(BUFFER, 8);

  Disk(Box box, Path folder) {
    this.box = box;
    this.folder = folder;
    if (box.sys instanceof ModelSys) {
      for (int i = 1; i <= folder.getNameCount(); i++) {
        box.ok(mkdirOf("/" + folder.subpath(0, i)));
      }
    }
  }

  @Override
  public void close() {
    arena.close();
  }

  /** The address of a path; a name that does not begin with a slash is within the folder. */
  long path(String name) {
    String path = name.startsWith("/") || name.isEmpty() ? name : folder + "/" + name;
    return arena.allocateFrom(path).address();
  }

  private int mkdirOf(String path) {
    return box.sys.mkdir(path(path), 0755);
  }

  int open(String name, int flags) {
    int fd = box.sys.open(path(name), flags | Linux.O_CLOEXEC, 0644);
    return fd < 0 ? fd : box.keep(fd);
  }

  /** Opens from an open folder, for reading. */
  int openat2(int folderFd, String path, long flags, long resolve) {
    return openat2(folderFd, arena.allocateFrom(path).address(), flags, resolve, 0);
  }

  // struct open_how { __u64 flags; __u64 mode; __u64 resolve; };
  int openat2(int folderFd, long path, long flags, long resolve, long mode) {
    MemorySegment how = arena.allocate(Linux.SIZEOF_OPEN_HOW, 8);
    how.set(JAVA_LONG, Offsets.OPEN_HOW__FLAGS, flags);
    how.set(JAVA_LONG, Offsets.OPEN_HOW__MODE, mode);
    how.set(JAVA_LONG, Offsets.OPEN_HOW__RESOLVE, resolve);
    int fd = box.sys.openat2(folderFd, path, how.address(), Linux.SIZEOF_OPEN_HOW);
    return fd < 0 ? fd : box.keep(fd);
  }

  /** A new file with this content, closed. */
  void make(String name, String content) {
    int fd = box.ok(open(name, Linux.O_WRONLY | Linux.O_CREAT | Linux.O_TRUNC));
    box.ok(box.write(fd, content));
    box.ok(box.close(fd));
  }

  /** All of a file, or the name of an errno. */
  String content(String name) {
    int fd = open(name, Linux.O_RDONLY);
    if (fd < 0) {
      return Box.say(fd);
    }
    String text = box.read(fd, BUFFER);
    box.ok(box.close(fd));
    return text;
  }

  int pwrite(int fd, String text, long offset) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    MemorySegment.copy(bytes, 0, buffer, JAVA_BYTE, 0, bytes.length);
    return box.sys.pwrite(fd, buffer.address(), bytes.length, offset);
  }

  String pread(int fd, int count, long offset) {
    int result = box.sys.pread(fd, buffer.address(), count, offset);
    return result < 0
        ? Box.say(result)
        : "'" + new String(buffer.asSlice(0, result).toArray(JAVA_BYTE), ISO_8859_1) + "'";
  }

  int unlink(String name) {
    return box.sys.unlink(path(name));
  }

  int rename(String from, String to) {
    return box.sys.rename(path(from), path(to));
  }

  int mkdir(String name) {
    return box.sys.mkdir(path(name), 0777);
  }

  int rmdir(String name) {
    return box.sys.rmdir(path(name));
  }

  /** Kind, permissions, links and size, or the name of an errno. */
  String stat(String name) {
    return status(box.sys.statx(Linux.AT_FDCWD, path(name), 0, 0x7ff, buffer.address()));
  }

  String stat(int fd) {
    return status(box.sys.statx(fd, path(""), Linux.AT_EMPTY_PATH, 0x7ff, buffer.address()));
  }

  private String status(int result) {
    if (result < 0) {
      return Box.say(result);
    }
    int mode = buffer.get(JAVA_INT, Offsets.STATX__STX_MODE) & 0xffff;
    String kind =
        switch (mode & Linux.S_IFMT) {
          case Linux.S_IFREG -> "file";
          case Linux.S_IFDIR -> "folder";
          case Linux.S_IFSOCK -> "socket";
          case Linux.S_IFIFO -> "pipe";
          case Linux.S_IFCHR -> "device";
          default -> "none";
        };
    return "%s %o links=%d size=%d"
        .formatted(
            kind,
            mode & ~Linux.S_IFMT,
            buffer.get(JAVA_INT, Offsets.STATX__STX_NLINK),
            kind.equals("folder") ? 0 : buffer.get(JAVA_LONG, Offsets.STATX__STX_SIZE));
  }

  /** The seconds of a time of the last file that was looked at. */
  long seconds(int offset) {
    return buffer.get(JAVA_LONG, offset);
  }

  // ---- inotify

  int inotify() {
    return box.keep(box.sys.inotifyInit1(Linux.IN_NONBLOCK | Linux.IN_CLOEXEC));
  }

  int watch(int fd, String name, int mask) {
    return box.sys.inotifyAddWatch(fd, path(name), mask);
  }

  /** The events that are there, as {@code watch:MASK name}. */
  List<String> events(int fd) {
    List<String> found = new ArrayList<>();
    int count = box.sys.read(fd, buffer.address(), BUFFER);
    if (count < 0) {
      found.add(Box.say(count));
    }
    for (int at = 0; at < count; ) {
      int mask = buffer.get(JAVA_INT, at + Offsets.INOTIFY_EVENT__MASK);
      int length = buffer.get(JAVA_INT, at + Offsets.INOTIFY_EVENT__LEN);
      boolean hasCookie = buffer.get(JAVA_INT, at + Offsets.INOTIFY_EVENT__COOKIE) != 0;
      found.add(
          buffer.get(JAVA_INT, at + Offsets.INOTIFY_EVENT__WD)
              + ":"
              + maskText(mask)
              + (hasCookie ? "+" : "")
              + (length == 0 ? "" : " " + buffer.getString(at + Offsets.INOTIFY_EVENT__NAME)));
      at += Linux.SIZEOF_INOTIFY_EVENT + length;
    }
    return found;
  }

  private static String maskText(int mask) {
    StringBuilder text = new StringBuilder();
    for (Bit bit : Bit.values()) {
      if ((mask & bit.value) != 0) {
        text.append(text.isEmpty() ? "" : "|").append(bit);
      }
    }
    return text.toString();
  }

  private enum Bit {
    ACCESS(Linux.IN_ACCESS),
    MODIFY(Linux.IN_MODIFY),
    ATTRIB(Linux.IN_ATTRIB),
    CLOSE_WRITE(Linux.IN_CLOSE_WRITE),
    CLOSE_NOWRITE(Linux.IN_CLOSE_NOWRITE),
    OPEN(Linux.IN_OPEN),
    MOVED_FROM(Linux.IN_MOVED_FROM),
    MOVED_TO(Linux.IN_MOVED_TO),
    CREATE(Linux.IN_CREATE),
    DELETE(Linux.IN_DELETE),
    DELETE_SELF(Linux.IN_DELETE_SELF),
    MOVE_SELF(Linux.IN_MOVE_SELF),
    OVERFLOW(Linux.IN_Q_OVERFLOW),
    IGNORED(Linux.IN_IGNORED),
    ISDIR(Linux.IN_ISDIR);

    final int value;

    Bit(int value) {
      this.value = value;
    }
  }
}
