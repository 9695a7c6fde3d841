package dev.pollux.inspect.rules;

import dev.pollux.inspect.Confidence;
import dev.pollux.inspect.Descriptor;
import dev.pollux.inspect.Disease;
import dev.pollux.inspect.Finding;
import dev.pollux.inspect.proc.Holders;
import dev.pollux.inspect.rules.Looks.Lasting;
import java.util.ArrayList;
import java.util.List;

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
      evidence.add(looks.span());
      found.add(
          new Finding(
              Disease.ORPHAN,
              Confidence.CERTAIN,
              each.subject(),
              List.of(each.item().fd()),
              evidence));
    }
  }
}
