package dev.pollux.inspect;

import dev.pollux.inspect.proc.DescriptorTable;
import dev.pollux.inspect.proc.ProcFiles;
import dev.pollux.inspect.proc.ThreadTable;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The processes of this machine that wait for readiness.
 *
 * @param waiting those that have an epoll instance, or a thread in poll or select
 * @param hidden how many may not be looked at
 */
public record Processes(List<Waiting> waiting, int hidden) {

  /**
   * A process that waits.
   *
   * @param pid its number
   * @param name of its program
   * @param epolls how many epoll instances it has
   * @param items how many items they have
   * @param inEpoll how many threads wait there
   * @param inPoll how many threads wait in poll or select
   */
  public record Waiting(long pid, String name, int epolls, int items, int inEpoll, int inPoll) {}

  /** Copies the list. */
  public Processes {
    waiting = List.copyOf(waiting);
  }

  /** Looks at all processes; one that ends meanwhile is left out. */
  public static Processes find() {
    List<Waiting> all = new ArrayList<>();
    int hidden = 0;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path entry : entries) {
        long pid = Long.parseLong(entry.getFileName().toString());
        if (!Files.isReadable(entry.resolve("fd"))) {
          hidden++;
        } else {
          add(pid, all);
        }
      }
    } catch (IOException | DirectoryIteratorException _) {
      // as many as there were
    }
    all.sort(Comparator.comparingLong(Waiting::pid));
    return new Processes(all, hidden);
  }

  private static void add(long pid, List<Waiting> all) {
    ProcFiles files = new ProcFiles(pid);
    DescriptorTable table = new DescriptorTable(files);
    List<Integer> epolls = table.epolls();
    int items = 0;
    for (int epfd : epolls) {
      items += table.items(epfd).size();
    }
    int inEpoll = 0;
    int inPoll = 0;
    for (ProcessThread thread : new ThreadTable(files, null).read()) {
      inEpoll += thread.isInEpollWait() ? 1 : 0;
      inPoll += thread.isInWait() && !thread.isInEpollWait() ? 1 : 0;
    }
    if (!epolls.isEmpty() || inPoll > 0) {
      all.add(new Waiting(pid, files.read("comm").strip(), epolls.size(), items, inEpoll, inPoll));
    }
  }
}
