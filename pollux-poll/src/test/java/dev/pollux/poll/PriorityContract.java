package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Interest in priority, and sockets whose readiness has a threshold. */
abstract class PriorityContract extends ContractCase {

  private static final String REFUSED = "priority is refused";

  PriorityContract(Fixture fixture) {
    super(fixture);
  }

  /** Whoever asks hears it, nothing is left of it, and what was asked for before goes on. */
  private void assertRefused(Trigger trigger) throws Exception {
    int[] pair = io.tcpPair();
    Interest both = Interest.READABLE.with(Interest.PRIORITY);
    SysException refused =
        assertThrows(SysException.class, () -> poller.add(pair[0], both, trigger, null));
    assertEquals(Errno.EINVAL, refused.errno());
    Registration registration = add(pair[0], Interest.READABLE, trigger);
    assertEquals(
        Errno.EINVAL, assertThrows(SysException.class, () -> registration.modify(both)).errno());
    assertEquals(Interest.READABLE, registration.interest());
    int _ = io.write(pair[1], 1);
    expect(poller).readable(registration).nothingElse();
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  @ByCapability(value = Capability.PRIORITY, otherwise = REFUSED)
  void urgentByte_withInterestInPriority_isPriority(Trigger trigger) throws Exception {
    if (!supports(Capability.PRIORITY)) {
      assertRefused(trigger);
      return;
    }
    int[] pair = io.tcpPair();
    Registration registration = add(pair[0], Interest.PRIORITY, trigger);
    expectNothing();
    assertEquals(1, io.sendUrgent(pair[1]));
    expect(poller).priority(registration).nothingElse();
    assertEquals(1, io.receiveUrgent(pair[0]));
    expectNothing();
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  @ByCapability(value = Capability.PRIORITY, otherwise = REFUSED)
  void urgentByte_withInterestInAll_isToldApartFromData(Trigger trigger) throws Exception {
    if (!supports(Capability.PRIORITY)) {
      assertRefused(trigger);
      return;
    }
    int[] pair = io.tcpPair();
    int _ = io.write(pair[1], 3);
    assertEquals(1, io.sendUrgent(pair[1]));
    io.awaitMask(pair[0], Linux.POLLPRI);
    Registration registration = add(pair[0], Interest.READABLE.with(Interest.PRIORITY), trigger);
    expect(poller).readable(registration).priority(registration).nothingElse();
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  @ByCapability(value = Capability.PRIORITY, otherwise = REFUSED)
  void urgentByte_withoutInterestInPriority_isNoEvent(Trigger trigger) throws Exception {
    if (!supports(Capability.PRIORITY)) {
      assertRefused(trigger);
      return;
    }
    int[] pair = io.tcpPair();
    Registration registration = add(pair[0], Interest.READABLE, trigger);
    assertEquals(1, io.sendUrgent(pair[1]));
    io.awaitMask(pair[0], Linux.POLLPRI);
    expectNothing();
    registration.modify(Interest.PRIORITY);
    expect(poller).priority(registration).nothingElse();
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  @ByCapability(value = Capability.PRIORITY, otherwise = REFUSED)
  void data_withInterestInPriorityOnly_isNoEvent(Trigger trigger) throws Exception {
    if (!supports(Capability.PRIORITY)) {
      assertRefused(trigger);
      return;
    }
    int[] pair = io.tcpPair();
    add(pair[0], Interest.PRIORITY, trigger);
    int _ = io.write(pair[1], 3);
    io.awaitMask(pair[0], Linux.POLLIN);
    expectNothing();
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void receiveLowWater_isTheThresholdOfReadable(Trigger trigger) throws Exception {
    int[] pair = io.tcpPair();
    Sockets.setOption(sys, pair[0], Linux.SOL_SOCKET, Linux.SO_RCVLOWAT, 10);
    Registration registration = add(pair[0], Interest.READABLE, trigger);
    int _ = io.write(pair[1], 9);
    expectNothing();
    int _ = io.write(pair[1], 1);
    expect(poller).readable(registration).nothingElse();
    assertEquals(10, io.readAll(pair[0]));
  }
}
