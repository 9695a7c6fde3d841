package dev.pollux.inspect;

import dev.pollux.inspect.proc.DescriptorTable;
import dev.pollux.inspect.proc.Holders;
import dev.pollux.inspect.proc.Holders.Holder;
import dev.pollux.inspect.proc.Instances;
import dev.pollux.inspect.proc.ProcFiles;
import dev.pollux.inspect.proc.ProcessMemory;
import dev.pollux.inspect.proc.ReadyLists;
import dev.pollux.inspect.proc.SocketDiagnostics;
import dev.pollux.inspect.proc.SocketTables;
import dev.pollux.inspect.proc.ThreadTable;
import dev.pollux.inspect.rules.KnownWaits;
import dev.pollux.inspect.rules.Rules;
import dev.pollux.sys.Sys;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a process of this machine from outside, this one or another: what its epoll instances
 * watch, who waits there, and what is wrong. The process is not stopped, gets no signal, and loses
 * no event.
 *
 * <p>By default only files of {@code /proc} are read, and the kernel is asked for the queues of
 * sockets. {@link InspectOptions#isDeep} adds what needs the right to attach. What may not be seen
 * is said in {@link ProcessView#unseen}.
 *
 * <p>Reading an interest list holds the mutex of its instance: a hundred thousand items may hold up
 * a busy loop for tens of milliseconds. A process with more than that is looked at no further.
 *
 * <p>Ownership: holds descriptors until {@link #close}. Threads: one at a time. Blocking: a look
 * reads files; {@link #diagnose} waits between looks.
 */
public final class Inspector implements AutoCloseable {

  /** How many items are looked at, of all instances of a process together. */
  public static final int MOST_ITEMS = 100_000;

  private static final String OTHER_NETWORK =
      "It has a network of its own: the sizes of its backlogs, the queues of its Unix sockets, the"
          + " silence of its peers, and which connections are shut in both directions are not"
          + " known.";

  private static final boolean HAS_RECORDER = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  private final Sys sys;
  private final long pid;
  private final InspectOptions options;
  private final ProcFiles files;
  private final DescriptorTable table;
  private final Instances instances;
  private final @Nullable ReadyLists ready;
  private final @Nullable ProcessMemory memory;
  private final KnownWaits waits = new KnownWaits();

  private Inspector(Sys sys, ProcFiles files, long pid, InspectOptions options) {
    this.sys = sys;
    this.pid = pid;
    this.options = options;
    this.files = files;
    this.table = new DescriptorTable(files);
    this.instances = new Instances(sys);
    this.ready = options.isDeep() ? ReadyLists.open(sys, pid, files) : null;
    this.memory = options.isDeep() ? ProcessMemory.open(files) : null;
  }

  /**
   * Begins with a process.
   *
   * @throws InspectException if there is none, or it is of a kind that cannot be looked at
   */
  public static Inspector open(Sys sys, long pid, InspectOptions options) throws InspectException {
    ProcFiles files = new ProcFiles(pid);
    files.require();
    return new Inspector(sys, files, pid, options);
  }

  /**
   * Looks once.
   *
   * @throws InspectException if the process has ended, may not be looked at, or has too many items
   */
  public ProcessView look() throws InspectException {
    long begun = sys.nanoTime();
    List<String> unseen = new ArrayList<>();
    SortedMap<Integer, Descriptor> descriptors = table.read();
    Map<Integer, Integer> copies = new HashMap<>();
    List<EpollSet> epolls = epolls(descriptors, copies);
    SocketTables sockets = SocketTables.read(files);
    if (isOwnNetwork()) {
      if (!SocketDiagnostics.complete(sys, sockets.byInode())) {
        unseen.add("The kernel did not tell the queues of Unix sockets and the silence of peers.");
      }
    } else {
      unseen.add(OTHER_NETWORK);
    }
    DescriptorTable.complete(descriptors, sockets.byInode());
    long at = sys.nanoTime(); // their times are compared with this
    List<ProcessThread> threads =
        new ThreadTable(files, memory).read().stream().map(each -> on(copies, each)).toList();
    files.requireSame(); // else some of it was another's
    waits.putAll(threads, epolls);
    noteCalls(threads, unseen);
    noteDepth(unseen);
    noteNumbers(unseen);
    if (threads.stream().allMatch(ProcessThread::isStopped)) {
      unseen.add("It is stopped, by a signal or a debugger: nothing is taken until it goes on.");
    }
    return new ProcessView(
        pid,
        files.read("comm").strip(),
        at,
        sys.nanoTime() - begun,
        descriptors,
        epolls,
        threads,
        sockets.leftOver(),
        fileLimit(),
        unseen);
  }

  /** The instances, each once; a copy of one is put to the number by which it is known. */
  private List<EpollSet> epolls(
      SortedMap<Integer, Descriptor> descriptors, Map<Integer, Integer> copies)
      throws InspectException {
    List<EpollSet> all = new ArrayList<>();
    Map<List<EpollItem>, Integer> known = new HashMap<>();
    int count = 0;
    for (Descriptor each : descriptors.values()) {
      if (each.kind() != FileKind.EPOLL) {
        continue;
      }
      List<EpollItem> items = table.items(each.fd());
      Integer same = items.isEmpty() ? null : known.putIfAbsent(items, each.fd());
      if (same != null && Boolean.TRUE.equals(instances.isSame(pid, same, pid, each.fd()))) {
        copies.put(each.fd(), same);
        continue;
      }
      count += items.size();
      if (count > MOST_ITEMS) {
        throw new InspectException(
            "process " + pid + " has more than " + MOST_ITEMS + " items in its epoll instances");
      }
      all.add(new EpollSet(each.fd(), items, ready == null ? null : ready.hasReady(each.fd())));
    }
    return all;
  }

  private static ProcessThread on(Map<Integer, Integer> copies, ProcessThread thread) {
    SystemCall call = thread.call();
    return call == null || copies.isEmpty()
        ? thread
        : thread.with(call.onOther(fd -> copies.getOrDefault(fd, fd)));
  }

  private boolean isOwnNetwork() {
    String own = ProcFiles.link(Path.of("/proc/self/ns/net"));
    String its = ProcFiles.link(files.path("ns/net"));
    return its.isEmpty() || own.equals(its);
  }

  private static void noteCalls(List<ProcessThread> threads, List<String> unseen) {
    if (!threads.isEmpty() && threads.stream().allMatch(each -> each.call() == null)) {
      unseen.add(
          "What its threads ask of the kernel may not be seen: timeouts and sizes of batches are"
              + " not known, nor what poll and select watch. That needs the right to attach (sudo,"
              + " or ptrace_scope 0).");
    }
  }

  private void noteDepth(List<String> unseen) {
    if (ready != null && ready.refused() != null) {
      unseen.add("Ready lists may not be asked for: " + ready.refused() + ".");
    }
    if (options.isDeep() && memory == null) {
      unseen.add("Its memory may not be read: what poll and select watch is not known.");
    }
  }

  /** In a namespace of its own it has another number for itself, and for others. */
  private void noteNumbers(List<String> unseen) {
    String numbers = ProcFiles.value(files.read("status"), "NSpid:");
    int last = numbers.lastIndexOf('\t');
    if (last >= 0) {
      unseen.add(
          "It has process numbers of its own: there it is " + numbers.substring(last + 1) + ".");
    }
  }

  private long fileLimit() {
    String line = ProcFiles.value(files.read("limits"), "Max open files");
    int blank = line.indexOf(' ');
    try {
      return blank < 0 ? -1 : Long.parseLong(line.substring(0, blank));
    } catch (NumberFormatException _) {
      return -1; // unlimited
    }
  }

  /**
   * Looks several times, and says what is wrong. Each finding is an event of the flight recorder as
   * well, {@code dev.pollux.Finding}, if a recording wants it.
   *
   * @throws InspectException as {@link #look}
   */
  public Report diagnose() throws InspectException {
    List<ProcessView> views = new ArrayList<>();
    views.add(look());
    while (views.size() < options.looks()) {
      pause();
      views.add(look());
    }
    Holders holders = new Holders();
    List<Finding> findings = Rules.diagnose(views, waits, holders, instances, options.silence());
    ProcessView last = views.getLast();
    Report report = new Report(last.with(withEnds(last, holders)), findings, views.size());
    if (HAS_RECORDER && FlightRecorder.isInitialized()) {
      FindingEvent.commit(pid, report);
    }
    return report;
  }

  /** The descriptors, and at pipes that are watched who has the other end. */
  private static SortedMap<Integer, Descriptor> withEnds(ProcessView view, Holders holders) {
    SortedMap<Integer, Descriptor> all = new TreeMap<>(view.descriptors());
    for (EpollSet set : view.epolls()) {
      for (EpollItem item : set.items()) {
        Descriptor target = view.target(item);
        if (target != null && target.kind() == FileKind.PIPE) {
          List<Holder> others = holders.otherEnds(target.inode(), target.isReadEnd());
          all.put(item.fd(), target.withDetail(ends(others)));
        }
      }
    }
    return all;
  }

  private static String ends(List<Holder> holders) {
    if (holders.isEmpty()) {
      return ", nobody that may be seen has the other";
    }
    String others = holders.size() == 1 ? "" : " and " + (holders.size() - 1) + " more";
    return ", the other is " + holders.getFirst().text() + others;
  }

  private void pause() {
    long end = sys.nanoTime() + options.pause().toNanos();
    for (long left = options.pause().toNanos(); left > 0; left = end - sys.nanoTime()) {
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      LockSupport.parkNanos(left);
    }
  }

  @Override
  public void close() {
    if (ready != null) {
      ready.close();
    }
    if (memory != null) {
      memory.close();
    }
  }
}
