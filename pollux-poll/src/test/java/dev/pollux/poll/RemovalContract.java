package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SysException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** "Removal and reuse": batches with stale events, closed, reused and duplicated descriptors. */
abstract class RemovalContract extends ContractCase {

  RemovalContract(Fixture fixture) {
    super(fixture);
  }

  private int readyPipe() throws SysException {
    int[] pipe = io.pipe();
    int _ = io.write(pipe[1], 1);
    return pipe[0];
  }

  /** A descriptor, not ready, that has exactly this number, which must be free. */
  private int quietAt(int number) throws SysException {
    int[] pipe = io.pipe();
    if (pipe[0] == number) {
      return number;
    }
    return io.own(sys.dup3(pipe[0], number, Linux.O_CLOEXEC));
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("kindsByTriggers")
  void remove_ofReady_silencesIt(Kind kind, Trigger trigger) throws Exception {
    Source source = kind.open(io);
    Registration registration = add(source, trigger);
    source.arrive();
    registration.remove();
    assertFalse(registration.isActive());
    expectNothing();
    Registration again = add(source, trigger);
    expect(poller).ready(again).nothingElse();
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void remove_inHandler_dropsLaterEventOfTheBatch(Trigger trigger) throws Exception {
    Registration a = add(readyPipe(), Interest.READABLE, trigger);
    Registration b = add(readyPipe(), Interest.READABLE, trigger);
    assertEquals(2, poller.await(events, 0));
    assertTrue(events.next());
    (events.registration() == a ? b : a).remove();
    assertFalse(events.next());
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void remove_ofTheCurrentEvent_letsTheBatchGoOn(Trigger trigger) throws Exception {
    add(readyPipe(), Interest.READABLE, trigger);
    add(readyPipe(), Interest.READABLE, trigger);
    assertEquals(2, poller.await(events, 0));
    int count = 0;
    while (events.next()) {
      count++;
      events.registration().remove();
    }
    assertEquals(2, count);
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void fdReused_betweenWaitAndDispatch_doesNotInheritTheEvent(Trigger trigger) throws Exception {
    int fd = readyPipe();
    Registration old = add(fd, Interest.READABLE, trigger);
    assertEquals(1, poller.await(events, 0));
    old.remove();
    io.close(fd);
    Registration fresh = add(quietAt(fd), Interest.READABLE, trigger);
    assertFalse(events.next());
    expectNothing();
    assertTrue(fresh.isActive());
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void fdReused_inTheMiddleOfABatch_doesNotInheritTheEvent(Trigger trigger) throws Exception {
    Registration a = add(readyPipe(), Interest.READABLE, trigger);
    Registration b = add(readyPipe(), Interest.READABLE, trigger);
    assertEquals(2, poller.await(events, 0));
    assertTrue(events.next());
    Registration later = events.registration() == a ? b : a;
    int number = later.fd();
    later.remove();
    io.close(number);
    Registration fresh = add(quietAt(number), Interest.READABLE, trigger);
    assertFalse(events.next());
    assertTrue(fresh.isActive());
  }

  @Test
  void remove_twice_doesNothing() throws Exception {
    Registration registration = add(readyPipe(), Interest.READABLE, Trigger.LEVEL);
    registration.remove();
    registration.remove();
    assertEquals(0, poller.size());
  }

  @Test
  void remove_twiceAfterTheSlotWasReused_leavesTheNewOne() throws Exception {
    int fd = readyPipe();
    Registration old = add(fd, Interest.READABLE, Trigger.LEVEL);
    old.remove();
    Registration fresh = add(fd, Interest.READABLE, Trigger.LEVEL);
    old.remove();
    assertEquals(1, poller.size());
    expect(poller).readable(fresh).nothingElse();
  }

  @Test
  void attach_whileAnEventIsUnread_leadsItToTheNewAttachment() throws Exception {
    Registration registration = add(readyPipe(), Interest.READABLE, Trigger.LEVEL);
    assertEquals(1, poller.await(events, 0));
    registration.attach("new");
    assertTrue(events.next());
    assertEquals("new", events.attachment());
  }

  @Test
  void modify_afterRemove_fails() throws Exception {
    Registration registration = add(readyPipe(), Interest.READABLE, Trigger.LEVEL);
    registration.remove();
    assertThrows(IllegalStateException.class, () -> registration.modify(Interest.WRITABLE));
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void remove_afterTheFdWasClosed_succeeds(Trigger trigger) throws Exception {
    int fd = readyPipe();
    Registration registration = add(fd, Interest.READABLE, trigger);
    io.close(fd);
    registration.remove();
    assertEquals(0, poller.size());
    expectNothing();
    Registration fresh = add(quietAt(fd), Interest.READABLE, trigger);
    expectNothing();
    assertTrue(fresh.isActive());
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void remove_afterTheNumberWasReused_leavesTheNewDescriptorAddable(Trigger trigger)
      throws Exception {
    int fd = readyPipe();
    Registration old = add(fd, Interest.READABLE, trigger);
    io.close(fd);
    quietAt(fd);
    SysException e = assertThrows(SysException.class, () -> add(fd, Interest.READABLE, trigger));
    assertEquals(Errno.EEXIST, e.errno());
    old.remove();
    Registration fresh = add(fd, Interest.READ_WRITE, trigger);
    expectNothing();
    assertTrue(fresh.isActive());
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void closedWithoutRemove_doesNotSpin(Trigger trigger) throws Exception {
    int fd = readyPipe();
    add(fd, Interest.READABLE, trigger);
    io.close(fd);
    poller.await(events, 0);
    int count = 0;
    while (events.next()) {
      count++;
      assertTrue(events.isError() && events.isReadable(), "an error that a reader meets");
    }
    assertEquals(fixture.isOnEpoll() ? 0 : 1, count);
    long before = probe.waits();
    assertEquals(0, poller.await(events, 2_000_000));
    assertTrue(probe.waits() - before <= 2, "spins");
  }

  @Test
  void closedWithoutRemove_othersGoOn() throws Exception {
    int fd = readyPipe();
    Registration closed = add(fd, Interest.READABLE, Trigger.LEVEL);
    Registration open = add(readyPipe(), Interest.READABLE, Trigger.LEVEL);
    io.close(fd);
    expect(poller).readable(open).atLeast();
    closed.remove();
    expect(poller).readable(open).nothingElse();
  }

  @Test
  void modify_afterTheFdWasClosed_fails() throws Exception {
    int fd = io.high(readyPipe());
    Registration registration = add(fd, Interest.READABLE, Trigger.LEVEL);
    io.close(fd);
    SysException e = assertThrows(SysException.class, () -> registration.modify(Interest.WRITABLE));
    assertEquals(Errno.EBADF, e.errno());
    assertSame(Interest.READABLE, registration.interest());
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void dup_isADescriptorOfItsOwn(Trigger trigger) throws Exception {
    int fd = readyPipe();
    int dup = io.dup(fd);
    Registration a = add(fd, Interest.READABLE, trigger);
    Registration b = add(dup, Interest.READABLE, trigger);
    expect(poller).readable(a).readable(b).nothingElse();
    a.remove();
    io.close(fd);
    b.modify(Interest.READABLE);
    expect(poller).readable(b).nothingElse();
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void dup_mayHaveAnotherTriggerThanItsOriginal(Trigger trigger) throws Exception {
    int fd = readyPipe();
    Registration level = add(fd, Interest.READABLE, Trigger.LEVEL);
    Registration other = add(io.dup(fd), Interest.READABLE, trigger);
    expect(poller).readable(level).readable(other).nothingElse();
    expect(poller).readable(level).atLeast();
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void isActive_untilRemoved(Trigger trigger) throws Exception {
    Object attachment = new Object();
    int fd = readyPipe();
    Registration registration = add(fd, Interest.READABLE, trigger, attachment);
    assertTrue(registration.isActive());
    assertSame(attachment, registration.attachment());
    assertEquals(fd, registration.fd());
    assertSame(trigger, registration.trigger());
    assertEquals(1, poller.await(events, 0));
    assertTrue(events.next());
    assertSame(attachment, events.attachment());
    registration.remove();
    assertFalse(registration.isActive());
  }

  @Test
  void attachment_mayBeNull() throws Exception {
    Registration registration = add(readyPipe(), Interest.READABLE, Trigger.LEVEL);
    assertEquals(1, poller.await(events, 0));
    assertTrue(events.next());
    assertSame(registration, events.registration());
    assertSame(null, events.attachment());
  }

  @Test
  void slot_reusedThousandsOfTimes_neverReportsAPredecessor() throws Exception {
    int fd = readyPipe();
    for (int i = 0; i < 5000; i++) {
      Registration registration = poller.add(fd, Interest.READABLE, Trigger.LEVEL, i);
      if (i % 100 == 0) {
        poller.await(events, 0);
        assertTrue(events.next());
        assertEquals(i, events.attachment());
        registration.remove();
        assertFalse(events.next());
      } else {
        registration.remove();
      }
    }
    assertEquals(0, poller.size());
    expectNothing();
  }
}
