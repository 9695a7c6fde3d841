package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadyListTest {

  private final Kernel kernel = new Kernel(0, Faults.none(), Limits.defaults(), null);
  private final EventPoll epoll = new EventPoll(kernel);
  private final Description file = new Description(kernel, new EventFdFile(0, false), 0);
  private final ReadyList list = new ReadyList();

  private EpollItem item(int fd) {
    return new EpollItem(epoll, file, fd, 0, 0);
  }

  private EpollItem added(int fd) {
    EpollItem item = item(fd);
    list.addLast(item);
    return item;
  }

  private static List<Integer> fds(ReadyList list) {
    List<Integer> fds = new ArrayList<>();
    for (EpollItem i = list.first(); i != null; i = list.after(i)) {
      fds.add(i.fd);
    }
    return fds;
  }

  @Test
  void items_comeInTheOrderTheyWereAdded() {
    added(1);
    added(2);
    list.addFirst(item(0));
    assertEquals(List.of(0, 1, 2), fds(list));
  }

  @Test
  void unlink_fromAnyPlace_keepsTheOthers() {
    EpollItem one = added(1);
    EpollItem two = added(2);
    EpollItem three = added(3);
    two.ready.unlink();
    assertFalse(two.isQueued());
    assertEquals(List.of(1, 3), fds(list));
    one.ready.unlink();
    three.ready.unlink();
    three.ready.unlink(); // a second time does nothing
    assertTrue(list.isEmpty());
  }

  @Test
  void add_ofAnItemOnAList_isRefused() {
    EpollItem one = added(1);
    assertThrows(IllegalStateException.class, () -> new ReadyList().addLast(one));
  }

  @Test
  void takeAllInFront_keepsBothOrders() {
    added(3);
    added(4);
    ReadyList other = new ReadyList();
    list.takeAllInFront(other);
    other.addLast(item(1));
    other.addLast(item(2));
    list.takeAllInFront(other);
    assertEquals(List.of(1, 2, 3, 4), fds(list));
    assertTrue(other.isEmpty());
  }
}
