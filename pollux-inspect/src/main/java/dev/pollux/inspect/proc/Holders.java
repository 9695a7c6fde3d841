package dev.pollux.inspect.proc;

import dev.pollux.inspect.FileKind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who has a socket, a pipe or an epoll instance open, among all processes that may be looked at.
 * They are read once, when the first is asked for.
 */
public final class Holders {

  /**
   * A descriptor of some process.
   *
   * @param pid of the process
   * @param name of its program
   * @param fd the number there
   */
  public record Holder(long pid, String name, int fd) {

    /** In words: {@code fd 5 of process 12 (nginx)}. */
    public String text() {
      return "fd " + fd + " of process " + pid + " (" + name + ")";
    }
  }

  private final Path proc = Path.of("/proc");
  private final List<Holder> epolls = new ArrayList<>();
  private boolean isAnyUnseen;
  private @Nullable Map<Long, List<Holder>> byInode;

  /** Who has it, a line each; one line if nobody that may be seen does. */
  public List<String> of(long inode) {
    List<Holder> holders = find(inode);
    if (holders.isEmpty()) {
      return List.of("no process that may be seen has a socket or a pipe of this inode");
    }
    return holders.stream().map(each -> "it is open as " + each.text()).toList();
  }

  /** Who has it. */
  public List<Holder> find(long inode) {
    return all().getOrDefault(inode, List.of());
  }

  /** Another process that has it; null if none is seen. */
  public @Nullable Holder other(long pid, long inode) {
    return find(inode).stream().filter(each -> each.pid() != pid).findFirst().orElse(null);
  }

  /** All descriptors of epoll instances. */
  public List<Holder> epolls() {
    var _ = all();
    return epolls;
  }

  /** Whether all processes that are shown may be looked at, and none seems to be hidden. */
  public boolean areAllSeen() {
    var _ = all();
    return !isAnyUnseen && Files.exists(proc.resolve("1"));
  }

  private Map<Long, List<Holder>> all() {
    Map<Long, List<Holder>> all = byInode;
    if (all == null) {
      all = new HashMap<>();
      readAll(all);
      byInode = all;
    }
    return all;
  }

  /** Who has the other end of a pipe, as far as it may be seen. */
  public List<Holder> otherEnds(long inode, boolean isReadEnd) {
    return find(inode).stream().filter(each -> isOther(each, isReadEnd)).toList();
  }

  /** Not if it is the same end; one that cannot be looked at may be. */
  private static boolean isOther(Holder holder, boolean isReadEnd) {
    String info = new ProcFiles(holder.pid()).read("fdinfo/" + holder.fd());
    String flags = ProcFiles.value(info, "flags:");
    boolean isReading = !flags.isEmpty() && (flags.charAt(flags.length() - 1) & 3) == 0;
    return flags.isEmpty() || isReading != isReadEnd;
  }

  private void readAll(Map<Long, List<Holder>> all) {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        readOne(process, all);
      }
    } catch (IOException | DirectoryIteratorException _) {
      // as many as there were
    }
  }

  private void readOne(Path process, Map<Long, List<Holder>> all) {
    long pid = Long.parseLong(process.getFileName().toString());
    String name = ProcFiles.read(process.resolve("comm")).strip();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(new ProcFiles(pid).path("fd"))) {
      for (Path entry : entries) {
        String link = ProcFiles.link(entry);
        if (DescriptorTable.kind(link) == FileKind.EPOLL) {
          epolls.add(new Holder(pid, name, Integer.parseInt(entry.getFileName().toString())));
        } else if (link.startsWith("socket:[") || link.startsWith("pipe:[")) {
          long inode = Long.parseLong(link.substring(link.indexOf('[') + 1, link.length() - 1));
          int fd = Integer.parseInt(entry.getFileName().toString());
          all.computeIfAbsent(inode, _ -> new ArrayList<>()).add(new Holder(pid, name, fd));
        }
      }
    } catch (AccessDeniedException _) {
      isAnyUnseen = true;
    } catch (IOException | DirectoryIteratorException _) {
      // gone
    }
  }
}
