package dev.pollux.inspect;

import org.jspecify.annotations.Nullable;

/**
 * A descriptor of a process.
 *
 * @param fd its number
 * @param kind what it is of
 * @param name as the kernel names it: {@code socket:[4711]}, a path and so on
 * @param inode of its file; 0 if unknown, and the same of all that are anonymous
 * @param flags of {@code open(2)}, -1 if unknown
 * @param detail what its kind tells: a count, the ticks of a timer; empty if nothing
 * @param socket what the tables say of it; null if it is none
 */
public record Descriptor(
    int fd,
    FileKind kind,
    String name,
    long inode,
    int flags,
    String detail,
    @Nullable SocketState socket) {

  /** In words, without the number. */
  public String text() {
    if (socket != null) {
      return socket.text();
    }
    return switch (kind) {
      case PATH -> name;
      case PIPE -> name + (detail.isEmpty() ? "" : " " + detail);
      case ANONYMOUS -> name.replace("anon_inode:", "");
      default -> kind.label() + (detail.isEmpty() ? "" : " " + detail);
    };
  }

  /** The count of an eventfd, or the ticks of a timer that nobody has read; 0 of other kinds. */
  public long pending() {
    String key = kind == FileKind.EVENTFD ? "count " : kind == FileKind.TIMERFD ? "ticks " : "";
    int at = key.isEmpty() ? -1 : detail.indexOf(key);
    try {
      return at < 0 ? 0 : Long.parseUnsignedLong(detail.substring(at + key.length()));
    } catch (NumberFormatException _) {
      return 0; // the kernel did not tell
    }
  }

  /** Whether it is the end of a pipe that is read. */
  public boolean isReadEnd() {
    return kind == FileKind.PIPE && detail.startsWith("read");
  }

  /** Whether it is a timer that will go off. */
  public boolean isDue() {
    return kind == FileKind.TIMERFD && detail.startsWith("due");
  }

  /** Whether its inode tells it from others of its kind. */
  public boolean isNamedByInode() {
    return kind == FileKind.SOCKET || kind == FileKind.PIPE || kind == FileKind.PATH;
  }

  /** The same with more of what its kind tells. */
  Descriptor withDetail(String more) {
    return new Descriptor(fd, kind, name, inode, flags, detail + more, socket);
  }

  /** The same, of which the tables know this. */
  public Descriptor with(@Nullable SocketState state) {
    return new Descriptor(fd, kind, name, inode, flags, detail, state);
  }
}
