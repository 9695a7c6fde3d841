package dev.pollux.inspect.proc;

import dev.pollux.inspect.Descriptor;
import dev.pollux.inspect.EpollItem;
import dev.pollux.inspect.FileKind;
import dev.pollux.inspect.InspectException;
import dev.pollux.inspect.SocketState;
import dev.pollux.sys.InterestItem;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The descriptors of a process, and the interest lists among them.
 *
 * <p>Source: proc_pid_fd(5), proc_pid_fdinfo(5).
 */
public final class DescriptorTable {

  private static final Map<String, FileKind> ANONYMOUS =
      Map.of(
          "[eventpoll]", FileKind.EPOLL,
          "[eventfd]", FileKind.EVENTFD,
          "[timerfd]", FileKind.TIMERFD,
          "[signalfd]", FileKind.SIGNALFD,
          "inotify", FileKind.INOTIFY,
          "[inotify]", FileKind.INOTIFY,
          "[pidfd]", FileKind.PIDFD,
          "[io_uring]", FileKind.IO_URING);

  private final ProcFiles files;

  /** Of the process with these files. */
  public DescriptorTable(ProcFiles files) {
    this.files = files;
  }

  /** All of them, by number; sockets without their states. */
  public SortedMap<Integer, Descriptor> read() throws InspectException {
    SortedMap<Integer, Descriptor> all = new TreeMap<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(files.path("fd"))) {
      for (Path entry : entries) {
        int fd = Integer.parseInt(entry.getFileName().toString());
        String name = ProcFiles.link(entry);
        if (!name.isEmpty()) { // else it was closed meanwhile
          all.put(fd, describe(fd, name));
        }
      }
      return all;
    } catch (AccessDeniedException _) {
      throw files.forbidden();
    } catch (IOException | DirectoryIteratorException _) {
      throw files.gone();
    }
  }

  private Descriptor describe(int fd, String name) {
    FileKind kind = kind(name);
    if (kind == FileKind.SOCKET) {
      return new Descriptor(fd, kind, name, bracketed(name), -1, "", null);
    }
    if (kind == FileKind.EPOLL) {
      return new Descriptor(fd, kind, name, 0, -1, "", null); // its list is read apart
    }
    String info = files.read("fdinfo/" + fd);
    long inode = kind == FileKind.PIPE ? bracketed(name) : number(info, "ino:", 10);
    int flags = (int) Math.max(-1, number(info, "flags:", 8));
    return new Descriptor(fd, kind, name, inode, flags, detail(kind, info, flags), null);
  }

  static FileKind kind(String name) {
    if (name.startsWith("socket:[")) {
      return FileKind.SOCKET;
    }
    if (name.startsWith("pipe:[")) {
      return FileKind.PIPE;
    }
    if (name.startsWith("pidfd:[")) {
      return FileKind.PIDFD;
    }
    if (name.startsWith("anon_inode:")) {
      String which = name.substring("anon_inode:".length());
      return ANONYMOUS.getOrDefault(which, FileKind.ANONYMOUS);
    }
    return FileKind.PATH;
  }

  private static String detail(FileKind kind, String info, int flags) {
    return switch (kind) {
      case PIPE -> flags < 0 ? "" : (flags & 3) == 0 ? "read end" : "write end"; // O_ACCMODE
      case EVENTFD -> "count " + number(info, "eventfd-count:", 16);
      case TIMERFD -> timer(info);
      case SIGNALFD -> "mask " + ProcFiles.value(info, "sigmask:");
      case INOTIFY -> watches(info);
      case PIDFD -> "of process " + ProcFiles.value(info, "Pid:");
      default -> "";
    };
  }

  private static String timer(String info) {
    String left = ProcFiles.value(info, "it_value:");
    String ticks = ProcFiles.value(info, "ticks:");
    boolean isOff = left.equals("(0, 0)");
    return (isOff ? "off" : "due in " + seconds(left) + " s") + ", ticks " + ticks;
  }

  /** Of a pair of seconds and nanoseconds. */
  private static String seconds(String pair) {
    int comma = pair.indexOf(',');
    return comma < 1 ? "?" : pair.substring(1, comma);
  }

  private static String watches(String info) {
    long count = info.lines().filter(line -> line.startsWith("inotify wd:")).count();
    return count + (count == 1 ? " watch" : " watches");
  }

  /** The number in brackets. */
  private static long bracketed(String name) {
    try {
      return Long.parseLong(name.substring(name.indexOf('[') + 1, name.length() - 1));
    } catch (NumberFormatException _) {
      return 0;
    }
  }

  private static long number(String info, String key, int radix) {
    String value = ProcFiles.value(info, key);
    try {
      return value.isEmpty() ? 0 : Long.parseUnsignedLong(value, radix);
    } catch (NumberFormatException _) {
      return 0;
    }
  }

  /** The numbers of the epoll instances; none if they may not be seen. */
  public List<Integer> epolls() {
    List<Integer> all = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(files.path("fd"))) {
      for (Path entry : entries) {
        if (kind(ProcFiles.link(entry)) == FileKind.EPOLL) {
          all.add(Integer.parseInt(entry.getFileName().toString()));
        }
      }
    } catch (IOException | DirectoryIteratorException _) {
      // gone, or another's
    }
    return all;
  }

  /** The interest list of an epoll instance; empty as well if it is gone. */
  public List<EpollItem> items(int epfd) {
    return InterestItem.parse(files.read("fdinfo/" + epfd)).stream().map(EpollItem::of).toList();
  }

  /** The inode of a descriptor's file; 0 if unknown. */
  public long inode(int fd) {
    return number(files.read("fdinfo/" + fd), "ino:", 10);
  }

  /** What a number leads to for one thread, which may have a table of its own; empty if nothing. */
  public String linkOf(int tid, int fd) {
    return ProcFiles.link(files.tasks().resolve(tid + "/fd/" + fd));
  }

  /** Puts the states of the tables to the sockets. */
  public static void complete(SortedMap<Integer, Descriptor> all, Map<Long, SocketState> tables) {
    all.replaceAll((_, each) ->
        each.kind() != FileKind.SOCKET
            ? each
            : each.with(tables.getOrDefault(each.inode(), SocketState.unlisted(each.inode()))));
  }
}
