package dev.pollux.inspect;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A process at one time: its descriptors, epoll instances and threads. Nothing was stopped for it,
 * so one part may be a little older than another.
 *
 * @param pid its number
 * @param name of its program
 * @param atNanos when it was looked at, by the monotonic clock
 * @param tookNanos how long the look took
 * @param descriptors by number
 * @param epolls its instances
 * @param threads all of them
 * @param sockets of its network that no process may have any more: TIME_WAIT
 * @param fileLimit how many descriptors it may have; -1 if unknown
 * @param unseen what could not be looked at, and what is not known for that, a sentence each
 */
public record ProcessView(
    long pid,
    String name,
    long atNanos,
    long tookNanos,
    SortedMap<Integer, Descriptor> descriptors,
    List<EpollSet> epolls,
    List<ProcessThread> threads,
    List<SocketState> sockets,
    long fileLimit,
    List<String> unseen) {

  /** Copies all lists. */
  public ProcessView {
    descriptors = Collections.unmodifiableSortedMap(new TreeMap<>(descriptors));
    epolls = List.copyOf(epolls);
    threads = List.copyOf(threads);
    sockets = List.copyOf(sockets);
    unseen = List.copyOf(unseen);
  }

  /** The same, with other descriptors. */
  ProcessView with(SortedMap<Integer, Descriptor> others) {
    return new ProcessView(
        pid, name, atNanos, tookNanos, others, epolls, threads, sockets, fileLimit, unseen);
  }

  /** The descriptor of this number; null if there is none. */
  public @Nullable Descriptor descriptor(int fd) {
    return descriptors.get(fd);
  }

  /** The instance by this descriptor; null if it is gone. */
  public @Nullable EpollSet epoll(int fd) {
    for (EpollSet each : epolls) {
      if (each.fd() == fd) {
        return each;
      }
    }
    return null;
  }

  /** The thread of this number; null if it is gone. */
  public @Nullable ProcessThread thread(int tid) {
    for (ProcessThread each : threads) {
      if (each.tid() == tid) {
        return each;
      }
    }
    return null;
  }

  /** What an item's number leads to, if that is still the file that was added; else null. */
  public @Nullable Descriptor target(EpollItem item) {
    Descriptor there = descriptors.get(item.fd());
    boolean isUntold = there != null && (there.inode() == 0 || item.inode() == -1);
    boolean isSame = there != null && there.inode() == item.inode();
    return isUntold || isSame ? there : null;
  }

  /** All descriptors. */
  public Collection<Descriptor> all() {
    return descriptors.values();
  }

  /** Whether a signal or a debugger has stopped all its threads. */
  public boolean isStopped() {
    return !threads.isEmpty() && threads.stream().allMatch(ProcessThread::isStopped);
  }

  /** Whether it uses io_uring, by which things are waited for that are in no set. */
  public boolean usesIoUring() {
    return all().stream().anyMatch(each -> each.kind() == FileKind.IO_URING);
  }

  /** How many items all its instances have. */
  public int itemCount() {
    return epolls.stream().mapToInt(each -> each.items().size()).sum();
  }
}
