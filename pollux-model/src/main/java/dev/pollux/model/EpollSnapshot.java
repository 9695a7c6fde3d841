package dev.pollux.model;

import dev.pollux.sys.Linux;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An epoll instance at one moment. To take a snapshot changes nothing.
 *
 * @param id the identity number of the instance
 * @param tree the registrations in the order of their keys
 * @param ready those on the ready list, first to be delivered first
 * @param waiters how many threads are blocked in a wait
 * @param watchers how many wait for the instance itself: outer epoll instances, poll and select
 */
public record EpollSnapshot(long id, List<Item> tree, List<Item> ready, int waiters, int watchers) {

  /** Copies the lists. */
  public EpollSnapshot {
    tree = List.copyOf(tree);
    ready = List.copyOf(ready);
  }

  /**
   * A registration.
   *
   * @param fd the number under which the file was registered
   * @param descriptionId the identity number of the open file description, with {@code fd} the key
   * @param kind what it is: pipe, tcp, eventfd
   * @param events the mask asked for, with the mode bits
   * @param data the user data
   * @param readiness what the file is ready for at this moment, asked for or not
   * @param isArmed false for a one-shot registration that has fired
   * @param isQueued whether it is on the ready list
   * @param isRed the colour of its node
   * @param depth 0 for the root
   */
  public record Item(
      int fd,
      long descriptionId,
      String kind,
      int events,
      long data,
      int readiness,
      boolean isArmed,
      boolean isQueued,
      boolean isRed,
      int depth) {

    /** Whether it is edge-triggered. */
    public boolean isEdge() {
      return (events & Linux.EPOLLET) != 0;
    }

    static Item of(EpollItem item) {
      int depth = 0;
      for (EpollItem up = item.parent; up != null; up = up.parent) {
        depth++;
      }
      File file = item.target.file;
      return new Item(
          item.fd,
          item.target.id,
          file.kind(),
          item.events,
          item.data,
          file.readiness(),
          item.isArmed(),
          item.isQueued(),
          item.isRed,
          depth);
    }
  }

  static EpollSnapshot of(EventPoll epoll) {
    List<Item> tree = new ArrayList<>();
    for (EpollItem i = epoll.interest.first(); i != null; i = InterestTree.next(i)) {
      tree.add(Item.of(i));
    }
    List<Item> ready = new ArrayList<>();
    ReadyList list = epoll.readyList();
    for (@Nullable EpollItem i = list.first(); i != null; i = list.after(i)) {
      ready.add(Item.of(i));
    }
    return new EpollSnapshot(
        epoll.description().id, tree, ready, epoll.sleepers.size(), epoll.queue().size());
  }
}
