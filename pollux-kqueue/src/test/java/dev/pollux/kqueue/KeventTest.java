package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code kevent(2)}: lists of changes and of events, and what it says of changes that fail. */
class KeventTest extends KqueueCase {

  private static final int TRIGGER = Kevent.NOTE_TRIGGER;

  // ---- changes

  @Test
  void changes_areMadeInTheirOrder() throws Exception {
    Kevents changes = Kevents.allocate(3);
    changes.add(1, USER, ADD, 0, 0, 0).add(1, USER, 0, TRIGGER, 5, 6);
    changes.add(1, USER, DISABLE, 0, 0, 7);
    assertEquals(0, queue.kevent(changes, events, 0));
    change(1, USER, ENABLE);
    assertEquals(List.of("USER 1 0"), now());
  }

  @Test
  void changes_areAllMade_beforeEventsAreTaken() throws Exception {
    int[] pipe = pipe();
    write(pipe[1], 1);
    change(pipe[0], READ, ADD);
    Kevents changes = Kevents.allocate(2);
    changes.add(1, USER, ADD, TRIGGER, 0, 0).add(pipe[0], READ, DELETE, 0, 0, 0);
    assertEquals(1, queue.kevent(changes, events, LONG));
    assertEquals(USER, events.filter(0));
  }

  @Test
  void noChanges_andNoEvents_areNone() throws Exception {
    assertEquals(0, queue.kevent(Kevents.allocate(0), Kevents.allocate(0), FOR_EVER));
    assertEquals(0, queue.kevent(null, null, FOR_EVER));
  }

  @Test
  void changes_withoutRoomForEvents_areMade_andTakeNone() throws Exception {
    Kevents changes = Kevents.allocate(1).add(1, USER, ADD | CLEAR, TRIGGER, 0, 0);
    assertEquals(0, queue.kevent(changes, Kevents.allocate(0), FOR_EVER));
    assertEquals(1, changes.size());
    assertEquals(1, now().size());
  }

  @Test
  void listOfChanges_isAsItWas() throws Exception {
    Kevents changes = Kevents.allocate(2);
    changes.add(1, USER, ADD, TRIGGER, 3, 4).add(9, USER, DELETE, 0, 0, 0);
    String before = changes.toString();
    assertEquals(1, queue.kevent(changes, events, 0));
    assertEquals(before, changes.toString());
  }

  @Test
  void addAndDelete_inOneList_leaveNothing() throws Exception {
    Kevents changes = Kevents.allocate(3);
    changes.add(1, USER, ADD, TRIGGER, 0, 0).add(1, USER, DELETE, 0, 0, 0);
    changes.add(1, USER, DELETE, 0, 0, 8);
    assertEquals(1, queue.kevent(changes, events, 0));
    assertEquals(8, events.udata(0));
    assertEquals(Errno.ENOENT, events.data(0));
  }

  // ---- one list both ways

  @Test
  void oneList_isReadToItsEnd_beforeEventsStandInIt() throws Exception {
    for (int i = 0; i < 5; i++) {
      events.add(i, USER, ADD | CLEAR, TRIGGER, i, 10 + i);
    }
    assertEquals(5, queue.kevent(events, events, LONG));
    for (int i = 0; i < 5; i++) {
      assertEquals(i, events.ident(i));
      assertEquals(10 + i, events.udata(i));
    }
  }

  @Test
  void oneList_withErrors_hasThemInFront_andAllWasMade() throws Exception {
    events.add(1, USER, ADD, 0, 0, 1).add(8, USER, DELETE, 0, 0, 2).add(2, USER, ADD, 0, 0, 3);
    events.add(9, TIMER, DELETE, 0, 0, 4).add(3, USER, ADD, 0, 0, 5);
    assertEquals(2, queue.kevent(events, events, FOR_EVER));
    assertEquals(2, events.udata(0));
    assertEquals(4, events.udata(1));
    for (int i = 1; i <= 3; i++) {
      change(i, USER, DELETE);
    }
  }

  @Test
  void oneList_ofReceipts_saysOfEachHowItWent() throws Exception {
    events.add(1, USER, ADD | RECEIPT, 0, 0, 1).add(8, USER, DELETE | RECEIPT, 0, 0, 2);
    events.add(2, USER, ADD | RECEIPT, 0, 0, 3);
    assertEquals(3, queue.kevent(events, events, FOR_EVER));
    for (int i = 0; i < 3; i++) {
      assertEquals(ERROR, events.flags(i) & ERROR);
      assertEquals(i + 1, events.udata(i));
      assertEquals(i == 1 ? Errno.ENOENT : 0, events.data(i));
    }
  }

  // ---- EV_RECEIPT

  @Test
  void receipts_takeNoEvents() throws Exception {
    change(1, USER, ADD | CLEAR, TRIGGER, 0);
    Kevents changes = Kevents.allocate(1).add(2, USER, ADD | RECEIPT, TRIGGER, 0, 0);
    assertEquals(1, queue.kevent(changes, events, FOR_EVER));
    assertEquals(2, events.ident(0));
    assertEquals(2, now().size());
  }

  @Test
  void receipt_withoutRoom_endsTheChanges() throws Exception {
    Kevents changes = Kevents.allocate(3);
    for (int i = 1; i <= 3; i++) {
      changes.add(i, USER, ADD | RECEIPT, 0, 0, 0);
    }
    assertEquals(1, queue.kevent(changes, Kevents.allocate(1), FOR_EVER));
    change(1, USER, DELETE);
    assertEquals(Errno.ENOENT, errno(() -> change(3, USER, DELETE)));
  }

  @Test
  void receipt_withoutAList_isNone() throws Exception {
    change(1, USER, ADD | RECEIPT);
    change(1, USER, DELETE | RECEIPT);
    assertEquals(Errno.ENOENT, errno(() -> change(1, USER, DELETE | RECEIPT)));
  }

  @Test
  void receipt_ofADelete_isOne() throws Exception {
    change(1, USER, ADD, TRIGGER, 0);
    Kevents changes = Kevents.allocate(1).add(1, USER, DELETE | RECEIPT, 0, 0, 3);
    assertEquals(1, queue.kevent(changes, events, FOR_EVER));
    assertEquals(ERROR, events.flags(0) & ERROR);
    assertEquals(0, events.data(0));
    assertEquals(3, events.udata(0));
    assertEquals(List.of(), now());
  }

  // ---- errors

  @Test
  void errors_thatFillTheList_endTheCall() {
    Kevents changes = Kevents.allocate(3);
    changes.add(8, USER, DELETE, 0, 0, 0).add(9, USER, DELETE, 0, 0, 0);
    changes.add(1, USER, ADD, 0, 0, 0);
    assertEquals(Errno.ENOENT, errno(() -> queue.kevent(changes, Kevents.allocate(1), FOR_EVER)));
    assertEquals(Errno.ENOENT, errno(() -> change(1, USER, DELETE)));
  }

  @Test
  void changesBeforeTheOneThatFails_areMade() throws Exception {
    Kevents changes = Kevents.allocate(2);
    changes.add(1, USER, ADD, TRIGGER, 0, 0).add(9, USER, DELETE, 0, 0, 0);
    assertEquals(Errno.ENOENT, errno(() -> queue.kevent(changes, null, 0)));
    assertEquals(List.of("USER 1 0"), now());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 5, -3, -8, -9, -10, -12, -32_768})
  void filterThatIsNone_isEinval(int filter) {
    for (int flags : new int[] {ADD, DELETE, ENABLE, 0}) {
      assertEquals(Errno.EINVAL, errno(() -> change(0, filter, flags)));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, 1L << 31, 1L << 32, Long.MAX_VALUE})
  void numberThatIsNoDescriptor_isEbadf(long ident) {
    for (int flags : new int[] {ADD, DELETE, ENABLE}) {
      assertEquals(Errno.EBADF, errno(() -> change(ident, READ, flags)));
      assertEquals(Errno.EBADF, errno(() -> change(ident, WRITE, flags)));
      assertEquals(Errno.EBADF, errno(() -> change(ident, VNODE, flags, Kevent.NOTE_WRITE, 0)));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, 1L << 31, 1L << 32, Long.MAX_VALUE, 0})
  void number_ofTheProgramsOwn_isAny(long ident) throws Exception {
    change(ident, USER, ADD | ONESHOT, TRIGGER, 0);
    assertEquals(List.of("USER " + ident + " 0"), now());
    change(ident, TIMER, ADD | ONESHOT, 0, 0);
    assertEquals(List.of("TIMER " + ident + " 1"), within(LONG));
  }

  @Test
  void numbersThatDifferAboveTheirInt_areTwo() throws Exception {
    change(1, USER, ADD);
    change(1L << 32 | 1, USER, ADD, TRIGGER, 0);
    assertEquals(List.of("USER 4294967297 0"), now());
  }

  @Test
  void error_namesTheChange() {
    SysException e = assertThrows(SysException.class, () -> change(-5, READ, ADD | CLEAR));
    assertContains("kevent(READ -5, ADD|CLEAR)", e.getMessage());
    assertContains("EBADF", e.getMessage());
  }

  @Test
  void changeThatFails_changesNothing() throws Exception {
    change(1, TIMER, ADD | ONESHOT, 0, 0);
    assertEquals(Errno.EINVAL, errno(() -> queue.change(1, TIMER, ADD, 0, -1, 77)));
    assertEquals(List.of("TIMER 1 1"), within(LONG));
    assertEquals(0, events.udata(0));
  }

  // ---- the list

  @Test
  void events_areAtMostWhatThereIsRoomFor_andTheRestIsKept() throws Exception {
    for (int i = 0; i < 7; i++) {
      change(i, USER, ADD | CLEAR, TRIGGER, 0);
    }
    Kevents three = Kevents.allocate(3);
    assertEquals(3, queue.kevent(null, three, LONG));
    assertEquals(3, queue.kevent(null, three, LONG));
    assertEquals(1, queue.kevent(null, three, LONG));
    assertEquals(6, three.ident(0));
    assertEquals(0, queue.kevent(null, three, 0));
  }

  @Test
  void levels_thatDoNotFit_comeInTurn() throws Exception {
    Kevents one = Kevents.allocate(1);
    long seen = 0;
    for (int i = 0; i < 3; i++) {
      change(i, USER, ADD, TRIGGER, 0);
    }
    for (int i = 0; i < 3; i++) {
      assertEquals(1, queue.kevent(null, one, LONG));
      seen |= 1L << one.ident(0);
    }
    assertEquals(7, seen);
  }

  @Test
  void filters_thatDoNotFit_comeInTurn() throws Exception {
    int[] pipe = pipe();
    write(pipe[1], 1);
    change(pipe[0], READ, ADD);
    change(pipe[1], WRITE, ADD);
    change(1, USER, ADD, TRIGGER, 0);
    change(file("a"), WRITE, ADD);
    Kevents one = Kevents.allocate(1);
    Set<String> seen = new TreeSet<>();
    for (int i = 0; i < 16; i++) {
      assertEquals(1, queue.kevent(null, one, LONG));
      seen.add(Kevent.filterName(one.filter(0)) + one.ident(0));
    }
    assertEquals(4, seen.size(), seen::toString);
  }

  @Test
  void wait_emptiesTheList() throws Exception {
    change(1, USER, ADD | CLEAR, TRIGGER, 0);
    assertEquals(1, now().size());
    assertEquals(0, queue.kevent(null, events, 0));
    assertEquals(0, events.size());
    assertEquals("[]", events.toString());
  }

  @Test
  void list_hasItsBounds() {
    Kevents one = Kevents.allocate(1).add(1, USER, 0, 0, 0, 0);
    assertThrows(IllegalStateException.class, () -> one.add(2, USER, 0, 0, 0, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> one.ident(1));
    assertThrows(IndexOutOfBoundsException.class, () -> one.ident(-1));
    assertThrows(IllegalArgumentException.class, () -> Kevents.allocate(-1));
    assertThrows(IllegalArgumentException.class, () -> Kevents.allocate((1 << 24) + 1));
    one.clear();
    assertEquals(0, one.size());
    assertEquals(1, one.capacity());
  }

  @Test
  void fields_haveTheirWidths() {
    events.add(Long.MIN_VALUE, -1, 0xffff_8001, -1, Long.MAX_VALUE, -2);
    assertEquals(Long.MIN_VALUE, events.ident(0));
    assertEquals(READ, events.filter(0));
    assertEquals(0x8001, events.flags(0));
    assertEquals(-1, events.fflags(0));
    assertEquals(Long.MAX_VALUE, events.data(0));
    assertEquals(-2, events.udata(0));
  }

  @Test
  void names_areThoseOfTheManual() {
    assertEquals(
        "ADD|DELETE|ENABLE|DISABLE|ONESHOT|CLEAR|RECEIPT|DISPATCH", Kevent.flagNames(0xff));
    assertEquals("ERROR|EOF", Kevent.flagNames(ERROR | EOF));
    assertEquals("VNODE", Kevent.filterName(VNODE));
    assertEquals("PROC", Kevent.filterName(PROC));
    assertEquals("SIGNAL", Kevent.filterName(SIGNAL));
    assertEquals("99", Kevent.filterName(99));
  }

  @Test
  void list_isPrinted_entryByEntry() {
    events.add(1, USER, ADD, 0, 0, 0).add(2, TIMER, EOF | ERROR, -1, -1, -1);
    assertEquals(
        "[{ident=1, filter=USER, flags=ADD, fflags=0x0, data=0, udata=0},"
            + " {ident=2, filter=TIMER, flags=ERROR|EOF, fflags=0xffffffff, data=-1, udata=-1}]",
        events.toString());
  }
}
