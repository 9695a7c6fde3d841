package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.kqueue.Subject.Kind;
import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What each flag does, for each filter and kind of descriptor. */
class FlagTest extends KqueueCase {

  private static final long UDATA = 0x1234_5678_9abc_def0L;

  private @Nullable Subject subject;

  private Subject subject(Kind kind) throws Exception {
    Subject made = Subject.of(kind, this);
    subject = made;
    return made;
  }

  @AfterEach
  void endSubject() throws Exception {
    if (subject != null) {
      subject.end();
    }
  }

  private void change(Subject it, int flags, long udata) throws SysException {
    it.udata = udata;
    queue.change(it.ident, it.filter, flags, it.fflags, it.data, udata);
  }

  private void change(Subject it, int flags) throws SysException {
    change(it, flags, UDATA);
  }

  private void assertTold(Subject it, long udata) throws SysException {
    List<String> said = within(LONG);
    assertEquals(1, said.size(), said::toString);
    assertEquals(it.filter, events.filter(0));
    assertEquals(it.ident, events.ident(0));
    assertEquals(udata, events.udata(0));
    assertEquals(0, events.flags(0) & (ADD | DELETE | ENABLE | DISABLE | RECEIPT | ERROR));
  }

  private void assertTold(Subject it) throws SysException {
    assertTold(it, UDATA);
  }

  private void assertQuiet() throws SysException {
    assertEquals(List.of(), now());
  }

  private void assertAbsent(Subject it) {
    for (int flags : new int[] {DELETE, ENABLE, DISABLE, 0}) {
      assertEquals(Errno.ENOENT, errno(() -> change(it, flags)), Kevent.flagNames(flags));
    }
  }

  // ---- EV_ADD

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "TIMER")
  void add_reportsWhatHappens_andNothingBefore(Kind kind) throws Exception {
    Subject it = subject(kind);
    change(it, ADD);
    assertQuiet();
    it.fire();
    assertTold(it);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"VNODE", "PROC", "SIGNAL", "TIMER", "USER"})
  void add_ofWhatHasHappened_reportsIt(Kind kind) throws Exception {
    Subject it = subject(kind);
    it.fire();
    change(it, ADD | CLEAR);
    assertTold(it);
  }

  @ParameterizedTest
  @EnumSource
  void addTwice_isOneKnote(Kind kind) throws Exception {
    Subject it = subject(kind);
    change(it, ADD);
    change(it, ADD, 2);
    it.fire();
    assertTold(it, 2);
    if (kind != Kind.PROC) { // which is over
      change(it, DELETE);
    }
    assertAbsent(it);
  }

  @ParameterizedTest
  @EnumSource
  void notAdded_isEnoent(Kind kind) throws Exception {
    assertAbsent(subject(kind));
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"SIGNAL"}) // which is its own thread's
  void add_whileAnotherThreadWaits_wakesIt(Kind kind) throws Exception {
    Subject it = subject(kind);
    CompletableFuture<Integer> other = waiting(queue, Kevents.allocate(1));
    change(it, ADD | ONESHOT);
    it.fire();
    assertEquals(1, get(other));
    assertQuiet();
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"SIGNAL", "TIMER", "USER"})
  void add_toTwoQueues_isToldInBoth(Kind kind) throws Exception {
    Subject it = subject(kind);
    Kqueue other = another();
    change(it, ADD | CLEAR);
    other.change(it.ident, it.filter, ADD | CLEAR, it.fflags, it.data, 1);
    it.fire();
    assertTold(it);
    assertEquals(1, other.kevent(null, events, LONG));
    assertEquals(1, events.udata(0));
  }

  // ---- EV_DELETE

  @ParameterizedTest
  @EnumSource
  void delete_takesBackWhatHasHappened(Kind kind) throws Exception {
    Subject it = subject(kind);
    change(it, ADD);
    it.fire();
    change(it, DELETE);
    assertQuiet();
    assertAbsent(it);
  }

  @ParameterizedTest
  @EnumSource
  void delete_thenAdd_reportsAgain(Kind kind) throws Exception {
    Subject it = subject(kind);
    change(it, ADD | CLEAR);
    change(it, DELETE);
    change(it, ADD);
    it.fire();
    assertTold(it);
  }

  @ParameterizedTest
  @EnumSource
  void delete_ofWhatIsOff_isTheSame(Kind kind) throws Exception {
    Subject it = subject(kind);
    change(it, ADD | DISABLE);
    it.fire();
    change(it, DELETE);
    assertQuiet();
    assertAbsent(it);
  }

  // ---- EV_ENABLE, EV_DISABLE

  @ParameterizedTest
  @EnumSource
  void addDisabled_reportsNothing_untilItIsEnabled(Kind kind) throws Exception {
    Subject it = subject(kind);
    change(it, ADD | DISABLE);
    it.fire();
    assertQuiet();
    change(it, ENABLE);
    assertTold(it);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"VNODE", "PROC", "SIGNAL", "TIMER", "USER"})
  void addDisabled_ofWhatHasHappened_letsNothingThrough(Kind kind) throws Exception {
    Subject it = subject(kind);
    it.fire();
    change(it, ADD | DISABLE);
    assertQuiet();
    change(it, ENABLE);
    assertTold(it);
  }

  @ParameterizedTest
  @EnumSource
  void disable_holdsBackWhatHasHappened(Kind kind) throws Exception {
    Subject it = subject(kind);
    change(it, ADD | CLEAR);
    it.fire();
    change(it, DISABLE);
    assertQuiet();
    change(it, ENABLE);
    assertTold(it);
  }

  @ParameterizedTest
  @EnumSource
  void disableTwice_isEnabledOnce(Kind kind) throws Exception {
    Subject it = subject(kind);
    change(it, ADD);
    change(it, DISABLE);
    change(it, DISABLE);
    it.fire();
    assertQuiet();
    change(it, ENABLE);
    assertTold(it);
  }

  @ParameterizedTest
  @EnumSource
  void addAgain_enables(Kind kind) throws Exception {
    Subject it = subject(kind);
    change(it, ADD | DISABLE);
    change(it, ADD);
    it.fire();
    assertTold(it);
  }

  @ParameterizedTest
  @EnumSource
  void addAgain_disabled_disables(Kind kind) throws Exception {
    Subject it = subject(kind);
    change(it, ADD);
    change(it, ADD | DISABLE);
    it.fire();
    assertQuiet();
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "TIMER")
  void enable_ofWhatIsOn_makesNoEvent(Kind kind) throws Exception {
    Subject it = subject(kind);
    change(it, ADD | CLEAR);
    change(it, ENABLE);
    assertQuiet();
    it.fire();
    assertTold(it);
    assertQuiet();
  }

  @ParameterizedTest
  @EnumSource
  void enable_saysTheUdataAnew(Kind kind) throws Exception {
    Subject it = subject(kind);
    change(it, ADD);
    change(it, ENABLE, -1);
    it.fire();
    assertTold(it, -1);
  }

  // ---- EV_ONESHOT

  @ParameterizedTest
  @EnumSource
  void oneshot_isToldOnce_andGone(Kind kind) throws Exception {
    Subject it = subject(kind);
    change(it, ADD | ONESHOT);
    it.fire();
    assertTold(it);
    assertTrue((events.flags(0) & ONESHOT) != 0, events::toString);
    if (kind != Kind.PROC && kind != Kind.USER) {
      it.fire();
    }
    assertQuiet();
    assertAbsent(it);
  }

  @ParameterizedTest
  @EnumSource
  void oneshot_thatIsOff_isKept(Kind kind) throws Exception {
    Subject it = subject(kind);
    change(it, ADD | ONESHOT | DISABLE);
    it.fire();
    assertQuiet();
    change(it, ENABLE);
    assertTold(it);
    assertAbsent(it);
  }

  // ---- EV_CLEAR

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"TIMER", "PROC"})
  void clear_isToldOnceForEachTime(Kind kind) throws Exception {
    Subject it = subject(kind);
    change(it, ADD | CLEAR);
    for (int i = 0; i < 3; i++) {
      it.fire();
      assertTold(it);
      assertTrue((events.flags(0) & CLEAR) != 0, events::toString);
      assertQuiet();
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"TIMER", "PROC"})
  void clear_ofSeveralTimes_isOneEvent(Kind kind) throws Exception {
    Subject it = subject(kind);
    change(it, ADD | CLEAR);
    it.fire();
    it.fire();
    assertTold(it);
    assertQuiet();
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"TIMER", "PROC", "SIGNAL"})
  void withoutClear_isToldAgain(Kind kind) throws Exception {
    Subject it = subject(kind);
    change(it, ADD);
    it.fire();
    for (int i = 0; i < 3; i++) {
      assertTold(it);
      assertEquals(0, events.flags(0) & (CLEAR | ONESHOT | DISPATCH));
    }
  }

  // ---- EV_DISPATCH

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "PROC")
  void dispatch_isOffAfterEachEvent(Kind kind) throws Exception {
    Subject it = subject(kind);
    change(it, ADD | DISPATCH);
    for (int i = 0; i < 3; i++) {
      it.fire();
      assertTold(it);
      assertTrue((events.flags(0) & DISPATCH) != 0, events::toString);
      it.fire();
      assertQuiet();
      change(it, ENABLE);
      assertTold(it);
      change(it, ENABLE);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "PROC")
  void dispatch_withClear_keepsWhatCameMeanwhile(Kind kind) throws Exception {
    Subject it = subject(kind);
    change(it, ADD | DISPATCH | CLEAR);
    it.fire();
    assertTold(it);
    assertQuiet();
    it.fire();
    assertQuiet();
    change(it, ENABLE);
    assertTold(it);
    assertQuiet();
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "PROC")
  void dispatched_canBeDeleted(Kind kind) throws Exception {
    Subject it = subject(kind);
    change(it, ADD | DISPATCH);
    it.fire();
    assertTold(it);
    change(it, DELETE);
    assertAbsent(it);
  }

  // ---- EV_RECEIPT

  @ParameterizedTest
  @EnumSource
  void receipt_saysThatItWentWell_andTakesNoEvent(Kind kind) throws Exception {
    Subject it = subject(kind);
    change(it, ADD);
    it.fire();
    Kevents changes =
        Kevents.allocate(1).add(it.ident, it.filter, ADD | RECEIPT, it.fflags, it.data, 9);
    assertEquals(1, queue.kevent(changes, events, LONG));
    assertTrue((events.flags(0) & ERROR) != 0, events::toString);
    assertEquals(0, events.data(0));
    assertEquals(it.ident, events.ident(0));
    assertEquals(it.filter, events.filter(0));
    assertEquals(9, events.udata(0));
    assertTold(it, 9);
  }
}
