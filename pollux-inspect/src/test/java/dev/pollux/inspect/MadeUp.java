package dev.pollux.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.inspect.SocketState.State;
import dev.pollux.inspect.SocketState.Timer;
import dev.pollux.inspect.proc.Holders;
import dev.pollux.inspect.proc.Instances;
import dev.pollux.inspect.rules.KnownWaits;
import dev.pollux.inspect.rules.Rules;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;

/**
 * A process that does not exist, in three looks. What is put in takes the place of what had the
 * same number, so a test begins with a sick process and changes one thing.
 */
final class MadeUp {

  /** Above 1 << 22, the most that a kernel gives. */
  static final int PID = 5_000_000;

  /** Its epoll instance. */
  static final int EPFD = 3;

  /** Its listener, which is in the instance. */
  static final int LISTENER = 4;

  /** The socket that most tests are about. */
  static final int FD = 5;

  static final Duration SILENCE = Duration.ofMinutes(10);

  /** Between two looks. */
  static final long STEP_NANOS = 100_000_000; // 0.1 s

  private static final int LOOKS = 3;
  private static final long INODES = 1L << 41; // no kernel has counted so far
  private static final int DEVICE = 9;

  private final SortedMap<Integer, IntFunction<@Nullable Descriptor>> descriptors = new TreeMap<>();
  private final SortedMap<Integer, IntFunction<EpollSet>> epolls = new TreeMap<>();
  private final SortedMap<Integer, IntFunction<ProcessThread>> threads = new TreeMap<>();
  private final List<SocketState> leftOver = new ArrayList<>();
  private final KnownWaits waits = new KnownWaits();
  private long fileLimit = 20_000;

  /** A server on port 8080: one instance with its listener and these items. */
  static MadeUp server(EpollItem... items) {
    return new MadeUp().socket(LISTENER, listener(0, 128)).epoll(EPFD, withListener(items));
  }

  private static EpollItem[] withListener(EpollItem... items) {
    EpollItem[] all = new EpollItem[items.length + 1];
    all[0] = item(LISTENER, Linux.EPOLLIN);
    System.arraycopy(items, 0, all, 1, items.length);
    return all;
  }

  // ---- parts

  /** An item for the file that {@link #socket} and {@link #file} put at this number. */
  static EpollItem item(int fd, int events) {
    return new EpollItem(fd, events, fd, INODES + fd, DEVICE);
  }

  /** A connection that the server has accepted: nothing is unread or unsent. */
  static SocketState tcp() {
    return new SocketState(
        1,
        "tcp",
        State.ESTABLISHED,
        "127.0.0.1:8080",
        "127.0.0.1:50001",
        0,
        0,
        Timer.NONE,
        0,
        0,
        1000,
        0);
  }

  /** The same with so many bytes that are not read. */
  static SocketState unread(long bytes) {
    return tcp().withQueues(bytes, 0);
  }

  /** A connection that the process has made. */
  static SocketState outbound() {
    return new SocketState(
        1,
        "tcp",
        State.ESTABLISHED,
        "127.0.0.1:40001",
        "127.0.0.1:5432",
        0,
        0,
        Timer.NONE,
        0,
        0,
        1000,
        0);
  }

  /** A connection with bytes for a peer. */
  static SocketState unsent(String protocol, long bytes, Timer timer, int retransmits) {
    long moved = protocol.equals("unix") ? -1 : 1000;
    return new SocketState(
        1,
        protocol,
        State.ESTABLISHED,
        "127.0.0.1:8080",
        "127.0.0.1:50001",
        0,
        bytes,
        timer,
        retransmits,
        0,
        moved,
        0);
  }

  static SocketState listener(long waiting, long backlog) {
    return new SocketState(
        1, "tcp", State.LISTENING, "0.0.0.0:8080", "", waiting, backlog, Timer.NONE, 0, -1, -1, 0);
  }

  // ---- the process

  MadeUp socket(int fd, SocketState state) {
    return socket(fd, _ -> state);
  }

  /** A socket that is not the same in each look, or gone. */
  MadeUp socket(int fd, IntFunction<@Nullable SocketState> state) {
    descriptors.put(
        fd,
        look -> {
          SocketState now = state.apply(look);
          String name = "socket:[" + (INODES + fd) + "]";
          return now == null
              ? null
              : new Descriptor(fd, FileKind.SOCKET, name, INODES + fd, -1, "", now);
        });
    return this;
  }

  /** A duplicate of a descriptor. */
  MadeUp duplicate(int fd, int of) {
    IntFunction<@Nullable Descriptor> first = Objects.requireNonNull(descriptors.get(of));
    descriptors.put(
        fd,
        look -> {
          Descriptor d = first.apply(look);
          return d == null
              ? null
              : new Descriptor(
                  fd, d.kind(), d.name(), d.inode(), d.flags(), d.detail(), d.socket());
        });
    return this;
  }

  MadeUp file(int fd, FileKind kind, String detail) {
    return file(fd, kind, _ -> detail);
  }

  /** A file of another kind; null where it is gone. */
  MadeUp file(int fd, FileKind kind, IntFunction<@Nullable String> detail) {
    descriptors.put(
        fd,
        look -> {
          String now = detail.apply(look);
          return now == null
              ? null
              : new Descriptor(fd, kind, kind.label(), INODES + fd, -1, now, null);
        });
    return this;
  }

  /** Its instance once more, with its listener and these. */
  MadeUp items(EpollItem... items) {
    return epoll(EPFD, withListener(items));
  }

  /** An instance whose ready list was not looked at. */
  MadeUp epoll(int fd, EpollItem... items) {
    return epoll(fd, _ -> new EpollSet(fd, List.of(items), null));
  }

  /** An instance that is not the same in each look. */
  MadeUp epoll(int fd, IntFunction<EpollSet> set) {
    epolls.put(fd, set);
    descriptors.put(
        fd, _ -> new Descriptor(fd, FileKind.EPOLL, "anon_inode:[eventpoll]", 0, -1, "", null));
    return this;
  }

  /** Whether its ready list has anything, in each look. */
  MadeUp ready(Boolean... ready) {
    IntFunction<EpollSet> before = Objects.requireNonNull(epolls.get(EPFD));
    return epoll(EPFD, look -> new EpollSet(EPFD, before.apply(look).items(), ready[look]));
  }

  MadeUp thread(IntFunction<ProcessThread> thread) {
    threads.put(thread.apply(0).tid(), thread);
    return this;
  }

  /** What was seen of a thread in a quieter time. */
  MadeUp seen(IntFunction<ProcessThread> thread) {
    waits.putAll(List.of(thread.apply(0)), sets(0));
    return this;
  }

  /** All its instances were gone for a time. */
  MadeUp seenWithoutInstances() {
    waits.putAll(List.of(), List.of());
    return this;
  }

  MadeUp limit(long descriptorCount) {
    fileLimit = descriptorCount;
    return this;
  }

  MadeUp timeWaits(int count, String local) {
    for (int i = 0; i < count; i++) {
      leftOver.add(
          new SocketState(
              0,
              "tcp",
              State.TIME_WAIT,
              local,
              "127.0.0.1:" + (20_000 + i),
              0,
              0,
              Timer.TIME_WAIT,
              0,
              -1,
              -1,
              -1));
    }
    return this;
  }

  // ---- what is told of it

  List<Finding> findings() {
    List<ProcessView> views = IntStream.range(0, LOOKS).mapToObj(this::look).toList();
    return Rules.diagnose(views, waits, new Holders(), new Instances(NativeSys.open()), SILENCE);
  }

  /** All that is told, the surest first: {@code lost-edge likely}. */
  List<String> told() {
    return findings().stream()
        .map(f -> f.disease().label() + " " + f.confidence().name().toLowerCase(Locale.ROOT))
        .toList();
  }

  /** A test that all that is told of a process is this. */
  static DynamicTest test(String name, MadeUp process, String... told) {
    return DynamicTest.dynamicTest(
        name,
        () -> assertEquals(List.of(told), process.told(), () -> process.findings().toString()));
  }

  private List<EpollSet> sets(int look) {
    return epolls.values().stream().map(each -> each.apply(look)).toList();
  }

  private ProcessView look(int look) {
    SortedMap<Integer, Descriptor> open = new TreeMap<>();
    descriptors.forEach((fd, each) -> {
      Descriptor now = each.apply(look);
      if (now != null) {
        open.put(fd, now);
      }
    });
    return new ProcessView(
        PID,
        "made-up",
        look * STEP_NANOS,
        0,
        open,
        sets(look),
        threads.values().stream().map(each -> each.apply(look)).toList(),
        leftOver,
        fileLimit,
        List.of());
  }
}
