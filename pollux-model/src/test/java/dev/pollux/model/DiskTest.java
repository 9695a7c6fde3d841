package dev.pollux.model;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Abi;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SignalSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the model has beside the contracts: its disk, signals and processes, from outside. */
class DiskTest {

  private final ModelSys sys = ModelSys.virtual(1, Faults.none());
  private final Box box = new Box(sys);

  @BeforeEach
  void putFile() {
    byte[] content = "hello".getBytes(US_ASCII);
    sys.putFile("/etc/motd", content);
    content[0] = 'j'; // the disk has its own
  }

  @AfterEach
  void closeAll() {
    box.close();
    assertEquals(3, sys.openDescriptors().size());
  }

  private int open(String path, int flags) {
    box.memory().setString(0, path);
    return sys.open(box.memory().address(), flags, 0);
  }

  @Test
  void file_read_movesItsPositionUpToTheEnd() {
    int fd = box.keep(open("/etc/motd", Linux.O_RDONLY));
    int copy = box.keep(sys.dup(fd));
    int again = box.keep(open("/etc/motd", Linux.O_RDONLY));
    assertEquals(5, box.available(fd));
    assertEquals("'hel'", box.read(fd, 3));
    assertEquals("'lo'", box.read(copy, 9)); // a duplicate has the same position
    assertEquals("''", box.read(fd, 9));
    assertEquals(0, box.available(fd));
    assertEquals("'hello'", box.read(again, 9));
  }

  @Test
  void file_written_isSeenFromOutside() {
    int fd = box.keep(open("/etc/motd", Linux.O_WRONLY));
    assertEquals(2, box.write(fd, "HE"));
    assertArrayEquals("HEllo".getBytes(US_ASCII), sys.file("/etc/motd"));
    sys.putFile("/etc/motd", new byte[3]);
    assertEquals(1, box.write(fd, "!"));
    assertArrayEquals(new byte[] {0, 0, '!'}, sys.file("/etc/motd"));
    assertNull(sys.file("/etc"));
    assertNull(sys.file("/etc/none"));
    assertThrows(IllegalArgumentException.class, () -> sys.putFile("/etc", new byte[1]));
    assertThrows(IllegalArgumentException.class, () -> sys.putFile("/dev/null", new byte[1]));
    assertThrows(IllegalArgumentException.class, () -> sys.putFile("/etc/motd/x", new byte[1]));
  }

  @Test
  void file_longerThanTheLongest_isRefused() {
    int fd = box.keep(open("/etc/motd", Linux.O_WRONLY));
    long address = box.memory().address();
    assertEquals("EFBIG", Box.say(sys.pwrite(fd, address, 1, FileContent.MAX_BYTES)));
    assertEquals("EFBIG", Box.say(sys.pwrite(fd, address, 1, Long.MAX_VALUE)));
  }

  @Test
  void sendfile_underFaults_isCutShortAndRefusedAndLosesNothing() {
    Faults faults = Faults.none().with(Fault.SHORT_WRITE, 0.5).with(Fault.SPURIOUS_EAGAIN, 0.3);
    ModelSys faulty = ModelSys.virtual(3, faults);
    faulty.putFile("/etc/motd", "hello".repeat(100).getBytes(US_ASCII));
    try (Box other = new Box(faulty)) {
      other.memory().setString(0, "/etc/motd");
      int fd = other.keep(faulty.open(other.memory().address(), Linux.O_RDONLY, 0));
      int[] pair = other.unixPair();
      StringBuilder received = new StringBuilder();
      int sent = faulty.sendfile(pair[0], fd, 0, 64);
      while (sent != 0) {
        assertTrue(sent > 0 || sent == -Errno.EAGAIN, "an error: " + sent);
        String text = sent < 0 ? "''" : other.recv(pair[1], sent, 0);
        received.append(text.startsWith("'") ? text.substring(1, text.length() - 1) : "");
        if (text.equals("EAGAIN")) {
          continue; // readiness was withheld; what was sent waits, and sent says how much
        }
        sent = faulty.sendfile(pair[0], fd, 0, 64);
      }
      assertEquals("hello".repeat(100), received.toString());
      assertEquals(faults.probabilities().keySet(), faulty.faultCounts().keySet());
    }
  }

  @Test
  void path_thatIsNotOnTheDisk_isMissing_unlessItIsTheKernels() {
    assertEquals("ENOENT", Box.say(open("/etc/passwd", Linux.O_RDONLY)));
    assertEquals(Set.of(), sys.unsupported());
    assertEquals("ENOSYS", Box.say(open("/proc/loadavg", Linux.O_RDONLY)));
    assertEquals("ENOSYS", Box.say(sys.unlink(box.memory().address())));
    assertEquals(Set.of("open(/proc/loadavg)", "unlink(/proc/loadavg)"), sys.unsupported());
  }

  @Test
  void call_thatIsNotModelled_isNoted() {
    long address = box.memory().address();
    assertEquals("ENOSYS", Box.say(sys.pipe2(address, Abi.CURRENT.oDirect)));
    assertEquals("ENOSYS", Box.say(open("/etc/motd", Linux.O_PATH)));
    assertEquals("ENOSYS", Box.say(sys.raise(Linux.SIGTERM)));
    assertEquals("ENOSYS", Box.say(sys.timerfdCreate(8, 0)));
    assertEquals(
        Set.of("pipe2(O_DIRECT)", "open(O_PATH)", "raise(15, not blocked)", "timerfd_create(8)"),
        sys.unsupported());
  }

  @Test
  void signal_fromOutside_isPendingForEveryThread() {
    sys.signal(Linux.SIGTERM);
    SignalSet set = SignalSet.of(Linux.SIGTERM);
    int fd = box.keep(sys.signalfd(-1, set.address(), Linux.SFD_NONBLOCK));
    assertEquals("IN", Box.maskText(box.mask(fd)));
    assertEquals(Linux.SIZEOF_SIGNALFD_SIGINFO, box.readSome(fd, 999));
    assertThrows(IllegalArgumentException.class, () -> sys.signal(65));
  }

  @Test
  void process_endedAndNotReaped_isReadableOnly() {
    int pid = sys.startProcess();
    int fd = box.keep(sys.pidfdOpen(pid, 0));
    sys.endProcess(pid);
    assertEquals("IN", Box.maskText(box.mask(fd)));
    int again = box.keep(sys.pidfdOpen(pid, 0));
    assertEquals("IN", Box.maskText(box.mask(again)));
    sys.reapProcess(pid);
    assertEquals("IN|HUP", Box.maskText(box.mask(again)));
    assertThrows(IllegalArgumentException.class, () -> sys.reapProcess(pid));
    assertThrows(IllegalArgumentException.class, () -> sys.endProcess(1));
  }

  @Test
  void inotify_ofTooManyInstances_isRefused() {
    for (int i = 0; i < InotifyFile.MAX_USER_INSTANCES; i++) {
      box.keep(sys.inotifyInit1(0));
    }
    assertEquals("EMFILE", Box.say(sys.inotifyInit1(0)));
  }
}
