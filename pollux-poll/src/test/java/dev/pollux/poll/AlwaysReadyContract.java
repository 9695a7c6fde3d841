package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SysException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Regular files, directories and /dev/null: always ready, on every backend. */
abstract class AlwaysReadyContract extends ContractCase {

  AlwaysReadyContract(Fixture fixture) {
    super(fixture);
  }

  /** What is always ready. */
  enum File {
    REGULAR,
    DIRECTORY,
    DEV_NULL
  }

  static Stream<File> files() {
    return Stream.of(File.values());
  }

  static Stream<Arguments> filesByTriggers() {
    return files().flatMap(file -> triggers().map(trigger -> Arguments.of(file, trigger)));
  }

  private int open(File file) {
    return switch (file) {
      case REGULAR -> io.open(kernel.regularFile(), Linux.O_RDONLY);
      case DIRECTORY -> io.open("/", Linux.O_RDONLY);
      case DEV_NULL -> io.open("/dev/null", Linux.O_RDWR);
    };
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("filesByTriggers")
  void add_reportsAtOnceByItsTrigger(File file, Trigger trigger) throws Exception {
    Registration registration = add(open(file), Interest.READ_WRITE, trigger);
    expect(poller).readable(registration).writable(registration).nothingElse();
    if (trigger == Trigger.LEVEL) {
      expect(poller).readable(registration).writable(registration).nothingElse();
    } else {
      expectNothing();
      long before = probe.waits();
      assertEquals(0, poller.await(events, 2_000_000));
      assertTrue(probe.waits() - before <= 2, "spins");
    }
  }

  /** Reading it brings nothing, and waits for nothing. */
  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void add_atTheEndOfAFile_isReadyAllTheSame(Trigger trigger) throws Exception {
    int fd = open(File.REGULAR);
    long _ = io.readAll(fd);
    Registration registration = add(fd, Interest.READABLE, trigger);
    expect(poller).readable(registration).nothingElse();
    registration.modify(Interest.READ_WRITE);
    expect(poller).readable(registration).writable(registration).nothingElse();
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("filesByTriggers")
  void modify_rearmsAndChangesDirection(File file, Trigger trigger) throws Exception {
    Registration registration = add(open(file), Interest.READABLE, trigger);
    expect(poller).readable(registration).nothingElse();
    registration.modify(Interest.READABLE);
    expect(poller).readable(registration).nothingElse();
    registration.modify(Interest.WRITABLE);
    expect(poller).writable(registration).nothingElse();
    registration.modify(Interest.NONE);
    expectNothing();
    registration.modify(Interest.READABLE);
    expect(poller).readable(registration).nothingElse();
  }

  /** Nothing of it is a priority ever, which is no reason to take what others refuse. */
  @ParameterizedTest(name = PAIRS)
  @MethodSource("filesByTriggers")
  @ByCapability(value = Capability.PRIORITY, otherwise = "priority is refused")
  void priority_ofAFile_isTakenAsOfASocket(File file, Trigger trigger) throws Exception {
    int fd = open(file);
    Interest both = Interest.READABLE.with(Interest.PRIORITY);
    if (!supports(Capability.PRIORITY)) {
      SysException refused =
          assertThrows(SysException.class, () -> poller.add(fd, both, trigger, null));
      assertEquals(Errno.EINVAL, refused.errno());
    }
    Registration registration = add(fd, Interest.READABLE, trigger);
    if (supports(Capability.PRIORITY)) {
      registration.modify(both);
    } else {
      SysException refused = assertThrows(SysException.class, () -> registration.modify(both));
      assertEquals(Errno.EINVAL, refused.errno());
    }
    expect(poller).readable(registration).nothingElse();
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("filesByTriggers")
  void remove_silencesAndFreesTheNumber(File file, Trigger trigger) throws Exception {
    int fd = open(file);
    Registration registration = add(fd, Interest.READABLE, trigger);
    registration.remove();
    expectNothing();
    long before = probe.waits();
    assertEquals(0, poller.await(events, 2_000_000));
    assertTrue(probe.waits() - before <= 2, "spins");
    Registration second = add(fd, Interest.WRITABLE, trigger);
    expect(poller).writable(second).nothingElse();
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("filesByTriggers")
  void addedMuted_reportsOnceUnmuted(File file, Trigger trigger) throws Exception {
    Registration registration = add(open(file), Interest.NONE, trigger);
    expectNothing();
    registration.modify(Interest.READABLE);
    expect(poller).readable(registration).nothingElse();
  }

  @ParameterizedTest(name = CASES)
  @MethodSource("files")
  void level_besideReadySocket_neitherIsStarved(File file) throws Exception {
    Registration always = add(open(file), Interest.READABLE, Trigger.LEVEL);
    int[] pipe = io.pipe();
    int _ = io.write(pipe[1], 1);
    Registration socket = add(pipe[0], Interest.READABLE, Trigger.LEVEL);
    Events one = new Events(1);
    List<Registration> seen = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      assertEquals(1, poller.await(one, -1));
      while (one.next()) {
        seen.add(one.registration());
      }
    }
    assertTrue(Collections.frequency(seen, always) >= 3, "the file starves: " + seen);
    assertTrue(Collections.frequency(seen, socket) >= 3, "the socket starves: " + seen);
  }

  @ParameterizedTest(name = CASES)
  @MethodSource("files")
  void oneshot_besideQuietSocket_waitsForTheSocket(File file) throws Exception {
    Registration always = add(open(file), Interest.READABLE, Trigger.ONESHOT);
    int[] pipe = io.pipe();
    Registration socket = add(pipe[0], Interest.READABLE, Trigger.LEVEL);
    expect(poller).readable(always).nothingElse();
    Waiter waiter = startWaiter(-1).awaitBlocked();
    int _ = io.write(pipe[1], 1);
    assertEquals(1, waiter.result());
    assertTrue(waiter.events().next());
    assertEquals(socket, waiter.events().registration());
  }

  @ParameterizedTest(name = CASES)
  @MethodSource("files")
  void addWhileAnotherThreadWaits_endsItsWait(File file) throws Exception {
    int fd = open(file);
    Waiter waiter = startWaiter(-1).awaitBlocked();
    Registration registration = add(fd, Interest.READABLE, Trigger.ONESHOT);
    assertEquals(1, waiter.result());
    assertTrue(waiter.events().next());
    assertEquals(List.of(registration), List.of(waiter.events().registration()));
  }

  @ParameterizedTest(name = CASES)
  @MethodSource("files")
  void oneshot_rearmed_endsTheNextWaitOrTheOneInProgress(File file) throws Exception {
    Registration registration = add(open(file), Interest.READABLE, Trigger.ONESHOT);
    for (int i = 0; i < 4; i++) { // it comes before the kernel's events and after them, in turn
      assertEquals(1, startWaiter(-1).result());
      registration.modify(Interest.READABLE);
    }
    assertEquals(1, startWaiter(-1).result());
    Waiter waiter = startWaiter(-1).awaitBlocked();
    registration.modify(Interest.READABLE);
    assertEquals(1, waiter.result());
  }

  @Test
  void level_moreFilesThanTheBatchHolds_takesTurns() throws Exception {
    List<Registration> all = new ArrayList<>();
    for (File file : File.values()) {
      all.add(add(open(file), Interest.READABLE, Trigger.LEVEL));
    }
    Events one = new Events(1);
    List<Registration> seen = new ArrayList<>();
    for (int i = 0; i < 4 * all.size(); i++) {
      assertEquals(1, poller.await(one, -1));
      while (one.next()) {
        seen.add(one.registration());
      }
    }
    for (Registration each : all) {
      assertTrue(Collections.frequency(seen, each) >= 2, each + " starves: " + seen);
    }
  }
}
