package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What inotify tells of files and folders, and when, on any kernel. */
abstract class InotifyContract {

  private static final int READ_WRITE = Linux.O_RDWR | Linux.O_CREAT;

  final Box box = new Box(sys());
  private Disk disk;
  @TempDir Path folder;
  private int fd;

  abstract Sys sys();

  @BeforeEach
  void open() {
    disk = new Disk(box, folder);
    fd = disk.inotify();
  }

  @AfterEach
  void closeAll() {
    box.close();
    disk.close();
  }

  private void assertEvents(String... expected) {
    assertEquals(List.of(expected), expected.length == 0 ? seenNone() : disk.events(fd));
  }

  private List<String> seenNone() {
    List<String> seen = disk.events(fd);
    return seen.equals(List.of("EAGAIN")) ? List.of() : seen;
  }

  @Test
  void fileInAWatchedFolder_used_isTold() {
    assertEquals(1, disk.watch(fd, ".", Linux.IN_ALL_EVENTS));
    int file = disk.open("f", READ_WRITE);
    assertEvents("1:CREATE f", "1:OPEN f");
    assertEquals(0, box.write(file, ""));
    assertEquals("''", box.read(file, 1));
    assertEvents();
    box.write(file, "hello");
    box.write(file, "hello"); // as the one before it
    assertEvents("1:MODIFY f");
    disk.pread(file, 3, 0);
    disk.pread(file, 3, 99);
    assertEvents("1:ACCESS f");
    int copy = box.keep(box.sys.dup(file));
    box.close(copy);
    assertEvents();
    box.close(file);
    assertEvents("1:CLOSE_WRITE f");
    box.close(disk.open("f", Linux.O_RDONLY));
    assertEvents("1:OPEN f", "1:CLOSE_NOWRITE f");
    box.close(disk.open("f", Linux.O_WRONLY | Linux.O_TRUNC));
    assertEvents("1:OPEN f", "1:MODIFY f", "1:CLOSE_WRITE f");
    disk.unlink("f");
    assertEvents("1:DELETE f");
  }

  @Test
  void fileWatchedItself_isToldWithoutAName_afterItsFolder() {
    int file = disk.open("f", READ_WRITE);
    assertEquals(1, disk.watch(fd, "f", Linux.IN_ALL_EVENTS));
    assertEquals(2, disk.watch(fd, ".", Linux.IN_ALL_EVENTS));
    box.write(file, "x");
    assertEvents("2:MODIFY f", "1:MODIFY");
    disk.rename("f", "g");
    assertEvents("2:MOVED_FROM+ f", "2:MOVED_TO+ g", "1:MOVE_SELF");
    disk.unlink("g");
    assertEvents("1:ATTRIB", "2:DELETE g");
    box.write(file, "y"); // it still has its old name, for its folder
    assertEvents("2:MODIFY g", "1:MODIFY");
    box.close(file);
    assertEvents("2:CLOSE_WRITE g", "1:CLOSE_WRITE", "1:DELETE_SELF", "1:IGNORED");
    assertEquals("EINVAL", Box.say(box.sys.inotifyRmWatch(fd, 1)));
  }

  @Test
  void fileThatIsClosed_unlinked_isGoneAtOnce() {
    disk.make("f", "x");
    disk.watch(fd, "f", Linux.IN_ALL_EVENTS);
    disk.watch(fd, ".", Linux.IN_ALL_EVENTS);
    disk.unlink("f");
    assertEvents("1:ATTRIB", "1:DELETE_SELF", "1:IGNORED", "2:DELETE f");
  }

  @Test
  void fileThatIsRenamedOver_isGone() {
    disk.make("a", "x");
    disk.make("b", "y");
    disk.watch(fd, "a", Linux.IN_ALL_EVENTS);
    disk.watch(fd, "b", Linux.IN_ALL_EVENTS);
    disk.watch(fd, ".", Linux.IN_ALL_EVENTS);
    disk.rename("a", "b");
    assertEvents(
        "3:MOVED_FROM+ a",
        "3:MOVED_TO+ b",
        "2:ATTRIB",
        "1:MOVE_SELF",
        "2:DELETE_SELF",
        "2:IGNORED");
  }

  @Test
  void folder_used_isTold() {
    disk.watch(fd, ".", Linux.IN_ALL_EVENTS);
    disk.mkdir("d");
    assertEvents("1:CREATE|ISDIR d");
    disk.watch(fd, "d", Linux.IN_ALL_EVENTS);
    disk.mkdir("d/e");
    assertEvents("2:CREATE|ISDIR e");
    box.close(disk.open("d", Linux.O_RDONLY));
    assertEvents(
        "1:OPEN|ISDIR d", "2:OPEN|ISDIR", "1:CLOSE_NOWRITE|ISDIR d", "2:CLOSE_NOWRITE|ISDIR");
    disk.rename("d/e", "e");
    assertEvents("2:MOVED_FROM|ISDIR+ e", "1:MOVED_TO|ISDIR+ e");
    disk.rmdir("d");
    assertEvents("2:DELETE_SELF", "2:IGNORED", "1:DELETE|ISDIR d");
    disk.watch(fd, "e", Linux.IN_ALL_EVENTS);
    disk.rename("e", "g");
    assertEvents("1:MOVED_FROM|ISDIR+ e", "1:MOVED_TO|ISDIR+ g", "3:MOVE_SELF");
  }

  @Test
  void watch_ofADescriptorsPath_isOfItsFile() {
    int file = disk.open("f", READ_WRITE);
    disk.unlink("f");
    assertEquals(1, disk.watch(fd, "/proc/self/fd/" + file, Linux.IN_ALL_EVENTS));
    box.write(file, "x");
    assertEvents("1:MODIFY");
    box.close(file);
    assertEvents("1:CLOSE_WRITE", "1:DELETE_SELF", "1:IGNORED");
  }

  @Test
  void watch_masks_areChecked() {
    disk.make("f", "x");
    assertEquals("EINVAL", Box.say(disk.watch(fd, "f", 0)));
    assertEquals("EINVAL", Box.say(disk.watch(fd, "f", 0x10000)));
    int both = Linux.IN_MASK_ADD | Linux.IN_MASK_CREATE;
    assertEquals("EINVAL", Box.say(disk.watch(fd, "f", Linux.IN_OPEN | both)));
    assertEquals("ENOTDIR", Box.say(disk.watch(fd, "f", Linux.IN_OPEN | Linux.IN_ONLYDIR)));
    assertEquals("ENOENT", Box.say(disk.watch(fd, "none", Linux.IN_OPEN)));
    assertEquals("EBADF", Box.say(disk.watch(9_999, "f", Linux.IN_OPEN)));
    assertEquals("EINVAL", Box.say(disk.watch(box.eventfd(0), "f", Linux.IN_OPEN)));
    assertEquals("EFAULT", Box.say(box.sys.inotifyAddWatch(fd, 64, Linux.IN_OPEN)));
    assertEquals("EBADF", Box.say(box.sys.inotifyRmWatch(9_999, 1)));
    assertEquals("EINVAL", Box.say(box.sys.inotifyRmWatch(box.eventfd(0), 1)));
    assertEquals("EINVAL", Box.say(box.sys.inotifyInit1(1)));
    assertEquals(1, disk.watch(fd, "f", Linux.IN_OPEN));
    assertEquals("EEXIST", Box.say(disk.watch(fd, "f", Linux.IN_OPEN | Linux.IN_MASK_CREATE)));
    assertEquals(1, disk.watch(fd, "f", Linux.IN_CLOSE_NOWRITE | Linux.IN_MASK_ADD));
    disk.content("f");
    assertEvents("1:OPEN", "1:CLOSE_NOWRITE");
    assertEquals(1, disk.watch(fd, "f", Linux.IN_ACCESS));
    disk.content("f");
    assertEvents("1:ACCESS");
    assertEquals(0, box.sys.inotifyRmWatch(fd, 1));
    assertEvents("1:IGNORED");
    assertEquals(2, disk.watch(fd, "f", Linux.IN_ALL_EVENTS | Linux.IN_ONESHOT));
    disk.content("f");
    assertEvents("2:OPEN", "2:IGNORED");
  }

  @Test
  void watch_exceptUnlinked_isNotToldOfThose() {
    int file = disk.open("f", READ_WRITE);
    disk.watch(fd, ".", Linux.IN_ALL_EVENTS | Linux.IN_EXCL_UNLINK);
    disk.unlink("f");
    box.write(file, "x");
    box.close(file);
    assertEvents("1:DELETE f");
  }

  @Test
  void read_intoTooLittle_isAnError() {
    assertEquals("EAGAIN", box.read(fd, 16));
    assertMask("0", box.mask(fd));
    disk.watch(fd, ".", Linux.IN_CREATE | Linux.IN_DELETE);
    disk.make("f", "x");
    disk.make("a-name-of-16-byte", "x");
    assertMask("IN", box.mask(fd));
    assertEquals(80, box.available(fd));
    assertEquals("EINVAL", box.read(fd, 31));
    assertEquals(32, box.readSome(fd, 79));
    assertEquals(48, box.readSome(fd, 79));
    assertEquals(0, box.available(fd));
    assertEquals("EAGAIN", box.read(fd, 0));
    assertEquals("EBADF", Box.say(box.write(fd, "x")));
    disk.unlink("f");
    assertEquals("EFAULT", Box.say(box.sys.read(fd, 64, 99)));
    assertEquals("EAGAIN", box.read(fd, 99)); // the event is lost
  }

  private static void assertMask(String expected, int mask) {
    assertEquals(expected, Box.maskText(mask));
  }

  @Test
  void events_onAnEdge_areNewsUnlessTheyRepeat() {
    disk.make("f", "x");
    int epoll = box.epoll();
    box.ok(box.add(epoll, fd, Linux.EPOLLIN | Linux.EPOLLET));
    disk.watch(fd, "f", Linux.IN_ALL_EVENTS);
    int file = disk.open("f", Linux.O_RDWR);
    assertEquals(List.of(fd + ":IN"), box.events(epoll));
    assertEquals(List.of(), box.events(epoll));
    box.write(file, "x");
    assertEquals(List.of(fd + ":IN"), box.events(epoll));
    box.write(file, "x");
    assertEquals(List.of(), box.events(epoll));
    assertEvents("1:OPEN", "1:MODIFY");
  }

  @Test
  void queue_thatIsFull_endsWithAnOverflow() {
    disk.watch(fd, ".", Linux.IN_MOVED_FROM | Linux.IN_MOVED_TO);
    disk.make("a", "x");
    for (int i = 0; i < 16_384; i += 4) {
      disk.rename("a", "b");
      disk.rename("b", "a");
    }
    disk.rename("a", "b");
    assertEquals(32 * 16_384 + 16, box.available(fd));
    String last = "";
    for (List<String> some = disk.events(fd); !some.getFirst().equals("EAGAIN"); ) {
      last = some.getLast();
      some = disk.events(fd);
    }
    assertEquals("-1:OVERFLOW", last);
  }

  @Test
  void queue_thatOverflowed_saysSoOnceUntilThatIsRead() {
    disk.watch(fd, ".", Linux.IN_MOVED_FROM | Linux.IN_MOVED_TO);
    disk.make("a", "x");
    for (int i = 0; i < 16_384; i += 4) {
      disk.rename("a", "b");
      disk.rename("b", "a");
    }
    disk.rename("a", "b");
    assertEquals(32, box.readSome(fd, 32));
    for (int i = 0; i < 6; i += 2) {
      disk.rename("b", "c");
      disk.rename("c", "b");
    }
    assertEquals(32 * 16_383 + 16, box.available(fd));
    int overflows = 0;
    for (List<String> some = disk.events(fd); !some.getFirst().equals("EAGAIN"); ) {
      overflows += (int) some.stream().filter("-1:OVERFLOW"::equals).count();
      some = disk.events(fd);
    }
    assertEquals(1, overflows);
  }

  @Test
  void instance_closed_stopsWatching() {
    disk.make("f", "x");
    int other = disk.inotify();
    disk.watch(other, "f", Linux.IN_ALL_EVENTS);
    disk.watch(fd, "f", Linux.IN_OPEN);
    assertTrue(box.close(other) == 0);
    disk.content("f");
    assertEvents("1:OPEN");
  }
}
