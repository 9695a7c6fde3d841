package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.sys.EpollEvents;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Poll;
import dev.pollux.sys.SysException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code kqueue(2)}: a queue is a descriptor, and can be watched as others are. */
class QueueTest extends KqueueCase {

  private static final int FD_CLOEXEC = 1;
  private static final int TRIGGER = Kevent.NOTE_TRIGGER;

  /** Waits by epoll for the queue's descriptor. */
  private int epoll(int epfd, int timeoutMillis) {
    EpollEvents one = EpollEvents.allocate(1);
    int count = beneath.epollWait(epfd, one.address(), 1, timeoutMillis);
    assertEquals(count == 1 ? Linux.EPOLLIN : 0, count == 1 ? one.events(0) : 0);
    return count;
  }

  private int epollOfQueue(int mask) {
    int epfd = mine(beneath.epollCreate1(Linux.EPOLL_CLOEXEC));
    EpollEvents one = EpollEvents.allocate(1);
    one.set(0, mask, 0);
    assertEquals(0, beneath.epollCtl(epfd, Linux.EPOLL_CTL_ADD, queue.fd(), one.address()));
    return epfd;
  }

  private int poll(int asked) throws SysException {
    Poll poll = Poll.allocate(sys, 1);
    poll.set(0, queue.fd(), asked);
    int _ = poll.poll(0);
    return poll.revents(0);
  }

  /** How many descriptors there are, of the kinds that a queue is made of. */
  // ---- the descriptor

  @Test
  void descriptor_isClosedOnExec() {
    assertEquals(FD_CLOEXEC, sys.fcntl(queue.fd(), Linux.F_GETFD, 0));
  }

  @Test
  void new_isNotReadable_andNeverWritable() throws Exception {
    assertEquals(0, poll(Linux.POLLIN | Linux.POLLOUT));
    assertEquals(List.of(), now());
  }

  @Test
  void withAnEvent_isReadable_toPoll_untilItIsTaken() throws Exception {
    change(1, USER, ADD | CLEAR, TRIGGER, 0);
    assertEquals(Linux.POLLIN, poll(Linux.POLLIN | Linux.POLLOUT));
    assertEquals(1, now().size());
    assertEquals(0, poll(Linux.POLLIN));
  }

  @Test
  void withAnEvent_isReadable_toEpoll_untilItIsTaken() throws Exception {
    int epfd = epollOfQueue(Linux.EPOLLIN);
    int[] pipe = pipe();
    change(pipe[0], READ, ADD | CLEAR);
    assertEquals(0, epoll(epfd, 0));
    write(pipe[1], 1);
    assertEquals(1, epoll(epfd, 1_000));
    assertEquals(1, epoll(epfd, 0));
    assertEquals(1, now().size());
    assertEquals(0, epoll(epfd, 0));
  }

  @Test
  void eachEvent_isAnEdge_toEpoll() throws Exception {
    int epfd = epollOfQueue(Linux.EPOLLIN | Linux.EPOLLET);
    int[] pipe = pipe();
    change(pipe[0], READ, ADD);
    for (int i = 0; i < 3; i++) {
      write(pipe[1], 1);
      assertEquals(1, epoll(epfd, 1_000));
      assertEquals(0, epoll(epfd, 0));
      assertEquals(1, now().size());
      assertEquals(1, read(pipe[0], 9));
      assertEquals(List.of(), now());
    }
  }

  @Test
  void expiry_ofATimer_isReadable_toEpoll() throws Exception {
    int epfd = epollOfQueue(Linux.EPOLLIN);
    change(1, TIMER, ADD | ONESHOT, 0, 1);
    assertEquals(1, epoll(epfd, 10_000));
    assertEquals(1, now().size());
    assertEquals(0, epoll(epfd, 0));
  }

  @ParameterizedTest
  @ValueSource(ints = {Kevent.EV_DISABLE, Kevent.EV_DELETE})
  void whatIsOffOrDeleted_isNotReadable(int how) throws Exception {
    int[] pipe = pipe();
    write(pipe[1], 1);
    change(pipe[0], READ, ADD);
    change(1, USER, ADD, TRIGGER, 0);
    change(pipe[0], READ, how);
    assertEquals(Linux.POLLIN, poll(Linux.POLLIN));
    change(1, USER, how);
    assertEquals(0, poll(Linux.POLLIN));
  }

  @Test
  void condition_thatIsNoLongerSo_isNotReadable() throws Exception {
    int[] pipe = pipe();
    change(pipe[0], READ, ADD);
    write(pipe[1], 1);
    assertEquals(1, read(pipe[0], 1));
    assertEquals(0, poll(Linux.POLLIN));
    assertEquals(List.of(), now());
  }

  // ---- beside others

  @Test
  void numbers_areOfOneQueue() throws Exception {
    Kqueue other = another();
    change(1, USER, ADD, TRIGGER, 0);
    change(1, TIMER, ADD | ONESHOT, 0, 0);
    assertEquals(Errno.ENOENT, errno(() -> other.change(1, USER, DELETE, 0, 0, 0)));
    assertEquals(Errno.ENOENT, errno(() -> other.change(1, TIMER, DELETE, 0, 0, 0)));
    other.change(1, USER, ADD, 0, 0, 0);
    assertEquals(0, other.kevent(null, events, 0));
  }

  @Test
  void queueInAQueueInAQueue_isHeard() throws Exception {
    Kqueue middle = another();
    Kqueue outer = another();
    outer.change(middle.fd(), READ, ADD, 0, 0, 1);
    middle.change(queue.fd(), READ, ADD, 0, 0, 2);
    assertEquals(0, outer.kevent(null, events, 0));
    change(1, USER, ADD | CLEAR, TRIGGER, 0);
    assertEquals(1, outer.kevent(null, events, LONG));
    assertEquals(1, events.udata(0));
    assertEquals(1, middle.kevent(null, events, 0));
    assertEquals(2, events.udata(0));
    assertEquals(1, now().size());
    assertEquals(0, outer.kevent(null, events, 0));
  }

  @Test
  void queueThatIsWatched_andClosed_isForgotten() throws Exception {
    Kqueue other = Kqueue.open(sys);
    other.change(1, USER, ADD, TRIGGER, 0, 0);
    int fd = other.fd();
    change(fd, READ, ADD);
    assertEquals(1, now().size());
    other.close();
    assertEquals(List.of(), now());
    assertEquals(Errno.EBADF, errno(() -> change(fd, READ, DELETE)));
  }

  @Test
  void queueThatWatches_andIsClosed_leavesTheOtherAsItWas() throws Exception {
    Kqueue outer = Kqueue.open(sys);
    outer.change(queue.fd(), READ, ADD, 0, 0, 0);
    outer.close();
    change(1, USER, ADD, TRIGGER, 0);
    assertEquals(1, now().size());
  }

  @Test
  void queueThatWatchesItself_isEinval() {
    assertEquals(Errno.EINVAL, errno(() -> change(queue.fd(), READ, ADD)));
    assertEquals(Errno.ENOENT, errno(() -> change(queue.fd(), READ, DELETE)));
  }

  // ---- the end

  @Test
  void close_givesAllDescriptorsBack() throws Exception {
    int[] pair = pair();
    int fd = file("a");
    int before = descriptors();
    Kqueue other = Kqueue.open(sys);
    other.change(pair[0], READ, ADD | CLEAR, 0, 0, 0);
    other.change(pair[0], WRITE, ADD | CLEAR, 0, 0, 0);
    other.change(pair[1], WRITE, ADD, LOWAT, 1 << 30, 0);
    other.change(fd, VNODE, ADD, Kevent.NOTE_WRITE, 0, 0);
    other.change(fd, READ, ADD, 0, 0, 0);
    other.change(1, TIMER, ADD, Kevent.NOTE_SECONDS, 1_000, 0);
    other.change(1, USER, ADD, TRIGGER, 0, 0);
    other.change(ownPid(), PROC, ADD, Kevent.NOTE_EXIT, 0, 0);
    other.close();
    assertEquals(before, descriptors());
    other.close();
    assertEquals(before, descriptors());
  }

  @Test
  void deletedKnotes_giveTheirDescriptorsBack() throws Exception {
    int before = descriptors();
    for (int i = 0; i < 20; i++) {
      change(i, TIMER, ADD, Kevent.NOTE_SECONDS, 1_000);
      change(ownPid(), PROC, ADD, Kevent.NOTE_EXIT, 0);
      change(i, TIMER, DELETE);
      change(ownPid(), PROC, DELETE);
    }
    assertEquals(before, descriptors());
  }

  private long ownPid() {
    return kernel.equals("model") ? 1_000 : ProcessHandle.current().pid();
  }

  @Test
  void closed_isOfNoUse() {
    queue.close();
    assertThrows(IllegalStateException.class, () -> queue.kevent(null, events, 0));
    assertThrows(IllegalStateException.class, () -> change(1, USER, ADD));
    assertThrows(IllegalStateException.class, queue::fd);
  }
}
