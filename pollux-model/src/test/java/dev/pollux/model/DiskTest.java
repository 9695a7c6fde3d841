package dev.pollux.model;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Regular files and directories: there to be read, always ready, and not for epoll. */
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
    assertEquals("EBADF", Box.say(box.write(fd, "x")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/etc/motd"})
  void disk_polled_isReadyAndEpollRefusesIt(String path) {
    int fd = box.keep(open(path, Linux.O_RDONLY));
    assertEquals("IN|OUT", Box.maskText(box.mask(fd)));
    assertEquals("EPERM", Box.say(box.add(box.epoll(), fd, Linux.EPOLLIN)));
  }

  @Test
  void disk_openedForWriting_isRefused() {
    assertEquals("EACCES", Box.say(open("/etc/motd", Linux.O_RDWR)));
    assertEquals("EACCES", Box.say(open("/etc/motd", Linux.O_WRONLY)));
    assertEquals("EISDIR", Box.say(open("/", Linux.O_RDWR)));
  }

  @Test
  void directory_read_isAnError() {
    int fd = box.keep(open("/", Linux.O_RDONLY));
    assertEquals("EISDIR", box.read(fd, 9));
    assertEquals("ENOTTY", Box.say(box.available(fd)));
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
  void path_thatIsNotOnTheDisk_isUnknown() {
    assertEquals("ENOSYS", Box.say(open("/etc/passwd", Linux.O_RDONLY)));
    assertEquals(Set.of("open"), sys.unsupported());
  }
}
