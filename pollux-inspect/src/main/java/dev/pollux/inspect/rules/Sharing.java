package dev.pollux.inspect.rules;

import dev.pollux.inspect.Confidence;
import dev.pollux.inspect.Descriptor;
import dev.pollux.inspect.Disease;
import dev.pollux.inspect.EpollItem;
import dev.pollux.inspect.EpollSet;
import dev.pollux.inspect.Finding;
import dev.pollux.inspect.ProcessThread;
import dev.pollux.inspect.SystemCall;
import dev.pollux.inspect.SystemCall.Kind;
import dev.pollux.inspect.proc.DescriptorTable;
import dev.pollux.inspect.proc.Holders;
import dev.pollux.inspect.proc.Holders.Holder;
import dev.pollux.inspect.proc.Instances;
import dev.pollux.inspect.proc.ProcFiles;
import dev.pollux.inspect.rules.Looks.Lasting;
import dev.pollux.sys.Linux;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What several waiters have in common: a listener that wakes them all, a batch too small. */
final class Sharing implements Rule {

  private static final int SMALL = 16; // events
  private static final int MANY_TIMES = 4;

  private final Holders holders;
  private final Instances instances;
  private final KnownWaits waits;

  Sharing(Holders holders, Instances instances, KnownWaits waits) {
    this.holders = holders;
    this.instances = instances;
    this.waits = waits;
  }

  @Override
  public void find(Looks looks, List<Finding> found) {
    herds(looks, found);
    batches(looks, found);
  }

  // ---- herds

  private void herds(Looks looks, List<Finding> found) {
    Map<Long, List<Lasting>> byListener = new TreeMap<>();
    for (Lasting each : looks.items()) {
      Descriptor target = each.target();
      if (target != null
          && target.socket() != null
          && target.socket().isListening()
          && isWoken(each.item())) {
        byListener.computeIfAbsent(target.inode(), _ -> new ArrayList<>()).add(each);
      }
    }
    byListener.forEach((inode, items) -> herd(looks, inode, items, found));
  }

  private static boolean isWoken(EpollItem item) {
    return item.wants(Linux.EPOLLIN) && !item.isExclusive();
  }

  /** An instance that is shared wakes one of those that wait on it: it counts once. */
  private void herd(Looks looks, long inode, List<Lasting> items, List<Finding> found) {
    List<EpollSet> own = items.stream().map(Lasting::set).distinct().toList();
    List<Holder> others = others(looks.last().pid(), own, inode);
    if (own.size() + others.size() < 2) {
      return;
    }
    List<String> evidence = new ArrayList<>();
    evidence.add(items.getFirst().fact());
    if (own.size() > 1) {
      evidence.add(
          "so are " + own.size() + " instances of this process, none of them EPOLLEXCLUSIVE");
    }
    for (Holder other : others) {
      evidence.add("process " + other.pid() + " (" + other.name() + ") has it in a set as well");
    }
    evidence.add("each connection wakes all who sleep there");
    boolean isTold = isTold(looks.last().pid(), own, others);
    if (!isTold) {
      evidence.add("but the kernel does not tell whether these are one instance that is shared");
    }
    Lasting first = items.getFirst();
    found.add(
        new Finding(
            Disease.THUNDERING_HERD,
            isTold ? Confidence.LIKELY : Confidence.POSSIBLE,
            "listener fd " + first.item().fd(),
            List.of(first.item().fd()),
            evidence));
  }

  private boolean isTold(long pid, List<EpollSet> own, List<Holder> others) {
    int fd = own.getFirst().fd();
    return (own.size() == 1 || instances.isSame(pid, fd, pid, own.getLast().fd()) != null)
        && others.stream().allMatch(o -> instances.isSame(pid, fd, o.pid(), o.fd()) != null);
  }

  /** Instances of other processes that have the listener, and are not known to be one of these. */
  private List<Holder> others(long pid, List<EpollSet> own, long inode) {
    Map<Long, Holder> waiting = new TreeMap<>();
    for (Holder holder : holders.find(inode)) {
      if (holder.pid() != pid && !waiting.containsKey(holder.pid())) {
        Holder instance = instance(pid, own, holder, inode);
        if (instance != null) {
          waiting.put(holder.pid(), instance);
        }
      }
    }
    return List.copyOf(waiting.values());
  }

  private @Nullable Holder instance(long pid, List<EpollSet> own, Holder holder, long inode) {
    DescriptorTable table = new DescriptorTable(new ProcFiles(holder.pid()));
    for (int epfd : table.epolls()) {
      boolean isIn =
          table.items(epfd).stream().anyMatch(item -> item.inode() == inode && isWoken(item));
      boolean isOwn =
          own.stream()
              .map(set -> instances.isSame(pid, set.fd(), holder.pid(), epfd))
              .anyMatch(Boolean.TRUE::equals);
      if (isIn && !isOwn) {
        return new Holder(holder.pid(), holder.name(), epfd);
      }
    }
    return null;
  }

  // ---- batches

  private void batches(Looks looks, List<Finding> found) {
    Map<Integer, Long> ready = new TreeMap<>();
    for (Lasting each : looks.items()) {
      Descriptor target = each.target();
      if (target != null
          && each.item().wants(Linux.EPOLLIN)
          && !each.item().isEdge()
          && looks.socketAlways(target, socket -> socket.unread() > 0)) {
        ready.merge(each.set().fd(), 1L, Long::sum);
      }
    }
    ready.forEach((epfd, count) -> batch(looks, epfd, count, found));
  }

  private void batch(Looks looks, int epfd, long ready, List<Finding> found) {
    ProcessThread waiter = waits.on(epfd);
    if (waiter == null || capacity(waiter) > SMALL || ready < MANY_TIMES * capacity(waiter)) {
      return;
    }
    EpollSet set = looks.last().epoll(epfd);
    if (set == null || looks.isNothingReady(set) || !looks.isNobodyOn(epfd)) {
      return; // who sleeps there is told of nothing, however large the batch
    }
    found.add(
        new Finding(
            Disease.SMALL_BATCH,
            Confidence.LIKELY,
            Threads.name(waiter),
            List.of(epfd),
            List.of(
                "it was seen to wait with room for "
                    + capacity(waiter)
                    + " events on epoll "
                    + epfd,
                ready + " of its items had something to be read in each look",
                looks.span())));
  }

  private static long capacity(ProcessThread thread) {
    SystemCall call = thread.call();
    return call != null && call.kind() == Kind.EPOLL ? call.capacity() : Long.MAX_VALUE;
  }
}
