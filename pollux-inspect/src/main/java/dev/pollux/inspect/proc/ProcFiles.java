package dev.pollux.inspect.proc;

import dev.pollux.inspect.InspectException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The files under {@code /proc/PID}, which may be gone at any time. */
public final class ProcFiles {

  private static final int ELF_CLASS = 4; // the byte of its header
  private static final int ELF_32_BIT = 1;

  private static final int FLAGS = 6; // words of its stat behind the name
  private static final int START = 19;
  private static final long KERNEL_THREAD = 0x200000; // PF_KTHREAD
  private static final char ZOMBIE = 'Z';

  private final long pid;
  private final Path folder;
  private final Path tasks;

  /** Of the process, or of a thread that lives on when the main one has ended. */
  private final Path root;

  private String started = "";

  /** Of a process; of a thread that lives on if its main one has ended. */
  public ProcFiles(long pid) {
    this.pid = pid;
    this.folder = Path.of("/proc", Long.toString(pid));
    this.tasks = folder.resolve("task");
    Path live = isEnded(stat(folder)) ? liveThread() : null;
    this.root = live == null ? folder : live;
  }

  /** The folder of its threads. */
  public Path tasks() {
    return tasks;
  }

  /** A file or folder beneath. */
  public Path path(String name) {
    return root.resolve(name);
  }

  /** Its content; empty if it is not there, or may not be read. */
  public String read(String name) {
    return read(root.resolve(name));
  }

  /** The content of any file; empty if it is not there, or may not be read. */
  public static String read(Path path) {
    try {
      return new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
    } catch (IOException _) {
      return "";
    }
  }

  /** Whether it may not be read, though it is there. */
  public boolean isForbidden(String name) {
    try {
      byte[] _ = Files.readAllBytes(root.resolve(name));
      return false;
    } catch (AccessDeniedException _) {
      return true;
    } catch (IOException e) { // EPERM has no class of its own
      return String.valueOf(e.getMessage()).contains("not permitted");
    }
  }

  /** Where a link leads; empty if it is gone. */
  public static String link(Path path) {
    try {
      return Files.readSymbolicLink(path).toString();
    } catch (IOException _) {
      return "";
    }
  }

  /** What follows a key at the start of a line; empty if there is no such line. */
  public static String value(String text, String key) {
    for (int at = 0; at >= 0 && at < text.length(); ) {
      int end = text.indexOf('\n', at);
      end = end < 0 ? text.length() : end;
      if (text.startsWith(key, at)) {
        return text.substring(at + key.length(), end).strip();
      }
      at = end + 1;
    }
    return "";
  }

  /** Fails, in words for users, if nothing can be learnt of the process. */
  public void require() throws InspectException {
    if (pid <= 0 || !Files.exists(root)) {
      throw new InspectException("there is no process " + pid);
    }
    String group = value(read("status"), "Tgid:");
    if (!group.isEmpty() && !group.equals(Long.toString(pid))) {
      throw new InspectException(pid + " is a thread of process " + group + "; look at that");
    }
    String[] stat = stat(folder);
    if (stat.length > START && (Long.parseLong(stat[FLAGS]) & KERNEL_THREAD) != 0) {
      throw new InspectException("process " + pid + " is a thread of the kernel");
    }
    if (isEnded(stat) && root.equals(folder)) {
      throw new InspectException("process " + pid + " has ended and waits for its parent");
    }
    requireWidth();
    started = stat.length > START ? stat[START] : "";
  }

  /** Fails if the number is another process's by now. */
  public void requireSame() throws InspectException {
    String[] stat = stat(folder);
    if (stat.length <= START || !stat[START].equals(started)) {
      throw gone();
    }
  }

  private static String[] stat(Path folder) {
    String stat = read(folder.resolve("stat"));
    int close = stat.lastIndexOf(')');
    return close < 0 ? new String[0] : stat.substring(close + 2).split(" ", -1);
  }

  private static boolean isEnded(String[] stat) {
    return stat.length > 0 && stat[0].charAt(0) == ZOMBIE;
  }

  /** A thread that has not ended, when the main one has; null if all have. */
  private @Nullable Path liveThread() {
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        if (!isEnded(stat(thread))) {
          return thread;
        }
      }
    } catch (IOException | DirectoryIteratorException _) {
      // gone
    }
    return null;
  }

  private void requireWidth() throws InspectException {
    byte[] head = new byte[ELF_CLASS + 1];
    try (var exe = Files.newInputStream(root.resolve("exe"))) {
      int n = exe.readNBytes(head, 0, head.length);
      if (n == head.length && head[ELF_CLASS] == ELF_32_BIT) {
        throw new InspectException(
            "process " + pid + " is a 32-bit program, whose calls cannot be read here");
      }
    } catch (IOException _) {
      // no right: the descriptors tell
    }
  }

  /** What is said of a process whose descriptors may not be listed. */
  public InspectException forbidden() {
    return new InspectException(
        "process "
            + pid
            + " may not be looked at: that needs its user, or the capability SYS_PTRACE (sudo)");
  }

  /** What is said of one that has ended meanwhile. */
  public InspectException gone() {
    return new InspectException("process " + pid + " has ended");
  }
}
