package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A signal's descriptor: what it does to the mask of its thread, and what it says of a signal. */
class SignalFdTest {

  private final Sys sys = NativeSys.open();
  private final OpenDescriptors descriptors = new OpenDescriptors();

  @AfterEach
  void check() {
    descriptors.assertUnchanged();
  }

  /** Whether the calling thread blocks a signal, by proc_pid_status(5). */
  private static boolean isBlocked(int signal) throws Exception {
    String line =
        Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
            .filter(each -> each.startsWith("SigBlk:"))
            .findFirst()
            .orElseThrow();
    long mask = Long.parseUnsignedLong(line.substring("SigBlk:".length()).trim(), 16);
    return (mask >>> (signal - 1) & 1) != 0;
  }

  @Test
  void opened_inAThreadThatBlocksOthers_blocksThemStill() throws Exception {
    OwnThread.run(() -> {
      SignalFd.open(sys, Linux.SIGWINCH).close();
      SignalFd.open(sys, Linux.SIGURG).close();
      assertTrue(isBlocked(Linux.SIGWINCH));
      assertTrue(isBlocked(Linux.SIGURG));
      return null;
    });
  }

  @Test
  void opened_maskRefused_failsAndLeavesTheMaskAlone() throws Exception {
    OwnThread.run(() -> {
      SignalFd.open(sys, Linux.SIGWINCH).close();
      SysProbe probe = new SysProbe(sys);
      probe.inject((call, arguments) -> {
        boolean isBlock = call.equals("pthreadSigmask") && arguments[0].equals(Linux.SIG_BLOCK);
        return isBlock ? (Object) (-Errno.EINVAL) : null;
      });
      SysException e =
          assertThrows(SysException.class, () -> SignalFd.open(probe.sys(), Linux.SIGURG));
      assertEquals(Errno.EINVAL, e.errno());
      assertTrue(e.getMessage().contains("pthread_sigmask"), e.getMessage());
      assertTrue(isBlocked(Linux.SIGWINCH));
      assertEquals(0, probe.count("signalfd"));
      return null;
    });
  }

  /** The fields by their place in signalfd(2): each 32-bit number is 100 plus its index. */
  @Test
  void taken_fields_areThoseOfTheStructure() throws Exception {
    OwnThread.run(() -> {
      SysProbe probe = new SysProbe(sys);
      try (SignalFd source = SignalFd.open(probe.sys(), Linux.SIGURG)) {
        probe.inject((call, arguments) -> {
          if (!call.equals("read")) {
            return null;
          }
          int bytes = ((Number) arguments[2]).intValue();
          MemorySegment info = MemorySegment.ofAddress((Long) arguments[1]).reinterpret(bytes);
          for (int i = 0; i < bytes / Integer.BYTES; i++) {
            info.setAtIndex(ValueLayout.JAVA_INT, i, 100 + i);
          }
          return bytes;
        });
        // signo, errno, code, pid, uid, fd, tid, band, overrun, trapno, status, int
        assertEquals(new SignalInfo(100, 103, 104, 102, 110, 111), source.take());
      }
      return null;
    });
  }
}
