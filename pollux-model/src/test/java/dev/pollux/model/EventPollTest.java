package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.pollux.sys.Linux;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What only the model can show: the inside of an epoll instance. */
class EventPollTest {

  private static final int IN = Linux.EPOLLIN;
  private static final int ET = Linux.EPOLLET;

  private final ModelSys sys = ModelSys.virtual(1, Faults.none());
  private final Box box = new Box(sys);
  private final List<String> steps = new ArrayList<>();

  @AfterEach
  void closeAll() {
    box.close();
    assertEquals(Map.of(0, "null", 1, "null", 2, "null"), sys.openDescriptors());
  }

  private void listen() {
    sys.listenToEpoll((transition, _, fd, _, _) -> steps.add(transition + " " + fd));
  }

  private void assertSteps(String... expected) {
    assertEquals(List.of(expected), steps);
    steps.clear();
  }

  @Test
  void level_goesTheSecondWay_edgeDoesNot() {
    int ep = box.epoll();
    int level = box.eventfd(0);
    int edge = box.eventfd(0);
    listen();
    box.ok(box.add(ep, level, IN));
    box.ok(box.add(ep, edge, IN | ET));
    assertSteps("ADDED " + level, "ADDED " + edge);
    box.writeLong(level, 1);
    box.writeLong(edge, 1);
    box.writeLong(edge, 1);
    assertSteps("QUEUED_BY_CHANGE " + level, "QUEUED_BY_CHANGE " + edge, "MERGED " + edge);
    assertEquals(2, box.wait(ep, 9, 0));
    assertSteps(
        "DELIVERED " + level, "REQUEUED_LEVEL " + level, "DELIVERED " + edge, "LEFT_EDGE " + edge);
    box.readLong(level);
    steps.clear();
    assertEquals(0, box.wait(ep, 9, 0));
    assertSteps("LEFT_NOT_READY " + level);
  }

  @Test
  void oneshot_isDisarmed_andDeafUntilModified() {
    int ep = box.epoll();
    int fd = box.eventfd(1);
    box.ok(box.add(ep, fd, IN | Linux.EPOLLONESHOT));
    listen();
    assertEquals(1, box.wait(ep, 9, 0));
    box.writeLong(fd, 1);
    assertSteps("DELIVERED " + fd, "DISARMED_ONESHOT " + fd, "IGNORED_DISARMED " + fd);
    assertFalse(sys.epollSnapshot(ep).tree().getFirst().isArmed());
    box.ok(box.modify(ep, fd, IN | Linux.EPOLLONESHOT));
    assertSteps("MODIFIED " + fd, "QUEUED_BY_MODIFY " + fd);
  }

  @Test
  void changeDuringCopying_goesOverTheOverflowList() {
    int ep = box.epoll();
    int[] fds = {box.eventfd(1), box.eventfd(1), box.eventfd(0), box.eventfd(0)};
    for (int fd : fds) {
      box.ok(box.add(ep, fd, IN | ET));
    }
    listen();
    sys.betweenCopies(() -> {
      sys.betweenCopies(null);
      box.writeLong(fds[2], 1);
      box.writeLong(fds[3], 1);
      box.writeLong(fds[2], 1);
      box.writeLong(fds[0], 1); // delivered already: one more edge
      box.writeLong(fds[1], 1); // still to be delivered: no more than one
    });
    assertEquals(List.of(fds[0] + ":IN"), box.events(ep, 1, 0));
    assertSteps(
        "DELIVERED " + fds[0],
        "LEFT_EDGE " + fds[0],
        "OVERFLOWED " + fds[2],
        "OVERFLOWED " + fds[3],
        "MERGED " + fds[2],
        "OVERFLOWED " + fds[0],
        "OVERFLOWED " + fds[1],
        "QUEUED_FROM_OVERFLOW " + fds[0],
        "QUEUED_FROM_OVERFLOW " + fds[3],
        "QUEUED_FROM_OVERFLOW " + fds[2]);
    assertEquals(
        List.of(fds[1] + ":IN", fds[2] + ":IN", fds[3] + ":IN", fds[0] + ":IN"), box.events(ep));
  }

  @Test
  void controlDuringCopying_isRefused() {
    int ep = box.epoll();
    int fd = box.eventfd(1);
    box.ok(box.add(ep, fd, IN));
    sys.betweenCopies(() -> box.delete(ep, fd));
    assertThrows(IllegalStateException.class, () -> box.wait(ep, 1, 0));
    sys.betweenCopies(null);
  }

  @Test
  void snapshot_showsTreeAndReadyList() {
    int ep = box.epoll();
    int[] fds = {box.eventfd(1), box.eventfd(0), box.eventfd(1)};
    for (int fd : fds) {
      box.ok(box.add(ep, fd, IN | ET));
    }
    EpollSnapshot snapshot = sys.epollSnapshot(ep);
    assertEquals(sys.descriptionId(ep), snapshot.id());
    assertEquals(
        List.of(fds[0], fds[1], fds[2]),
        snapshot.tree().stream().map(EpollSnapshot.Item::fd).toList());
    assertEquals(
        List.of(1, 0, 1), snapshot.tree().stream().map(EpollSnapshot.Item::depth).toList());
    assertEquals(
        List.of(true, false, true),
        snapshot.tree().stream().map(EpollSnapshot.Item::isRed).toList());
    assertEquals(
        List.of(fds[0], fds[2]), snapshot.ready().stream().map(EpollSnapshot.Item::fd).toList());
    EpollSnapshot.Item first = snapshot.tree().getFirst();
    assertTrue(first.isQueued() && first.isArmed() && first.isEdge());
    assertEquals("eventfd", first.kind());
    assertEquals(Linux.EPOLLIN | Linux.EPOLLOUT, first.readiness());
    assertThrows(IllegalArgumentException.class, () -> sys.epollSnapshot(fds[0]));
  }

  @Test
  void lastClose_forgetsTheItem() {
    int ep = box.epoll();
    int fd = box.eventfd(1);
    int copy = box.keep(sys.dup(fd));
    box.ok(box.add(ep, fd, IN));
    listen();
    box.close(fd);
    assertSteps();
    box.close(copy);
    assertSteps("FORGOTTEN " + fd);
    assertTrue(sys.epollSnapshot(ep).ready().isEmpty());
  }

  @Test
  void watches_atTheLimit_areRefusedAndCountedBack() {
    ModelSys small =
        ModelSys.virtual(1, Faults.none(), Limits.defaults().withMaxUserWatches(2), null);
    try (Box own = new Box(small)) {
      int ep = own.epoll();
      int[] fds = {own.eventfd(0), own.eventfd(0), own.eventfd(0)};
      own.ok(own.add(ep, fds[0], IN));
      own.ok(own.add(ep, fds[1], IN));
      assertEquals("ENOSPC", Box.say(own.add(ep, fds[2], IN)));
      assertEquals("EEXIST", Box.say(own.add(ep, fds[1], IN)));
      own.close(fds[0]);
      own.ok(own.add(ep, fds[2], IN));
      own.close(ep);
      own.ok(own.add(own.epoll(), fds[1], IN));
    }
  }

  @Test
  void waiting_andDelivery_allocateNothing() {
    int ep = box.epoll();
    int[] fds = new int[32];
    for (int i = 0; i < fds.length; i++) {
      fds[i] = box.eventfd(1);
      box.ok(box.add(ep, fds[i], IN));
    }
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long events = 0;
    long before = 0;
    for (int i = 0; i < 8_000; i++) {
      if (i == 4_000) {
        before = bean.getCurrentThreadAllocatedBytes();
        events = 0;
      }
      events += box.wait(ep, fds.length, 0);
    }
    long bytes = bean.getCurrentThreadAllocatedBytes() - before;
    assertEquals(4_000 * fds.length, events);
    assertTrue(bytes < 10_000, bytes + " bytes for " + events + " events");
  }
}
