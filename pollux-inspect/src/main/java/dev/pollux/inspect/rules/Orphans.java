package dev.pollux.inspect.rules;

import dev.pollux.inspect.Confidence;
import dev.pollux.inspect.Descriptor;
import dev.pollux.inspect.Disease;
import dev.pollux.inspect.EpollItem;
import dev.pollux.inspect.EpollSet;
import dev.pollux.inspect.Finding;
import dev.pollux.inspect.ProcessThread;
import dev.pollux.inspect.proc.DescriptorTable;
import dev.pollux.inspect.proc.Holders;
import dev.pollux.inspect.proc.Holders.Holder;
import dev.pollux.inspect.proc.Instances;
import dev.pollux.inspect.proc.ProcFiles;
import dev.pollux.inspect.rules.Looks.Lasting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Items whose number was closed, or is another file's by now.
 *
 * <p>Likely at most: who has the same instance, and this number, may be hidden.
 */
final class Orphans implements Rule {

  private final Holders holders;
  private final Instances instances;

  Orphans(Holders holders, Instances instances) {
    this.holders = holders;
    this.instances = instances;
  }

  /** What is known of the instances of one process. */
  private final class Owners {
    private final long pid;
    private final DescriptorTable table;
    private final List<Integer> apart;
    private final Map<Integer, List<Holder>> sharers = new HashMap<>();
    private final Map<Integer, Long> anonymous = new HashMap<>();

    Owners(Looks looks) {
      this.pid = looks.last().pid();
      this.table = new DescriptorTable(new ProcFiles(pid));
      this.apart =
          looks.last().threads().stream()
              .map(ProcessThread::tid)
              .filter(tid -> instances.mayBeApart(pid, tid))
              .toList();
    }

    /** Whether it is of a file that has no inode of its own: an eventfd, a timer. */
    boolean isAnonymous(Lasting each) {
      long inode = anonymous.computeIfAbsent(each.set().fd(), table::inode);
      return inode != 0 && inode == each.item().inode();
    }

    /** The thread that has it, in a table of its own; 0 if there is none. */
    int thread(EpollItem item, boolean isAnonymous) {
      for (int tid : apart) {
        String there = table.linkOf(tid, item.fd());
        boolean isIt = isAnonymous ? !there.isEmpty() : there.endsWith(":[" + item.inode() + "]");
        if (isIt) {
          return tid;
        }
      }
      return 0;
    }

    /** Who has the same instance, and the number open: shared over a fork, it may be its item. */
    @Nullable Holder process(EpollSet set, EpollItem item, boolean isAnonymous) {
      List<Holder> all =
          sharers.computeIfAbsent(set.fd(), fd -> instances.sharers(holders, pid, fd, set.items()));
      for (Holder other : all) {
        String there = ProcFiles.link(new ProcFiles(other.pid()).path("fd/" + item.fd()));
        boolean isNamed = there.startsWith("socket:[") || there.startsWith("pipe:[");
        boolean isOther = isNamed && !there.endsWith(":[" + item.inode() + "]");
        if (!there.isEmpty() && !(isOther || (isAnonymous && isNamed))) {
          return other;
        }
      }
      return null;
    }
  }

  @Override
  public void find(Looks looks, List<Finding> found) {
    List<Lasting> closed = looks.items().stream().filter(each -> each.target() == null).toList();
    if (closed.isEmpty()) {
      return;
    }
    Owners owners = new Owners(looks);
    for (Lasting each : closed) {
      boolean isAnonymous = owners.isAnonymous(each);
      int thread = owners.thread(each.item(), isAnonymous);
      if (thread == 0 || isAnonymous) {
        Holder process = owners.process(each.set(), each.item(), isAnonymous);
        String owner =
            thread != 0
                ? "thread " + thread + " has descriptors of its own, and this number among them"
                : process == null
                    ? null
                    : process.text() + " may be the same instance, and has this number open";
        found.add(finding(looks, each, isAnonymous, owner));
      }
    }
  }

  private Finding finding(Looks looks, Lasting each, boolean isAnonymous, @Nullable String owner) {
    EpollItem item = each.item();
    List<String> evidence = new ArrayList<>();
    evidence.add(
        ("epoll " + each.set().fd() + " has an item for fd " + item.fd())
            + (isAnonymous ? " without an inode of its own" : ", inode " + item.inode())
            + (", for " + item.text()));
    Descriptor now = looks.last().descriptor(item.fd());
    evidence.add(
        now == null
            ? "the process has no fd " + item.fd() + ", so it cannot be removed by that"
            : "fd " + now.fd() + " is another file now: " + now.text());
    List<Holder> seen = isAnonymous ? List.of() : holders.find(item.inode());
    if (isAnonymous) {
      evidence.add("who has such a file is not to be seen");
    } else {
      evidence.addAll(holders.of(item.inode()));
    }
    boolean isKept = seen.stream().anyMatch(holder -> holder.pid() == looks.last().pid());
    if (owner != null) {
      evidence.add("but " + owner + ": it may be its item");
    } else if (isKept) {
      evidence.add("but the process has the file still, and may have moved it on purpose");
    }
    evidence.add(looks.span());
    Confidence sure = owner != null || isKept ? Confidence.POSSIBLE : Confidence.LIKELY;
    return new Finding(Disease.ORPHAN, sure, each.subject(), List.of(item.fd()), evidence);
  }
}
