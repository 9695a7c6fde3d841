package dev.pollux.inspect.rules;

import dev.pollux.inspect.Confidence;
import dev.pollux.inspect.Descriptor;
import dev.pollux.inspect.Disease;
import dev.pollux.inspect.Finding;
import dev.pollux.inspect.proc.DescriptorTable;
import dev.pollux.inspect.proc.Holders;
import dev.pollux.inspect.proc.Holders.Holder;
import dev.pollux.inspect.proc.ProcFiles;
import dev.pollux.inspect.rules.Looks.Lasting;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Items whose number was closed, or is another file's by now. */
final class Orphans implements Rule {

  private final Holders holders;

  Orphans(Holders holders) {
    this.holders = holders;
  }

  @Override
  public void find(Looks looks, List<Finding> found) {
    for (Lasting each : looks.items()) {
      if (each.target() != null) {
        continue;
      }
      List<String> evidence = new ArrayList<>();
      evidence.add(
          "epoll "
              + each.set().fd()
              + " has an item for fd "
              + each.item().fd()
              + ", inode "
              + each.item().inode()
              + ", for "
              + each.item().text());
      Descriptor now = looks.last().descriptor(each.item().fd());
      evidence.add(
          now == null
              ? "the process has no fd " + each.item().fd() + ", so it cannot be removed"
              : "fd " + now.fd() + " is another file now: " + now.text());
      evidence.addAll(holders.of(each.item().inode()));
      Holder owner = owner(looks.last().pid(), each);
      if (owner != null) {
        evidence.add(
            "process "
                + owner.pid()
                + " ("
                + owner.name()
                + ") has the same instance and this number: it may be its item");
      }
      evidence.add(looks.span());
      found.add(
          new Finding(
              Disease.ORPHAN,
              confidence(owner, holders.find(each.item().inode()).isEmpty()),
              each.subject(),
              List.of(each.item().fd()),
              evidence));
    }
  }

  /** Who may not be seen may have number and instance. */
  private static Confidence confidence(@Nullable Holder owner, boolean isUnseen) {
    return owner != null ? Confidence.POSSIBLE : isUnseen ? Confidence.LIKELY : Confidence.CERTAIN;
  }

  /** Who has the file by the item's number, and an instance with this item: shared over a fork. */
  private @Nullable Holder owner(long pid, Lasting each) {
    for (Holder holder : holders.find(each.item().inode())) {
      if (holder.pid() != pid && holder.fd() == each.item().fd()) {
        DescriptorTable table = new DescriptorTable(new ProcFiles(holder.pid()));
        boolean isShared =
            table.epolls().stream().anyMatch(epfd -> table.items(epfd).contains(each.item()));
        if (isShared) {
          return holder;
        }
      }
    }
    return null;
  }
}
