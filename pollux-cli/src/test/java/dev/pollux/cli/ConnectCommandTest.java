package dev.pollux.cli;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How {@link ConnectCommand} divides its time. */
class ConnectCommandTest {

  private static final long HOUR_NANOS = 3_600_000_000_000L;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  @Test
  void connect_silentAddresses_shareTheTime() throws Exception {
    FaultySys faults = new FaultySys();
    List<Long> waits = new ArrayList<>();
    faults.on(
        "epollPwait2",
        (_, arguments) -> {
          long timespec = (Long) arguments[3];
          if (timespec == 0) {
            return null; // the poller asks whether this kernel has the call
          }
          long nanos = nanos(timespec);
          waits.add(nanos);
          faults.advance(nanos);
          return 0;
        });
    InetAddress[] hosts = {
      InetAddress.ofLiteral("127.0.0.1"),
      InetAddress.ofLiteral("127.0.0.2"),
      InetAddress.ofLiteral("127.0.0.3")
    };
    long deadline = faults.sys().nanoTime() + HOUR_NANOS;
    assertThrows(
        Failure.class,
        () -> {
          ConnectCommand.Target target = new ConnectCommand.Target("three", 1);
          ConnectCommand.connect(faults.sys(), hosts, target, deadline, "pollux connect").close();
        });
    assertEquals(hosts.length, waits.size(), waits.toString());
    for (long wait : waits) {
      // A third, give or take what the machine needed in between.
      assertTrue(wait > HOUR_NANOS / 4 && wait < HOUR_NANOS * 2 / 5, waits.toString());
    }
  }

  @Test
  void connect_thatEndsInAnError_leavesNothing() throws Exception {
    FaultySys faults = new FaultySys();
    InetAddress[] hosts = {InetAddress.ofLiteral("127.0.0.1")};
    int listener = Sockets.tcpListener(faults.sys(), new InetSocketAddress(hosts[0], 0), 4);
    try {
      var address = (InetSocketAddress) Sockets.localAddress(faults.sys(), listener);
      ConnectCommand.Target target = new ConnectCommand.Target("one", address.getPort());
      long deadline = faults.sys().nanoTime() + HOUR_NANOS;
      ConnectCommand.connect(faults.sys(), hosts, target, deadline, "warm up").close();
      int before = EchoFixture.descriptorCount();
      faults.on(
          "epollCtl",
          (count, _) -> {
            if (count == 2) { // the first is for the poller's own descriptor
              throw new OutOfMemoryError("by the test");
            }
            return null;
          });
      assertThrows(
          OutOfMemoryError.class,
          () -> ConnectCommand.connect(faults.sys(), hosts, target, deadline, "connect").close());
      assertEquals(before, EchoFixture.descriptorCount());
    } finally {
      int _ = faults.sys().close(listener);
    }
  }

  private static long nanos(long timespecAddress) {
    MemorySegment timespec =
        MemorySegment.ofAddress(timespecAddress).reinterpret(Linux.SIZEOF_TIMESPEC);
    return timespec.get(JAVA_LONG, Offsets.TIMESPEC__TV_SEC) * NANOS_PER_SECOND
        + timespec.get(JAVA_LONG, Offsets.TIMESPEC__TV_NSEC);
  }
}
