package dev.pollux.inspect.rules;

import dev.pollux.inspect.Confidence;
import dev.pollux.inspect.Descriptor;
import dev.pollux.inspect.Disease;
import dev.pollux.inspect.EpollItem;
import dev.pollux.inspect.Finding;
import dev.pollux.inspect.ProcessThread;
import dev.pollux.inspect.SystemCall;
import dev.pollux.inspect.SystemCall.Kind;
import dev.pollux.inspect.proc.DescriptorTable;
import dev.pollux.inspect.proc.Holders;
import dev.pollux.inspect.proc.Holders.Holder;
import dev.pollux.inspect.proc.ProcFiles;
import dev.pollux.inspect.rules.Looks.Lasting;
import dev.pollux.sys.Linux;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What several waiters have in common: a listener that wakes them all, a batch too small. */
final class Sharing implements Rule {

  private static final int SMALL = 16; // events
  private static final int MANY_TIMES = 4;

  private final Holders holders;
  private final KnownWaits waits;

  Sharing(Holders holders, KnownWaits waits) {
    this.holders = holders;
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

  private void herd(Looks looks, long inode, List<Lasting> items, List<Finding> found) {
    List<String> evidence = new ArrayList<>();
    long own = items.stream().map(each -> each.set().fd()).distinct().count();
    evidence.add(items.getFirst().fact());
    if (own > 1) {
      evidence.add("so are " + own + " instances of this process, none of them EPOLLEXCLUSIVE");
    }
    List<Holder> others = others(looks.last().pid(), inode);
    for (Holder other : others) {
      evidence.add("process " + other.pid() + " (" + other.name() + ") waits for it as well");
    }
    if (own + others.size() < 2) {
      return;
    }
    evidence.add("each connection wakes all who sleep there");
    Lasting first = items.getFirst();
    found.add(
        new Finding(
            Disease.THUNDERING_HERD,
            Confidence.LIKELY,
            "listener fd " + first.item().fd(),
            List.of(first.item().fd()),
            evidence));
  }

  /** The other processes that have the listener in a set of theirs, each once. */
  private List<Holder> others(long pid, long inode) {
    Map<Long, Holder> waiting = new TreeMap<>();
    for (Holder holder : holders.find(inode)) {
      if (holder.pid() != pid && !waiting.containsKey(holder.pid()) && isIn(holder, inode)) {
        waiting.put(holder.pid(), holder);
      }
    }
    return List.copyOf(waiting.values());
  }

  private static boolean isIn(Holder holder, long inode) {
    ProcFiles files = new ProcFiles(holder.pid());
    DescriptorTable table = new DescriptorTable(files);
    return table.epolls().stream()
        .flatMap(epfd -> table.items(epfd).stream())
        .anyMatch(item -> item.inode() == inode && isWoken(item));
  }

  // ---- batches

  private void batches(Looks looks, List<Finding> found) {
    Map<Integer, Long> ready = new HashMap<>();
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
    ProcessThread waiter = waits.byEpoll().get(epfd);
    if (waiter == null || capacity(waiter) > SMALL || ready < MANY_TIMES * capacity(waiter)) {
      return;
    }
    found.add(
        new Finding(
            Disease.SMALL_BATCH,
            Confidence.LIKELY,
            "thread " + waiter.tid() + " (" + waiter.name() + ")",
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
