package dev.pollux.inspect.rules;

import dev.pollux.inspect.Descriptor;
import dev.pollux.inspect.EpollItem;
import dev.pollux.inspect.EpollSet;
import dev.pollux.inspect.ProcessThread;
import dev.pollux.inspect.ProcessView;
import dev.pollux.inspect.SystemCall;
import dev.pollux.inspect.SystemCall.Kind;
import java.util.HashSet;
import java.util.Set;

/**
 * What a process waited for in one look: by its sets, by poll and select, and in a call that
 * blocks.
 *
 * @param inodes of files that are in a set, by whatever number
 * @param numbers of descriptors that a thread waits for, or that are in a set without an inode
 */
record Watching(Set<Long> inodes, Set<Integer> numbers) {

  private static final long UNTOLD = -1; // an inode that the kernel does not print

  static Watching in(ProcessView view) {
    Watching all = new Watching(new HashSet<>(), new HashSet<>());
    for (EpollSet set : view.epolls()) {
      set.items().forEach(all::add);
    }
    view.threads().forEach(all::add);
    return all;
  }

  private void add(EpollItem item) {
    if (item.inode() == UNTOLD) {
      numbers.add(item.fd());
    } else {
      inodes.add(item.inode());
    }
  }

  private void add(ProcessThread thread) {
    SystemCall call = thread.call();
    if (call != null) {
      call.watched().forEach(each -> numbers.add(each.fd()));
      if (call.kind() == Kind.OTHER) {
        numbers.add(call.fd());
      }
    }
  }

  boolean has(Descriptor descriptor) {
    return inodes.contains(descriptor.inode()) || numbers.contains(descriptor.fd());
  }
}
