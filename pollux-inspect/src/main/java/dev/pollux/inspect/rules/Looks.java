package dev.pollux.inspect.rules;

import dev.pollux.inspect.Descriptor;
import dev.pollux.inspect.EpollItem;
import dev.pollux.inspect.EpollSet;
import dev.pollux.inspect.ProcessThread;
import dev.pollux.inspect.ProcessView;
import dev.pollux.inspect.SocketState;
import dev.pollux.inspect.SystemCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Several looks at one process, and what held in all of them. */
public final class Looks {

  private static final double HOT_SHARE = 0.8;
  private static final double SLACK = 0.2;
  private static final double SYSTEM_SHARE = 0.05;
  private static final long LITTLE_WORK = 64; // bytes and pages
  private static final int MAX_DEPTH = 5; // of instances in instances, by the kernel

  /** An item that stood unchanged in all looks, and what it leads to in the last. */
  record Lasting(EpollSet set, EpollItem item, @Nullable Descriptor target) {

    /** The state of its socket; null if it is none. */
    @Nullable SocketState socket() {
      return target == null ? null : target.socket();
    }

    String subject() {
      return "fd " + item.fd() + " in epoll " + set.fd();
    }

    /** What the kernel holds, in words. */
    String fact() {
      String what = target == null ? "?" : target.text();
      return "fd " + item.fd() + " (" + what + ") is in epoll " + set.fd() + " for " + item.text();
    }
  }

  private final List<ProcessView> all;
  private final List<Watching> watched;
  private final List<Lasting> lasting = new ArrayList<>();

  /** In the order in which they were made, two at least. */
  public Looks(List<ProcessView> views) {
    this.all = List.copyOf(views);
    this.watched = all.stream().map(Watching::in).toList();
    for (EpollSet set : last().epolls()) {
      List<Map<EpollItem.Key, EpollItem>> looks =
          all.stream().map(view -> items(view, set.fd())).toList();
      for (EpollItem item : set.items()) {
        if (isLasting(looks, item)) {
          lasting.add(new Lasting(set, item, last().target(item)));
        }
      }
    }
  }

  private static Map<EpollItem.Key, EpollItem> items(ProcessView view, int epfd) {
    Map<EpollItem.Key, EpollItem> items = new HashMap<>();
    EpollSet set = view.epoll(epfd);
    if (set != null) {
      set.items().forEach(item -> items.putIfAbsent(item.key(), item));
    }
    return items;
  }

  /** In each of these looks at its instance. */
  private boolean isLasting(List<Map<EpollItem.Key, EpollItem>> looks, EpollItem item) {
    boolean isThere = last().target(item) != null;
    for (int i = 0; i < all.size(); i++) {
      EpollItem same = looks.get(i).get(item.key());
      boolean isSame = same != null && same.events() == item.events();
      if (!isSame || isThere != (all.get(i).target(item) != null)) {
        return false;
      }
    }
    return true;
  }

  ProcessView last() {
    return all.getLast();
  }

  /** The items that stood unchanged. */
  List<Lasting> items() {
    return lasting;
  }

  boolean always(Predicate<ProcessView> condition) {
    return all.stream().allMatch(condition);
  }

  /** Whether it held of the socket behind a descriptor in each look, and it was the same one. */
  boolean socketAlways(Descriptor descriptor, Predicate<SocketState> condition) {
    return always(view -> {
      Descriptor there = view.descriptor(descriptor.fd());
      if (there == null || there.inode() != descriptor.inode()) {
        return false;
      }
      SocketState state = there.socket();
      return state != null && condition.test(state);
    });
  }

  /** Whether it was waited for in each look. */
  boolean isWatched(Descriptor descriptor) {
    return watched.stream().allMatch(look -> look.has(descriptor));
  }

  /** Whether it was waited for in none. */
  boolean isUnwatched(Descriptor descriptor) {
    return watched.stream().noneMatch(look -> look.has(descriptor));
  }

  /** Whether a count of a socket never went down. */
  boolean neverLess(Descriptor descriptor, ToLongFunction<SocketState> count) {
    long[] least = {Long.MIN_VALUE};
    return socketAlways(
        descriptor,
        state -> {
          boolean isMore = count.applyAsLong(state) >= least[0];
          least[0] = count.applyAsLong(state);
          return isMore;
        });
  }

  /** Whether a count of a socket was the same in each look. */
  boolean isSame(Descriptor descriptor, ToLongFunction<SocketState> count) {
    SocketState last = descriptor.socket();
    return last != null
        && socketAlways(descriptor, state -> count.applyAsLong(state) == count.applyAsLong(last));
  }

  /** Whether the count of an eventfd, or the ticks of a timer, were the same in each look. */
  boolean isSamePending(Descriptor descriptor) {
    return always(view -> {
      Descriptor there = view.descriptor(descriptor.fd());
      return there != null && there.pending() == descriptor.pending();
    });
  }

  /** Whether an eventfd had a count, or a timer ticks, in each look, and never less. */
  boolean isPending(Descriptor descriptor) {
    long least = 1;
    for (ProcessView view : all) {
      Descriptor there = view.descriptor(descriptor.fd());
      if (there == null || there.kind() != descriptor.kind() || there.pending() < least) {
        return false;
      }
      least = there.pending();
    }
    return true;
  }

  // ---- threads

  /** Whether somebody slept on an instance in each look, or on one that has it. */
  boolean isSleptOn(int epfd) {
    return always(view -> isSleptOn(view, epfd));
  }

  /** Whether nobody slept on it in any look, nor on what may be it. */
  boolean isNobodyOn(int epfd) {
    return always(view ->
        !isSleptOn(view, epfd)
            && view.threads().stream().noneMatch(t -> t.call() == null && t.isInEpollWait()));
  }

  private static boolean isSleptOn(ProcessView view, int epfd) {
    return isSoOf(view, epfd, fd -> view.threads().stream().anyMatch(t -> sleepsOn(view, t, fd)));
  }

  private static boolean sleepsOn(ProcessView view, ProcessThread thread, int epfd) {
    return thread.call() == null
        ? thread.isInEpollWait() && view.epolls().size() == 1
        : thread.waitsOn(epfd) || isPolled(thread, epfd);
  }

  /** Whether it is so of an instance, or of one that has it. */
  boolean isSoOf(int epfd, IntPredicate isSo) {
    return isSoOf(last(), epfd, isSo);
  }

  private static boolean isSoOf(ProcessView view, int epfd, IntPredicate isSo) {
    Set<Integer> level = Set.of(epfd);
    for (int depth = 0; depth <= MAX_DEPTH && !level.isEmpty(); depth++) {
      if (level.stream().anyMatch(isSo::test)) {
        return true;
      }
      Set<Integer> inner = level;
      level =
          view.epolls().stream()
              .filter(set -> set.items().stream().anyMatch(item -> inner.contains(item.fd())))
              .map(EpollSet::fd)
              .collect(Collectors.toSet());
    }
    return false;
  }

  private static boolean isPolled(ProcessThread thread, int fd) {
    var call = thread.call();
    return call != null && call.watched().stream().anyMatch(each -> each.fd() == fd);
  }

  /** Threads that ran, or would have, nearly all of the time between the looks. */
  List<ProcessThread> hot() {
    return last().threads().stream().filter(this::isHot).toList();
  }

  private boolean isHot(ProcessThread thread) {
    for (int i = 1; i < all.size(); i++) {
      if (busyShare(thread, all.get(i - 1), all.get(i)) < HOT_SHARE - SLACK) {
        return false;
      }
    }
    return busyShare(thread, all.getFirst(), last()) >= HOT_SHARE;
  }

  /** Of the time between two looks; the kernel counts some time later than it passed. */
  private static double busyShare(ProcessThread thread, ProcessView from, ProcessView to) {
    ProcessThread before = from.thread(thread.tid());
    ProcessThread after = to.thread(thread.tid());
    long time = to.atNanos() - from.atNanos();
    return before == null || after == null
        ? 0
        : (double) (busyNanos(after) - busyNanos(before)) / time;
  }

  /** Where others have the processors, it waits for one, which is the same to it. */
  private static long busyNanos(ProcessThread thread) {
    return thread.cpuNanos() + thread.queuedNanos();
  }

  /** Whether a hot thread spent a part of its time in the kernel: it makes calls. */
  boolean makesCalls(ProcessThread thread) {
    ProcessThread before = all.getFirst().thread(thread.tid());
    ProcessThread after = last().thread(thread.tid());
    if (before == null || after == null) {
      return false;
    }
    long system = after.systemTicks() - before.systemTicks();
    long user = after.userTicks() - before.userTicks();
    return system > SYSTEM_SHARE * (system + user);
  }

  /** Whether a thread read and wrote no file, and took no memory, but what is little. */
  boolean isIdleOtherwise(ProcessThread thread) {
    ProcessThread before = all.getFirst().thread(thread.tid());
    ProcessThread after = last().thread(thread.tid());
    return before != null
        && after != null
        && before.work() >= 0
        && after.work() - before.work() < LITTLE_WORK;
  }

  /** The threads that did something else than wait by epoll or for one another, in each. */
  List<ProcessThread> elsewhere() {
    return last().threads().stream().filter(this::isElsewhere).toList();
  }

  private boolean isElsewhere(ProcessThread thread) {
    return always(view -> {
      ProcessThread then = view.thread(thread.tid());
      return then != null && isElsewhereNow(then);
    });
  }

  private static boolean isElsewhereNow(ProcessThread thread) {
    SystemCall call = thread.call();
    String place = call == null ? thread.place() : call.name();
    return !thread.isInEpollWait() && !place.startsWith("futex");
  }

  /**
   * A thread that did something else than wait for this instance, or for others, in one of the
   * looks; null if there was none. Who polls with other threads about may wait for a backend.
   */
  @Nullable ProcessThread atWork(int epfd) {
    for (ProcessView view : all) {
      boolean isAlone = view.threads().size() == 1;
      for (ProcessThread thread : view.threads()) {
        boolean isWaiting = thread.isInWait() && (isAlone || isPolled(thread, epfd));
        if (!isWaiting && !Threads.isIdle(thread) && isElsewhereNow(thread)) {
          return thread;
        }
      }
    }
    return null;
  }

  /** Whether a thread slept in one place all the time, or computed without a call. */
  boolean isHeld(ProcessThread thread) {
    if (isHot(thread)) {
      return !makesCalls(thread);
    }
    return always(view -> {
      ProcessThread then = view.thread(thread.tid());
      return then != null && then.slices() == thread.slices() && then.state() != 'R';
    });
  }

  // ---- ready lists

  /** Whether the ready list was empty in each look; false if it was not looked at. */
  boolean isNothingReady(EpollSet set) {
    return isReadyAlways(set, false);
  }

  /** Whether the ready list had something in each look; false if it was not looked at. */
  boolean isSomethingReady(EpollSet set) {
    return isReadyAlways(set, true);
  }

  private boolean isReadyAlways(EpollSet set, boolean expected) {
    return always(view -> {
      EpollSet there = view.epoll(set.fd());
      Boolean ready = there == null ? null : there.hasReady();
      return ready != null && ready == expected;
    });
  }

  /** Whether what is written waits for a peer, which is a reason not to read. */
  boolean isOutputHeld() {
    return last().all().stream()
        .map(Descriptor::socket)
        .anyMatch(socket -> socket != null && !socket.isListening() && socket.unsent() > 0);
  }

  /** How far the first and the last look are apart. */
  String span() {
    long millis = (last().atNanos() - all.getFirst().atNanos()) / 1_000_000;
    return "seen in " + all.size() + " looks over " + millis + " ms";
  }
}
