package dev.pollux.inspect.proc;

import dev.pollux.inspect.Descriptor;
import dev.pollux.inspect.EpollItem;
import dev.pollux.inspect.FileKind;
import dev.pollux.inspect.InspectException;
import dev.pollux.inspect.SocketState;
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
import org.jspecify.annotations.Nullable;

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
    String info = files.read("fdinfo/" + epfd);
    List<EpollItem> items = new ArrayList<>();
    for (int at = info.indexOf("tfd:"); at >= 0; at = info.indexOf("tfd:", at + 1)) {
      int end = info.indexOf('\n', at);
      EpollItem item = item(info.substring(at, end < 0 ? info.length() : end));
      if (item != null) {
        items.add(item);
      }
    }
    return items;
  }

  /** {@code tfd: 4 events: 80000019 data: 4 pos:0 ino:35b42 sdev:9}. */
  private static @Nullable EpollItem item(String line) {
    String[] words = line.replace(":", ": ").trim().split("\\s+", -1);
    if (words.length < 6) {
      return null;
    }
    long inode = 0;
    long device = 0;
    for (int i = 6; i + 1 < words.length; i += 2) {
      long value = words[i].equals("pos:") ? 0 : Long.parseUnsignedLong(words[i + 1], 16);
      inode = words[i].equals("ino:") ? value : inode;
      device = words[i].equals("sdev:") ? value : device;
    }
    return new EpollItem(
        Integer.parseInt(words[1]),
        Integer.parseUnsignedInt(words[3], 16),
        Long.parseUnsignedLong(words[5], 16),
        inode,
        device);
  }

  /** Puts the states of the tables to the sockets. */
  public static void complete(SortedMap<Integer, Descriptor> all, Map<Long, SocketState> tables) {
    all.replaceAll((_, each) ->
        each.kind() != FileKind.SOCKET
            ? each
            : each.with(tables.getOrDefault(each.inode(), SocketState.unlisted(each.inode()))));
  }
}
