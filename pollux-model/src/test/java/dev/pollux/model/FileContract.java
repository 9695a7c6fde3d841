package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Abi;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.Sys;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What regular files, folders and their names do, on any kernel. */
abstract class FileContract {

  private static final int READ_WRITE = Linux.O_RDWR | Linux.O_CREAT;
  private static final int NO_MEMORY = 64; // an address where there never is any

  final Box box = new Box(sys());
  private Disk disk;
  @TempDir Path folder;

  abstract Sys sys();

  @BeforeEach
  void open() {
    disk = new Disk(box, folder);
  }

  @AfterEach
  void closeAll() {
    box.close();
    disk.close();
  }

  // ---- opening

  @Test
  void open_ofWhatIsNotThere_isAnError() {
    assertEquals("ENOENT", Box.say(disk.open("none", Linux.O_RDONLY)));
    assertEquals("ENOENT", Box.say(disk.open("none/none", READ_WRITE)));
    assertEquals("ENOENT", Box.say(disk.open("", Linux.O_RDONLY)));
    disk.make("f", "x");
    assertEquals("ENOTDIR", Box.say(disk.open("f/x", READ_WRITE)));
    assertEquals("ENOTDIR", Box.say(disk.open("f/", Linux.O_RDONLY)));
    assertEquals("ENOTDIR", Box.say(disk.open("f/..", Linux.O_RDONLY)));
    assertEquals("ENOTDIR", Box.say(disk.open("f", Abi.CURRENT.oDirectory)));
    assertEquals("EISDIR", Box.say(disk.open("new/", READ_WRITE)));
    assertEquals("ENAMETOOLONG", Box.say(disk.open("n".repeat(256), READ_WRITE)));
    assertEquals("ENAMETOOLONG", Box.say(disk.open("./".repeat(2_100) + "f", Linux.O_RDONLY)));
    assertEquals("EFAULT", Box.say(box.sys.open(NO_MEMORY, Linux.O_RDONLY, 0)));
  }

  @Test
  void open_ofAFolder_isForReadingOnly() {
    int fd = disk.open(".", Linux.O_RDONLY);
    assertEquals("EISDIR", box.read(fd, 9));
    assertEquals("EISDIR", disk.pread(fd, 9, 0));
    assertEquals("EISDIR", Box.say(disk.open(".", Linux.O_RDWR)));
    assertEquals("EISDIR", Box.say(disk.open(".", Linux.O_CREAT)));
    assertEquals("EEXIST", Box.say(disk.open(".", Linux.O_CREAT | Linux.O_EXCL)));
    assertTrue(disk.open("..", Abi.CURRENT.oDirectory) >= 0);
    assertEquals("EINVAL", Box.say(disk.open("d", Linux.O_CREAT | Abi.CURRENT.oDirectory)));
  }

  @Test
  void open_withItsFlags_createsTruncatesAndAppends() {
    int fd = disk.open("f", READ_WRITE | Linux.O_EXCL);
    assertEquals(5, box.write(fd, "hello"));
    assertEquals("EEXIST", Box.say(disk.open("f", READ_WRITE | Linux.O_EXCL)));
    int appender = disk.open("f", Linux.O_WRONLY | Linux.O_APPEND);
    assertEquals(1, box.write(appender, "!"));
    assertEquals(1, disk.pwrite(appender, "?", 0));
    assertEquals("'hello!?'", disk.content("f"));
    assertEquals(3, box.write(fd, "abc")); // its own position has not moved
    assertEquals("'helloabc'", disk.content("f"));
    int copy = box.keep(box.sys.dup(fd));
    assertEquals(1, box.write(copy, "d"));
    assertEquals(1, box.write(fd, "e"));
    assertEquals("'helloabcde'", disk.content("f"));
    box.ok(disk.open("f", Linux.O_RDWR | Linux.O_TRUNC));
    assertEquals("''", disk.content("f"));
    assertEquals(1, box.write(fd, "x")); // where it was: a hole before it
    assertEquals("'" + "\0".repeat(10) + "x'", disk.content("f"));
    assertEquals(Linux.O_RDWR, box.sys.fcntl(fd, Linux.F_GETFL, 0) & 3);
    assertEquals("EBADF", Box.say(box.write(disk.open("f", Linux.O_RDONLY), "x")));
    assertEquals("EBADF", box.read(appender, 1));
  }

  private static final long READING = Linux.O_RDONLY | Linux.O_CLOEXEC | Linux.O_NONBLOCK;
  private static final long BENEATH = Linux.RESOLVE_BENEATH | Linux.RESOLVE_NO_MAGICLINKS;

  private String openBeneath(int from, String path) {
    int fd = disk.openat2(from, path, READING, BENEATH | Linux.RESOLVE_NO_SYMLINKS);
    int followed = disk.openat2(from, path, READING, BENEATH);
    assertEquals(fd < 0 ? fd : 0, Math.min(followed, 0), "there are no links");
    return fd < 0 ? Box.say(fd) : disk.stat(fd).split(" ", -1)[0];
  }

  @Test
  void openat2_beneathAFolder_leavesItNever() {
    box.ok(disk.mkdir("d"));
    box.ok(disk.mkdir("d/e"));
    disk.make("d/e/f", "inside");
    disk.make("secret", "outside");
    int from = disk.open("d", Linux.O_RDONLY);
    for (String path : new String[] {"e/f", "e//f", "e/./f", "./e/f", "e/../e/f"}) {
      assertEquals("file", openBeneath(from, path), path);
    }
    for (String path : new String[] {".", "e", "e/", "e/..", "./", "e/."}) {
      assertEquals("folder", openBeneath(from, path), path);
    }
    for (String path :
        new String[] {
          "..",
          "../",
          "../secret",
          "../d/e/f",
          "./..",
          "e/../..",
          "e/../../secret",
          "/",
          "/etc",
          "//",
          "e/../../d",
          "/none/../.."
        }) {
      assertEquals("EXDEV", openBeneath(from, path), path);
    }
    int read = disk.openat2(from, "e/f", READING, BENEATH);
    assertEquals("'inside'", box.read(read, 99));
    assertEquals("EBADF", Box.say(box.write(read, "x")));
  }

  @Test
  void openat2_ofWhatIsNotThere_isAnError() {
    box.ok(disk.mkdir("d"));
    disk.make("d/f", "x");
    int from = disk.open("d", Linux.O_RDONLY);
    assertEquals("ENOENT", openBeneath(from, "none"));
    assertEquals("ENOENT", openBeneath(from, "none/f"));
    assertEquals("ENOENT", openBeneath(from, "none/../f"));
    assertEquals("ENOENT", openBeneath(from, "none/../../.."));
    assertEquals("ENOENT", openBeneath(from, ""));
    assertEquals("ENOTDIR", openBeneath(from, "f/"));
    assertEquals("ENOTDIR", openBeneath(from, "f/x"));
    assertEquals("ENOTDIR", openBeneath(from, "f/.."));
    assertEquals("ENOTDIR", openBeneath(from, "f/../.."));
    assertEquals("ENAMETOOLONG", openBeneath(from, "n".repeat(256)));
    assertEquals("ENAMETOOLONG", openBeneath(from, "./".repeat(2_100) + "f"));
    assertEquals("ENOTDIR", openBeneath(disk.open("d/f", Linux.O_RDONLY), "f"));
    assertEquals("ENOTDIR", openBeneath(box.pipe()[0], "f"));
    assertEquals("EBADF", openBeneath(9_999, "f"));
    assertEquals("EBADF", openBeneath(-1, "f"));
  }

  @Test
  void openat2_ofAFolderThatWasRemoved_findsNothing() {
    box.ok(disk.mkdir("d"));
    int from = disk.open("d", Linux.O_RDONLY);
    box.ok(disk.rename("d", "moved"));
    disk.make("moved/f", "x");
    assertEquals("file", openBeneath(from, "f"), "by what it is, not by its name");
    assertEquals(0, disk.unlink("moved/f"));
    assertEquals(0, disk.rmdir("moved"));
    assertEquals("ENOENT", openBeneath(from, "f"));
    assertEquals("folder", openBeneath(from, "."));
  }

  @Test
  void openat2_badArguments_areErrors() {
    disk.make("f", "x");
    int from = disk.open(".", Linux.O_RDONLY);
    long name = disk.path("/f") + 1;
    assertEquals("EINVAL", Box.say(disk.openat2(from, name, READING, BENEATH, 0644)), "a mode");
    assertEquals("EFAULT", Box.say(disk.openat2(from, NO_MEMORY, READING, BENEATH, 0)));
    int size = Linux.SIZEOF_OPEN_HOW;
    assertEquals("EFAULT", Box.say(box.sys.openat2(from, name, NO_MEMORY, size)));
    assertEquals("EINVAL", Box.say(box.sys.openat2(from, name, NO_MEMORY, size - 8)));
    assertEquals("EINVAL", Box.say(box.sys.openat2(from, name, NO_MEMORY, 0)));
  }

  @Test
  void file_polled_isReadyAndEpollRefusesIt() {
    for (String name : new String[] {".", "f"}) {
      int fd = disk.open(name, name.equals(".") ? Linux.O_RDONLY : READ_WRITE);
      assertEquals("IN|OUT", Box.maskText(box.mask(fd)));
      assertEquals("EPERM", Box.say(box.add(box.epoll(), fd, Linux.EPOLLIN)));
    }
  }

  // ---- transfers

  @Test
  void pwrite_beyondTheEnd_leavesAHole() {
    int fd = disk.open("f", READ_WRITE);
    assertEquals(2, disk.pwrite(fd, "zz", 3));
    assertEquals("'\0\0\0zz'", disk.pread(fd, 9, 0));
    assertEquals("''", disk.pread(fd, 9, 5));
    assertEquals("''", disk.pread(fd, 9, 1L << 40));
    assertEquals(0, disk.pwrite(fd, "", 99));
    assertEquals("file 644 links=1 size=5", disk.stat(fd));
    assertEquals(2, box.write(fd, "ab"));
    assertEquals("'\0zz'", box.read(fd, 9));
    assertEquals(0, box.available(fd));
  }

  @Test
  void pread_andPwrite_ofWhatHasNoPosition_areErrors() {
    int[] pipe = box.pipe();
    int[] pair = box.unixPair();
    for (int fd : new int[] {pipe[0], pipe[1], pair[0], box.eventfd(1), box.epoll()}) {
      assertEquals("ESPIPE", disk.pread(fd, 8, 0));
      assertEquals("ESPIPE", Box.say(disk.pwrite(fd, "12345678", 0)));
      assertEquals("EINVAL", disk.pread(fd, 8, -1));
    }
    assertEquals("EBADF", disk.pread(9_999, 8, 0));
    assertEquals("EBADF", Box.say(disk.pwrite(9_999, "x", 0)));
    int fd = disk.open("f", READ_WRITE);
    assertEquals("EINVAL", disk.pread(fd, 8, -1));
    assertEquals("EINVAL", Box.say(disk.pwrite(fd, "x", -1)));
    assertEquals("EBADF", Box.say(disk.pwrite(disk.open("f", Linux.O_RDONLY), "x", 0)));
    assertEquals("EBADF", disk.pread(disk.open("f", Linux.O_WRONLY), 1, 0));
    int nothing = disk.open("/dev/null", Linux.O_RDWR);
    assertEquals(1, disk.pwrite(nothing, "x", 7));
    assertEquals("''", disk.pread(nothing, 1, 7));
  }

  @Test
  void sendfile_toAFile_isACopy() {
    disk.make("from", "hello, world");
    int from = disk.open("from", Linux.O_RDONLY);
    int to = disk.open("to", READ_WRITE);
    assertEquals(5, box.sys.sendfile(to, from, 0, 5));
    assertEquals(7, box.sys.sendfile(to, from, 0, 99));
    assertEquals("'hello, world'", disk.content("to"));
    int appender = disk.open("to", Linux.O_WRONLY | Linux.O_APPEND);
    assertEquals("EINVAL", Box.say(box.sys.sendfile(appender, from, 0, 5)));
  }

  @Test
  void transfer_ofBadMemory_failsWhereItIsCopied() {
    int fd = disk.open("f", READ_WRITE);
    assertEquals("EFAULT", Box.say(box.sys.write(fd, NO_MEMORY, 1)));
    assertEquals(0, box.sys.write(fd, NO_MEMORY, 0));
    assertEquals(0, box.sys.read(fd, NO_MEMORY, 1)); // the end: nothing is copied
    assertEquals("file 644 links=1 size=0", disk.stat(fd));
    int nothing = disk.open("/dev/null", Linux.O_RDWR);
    assertEquals(9, box.sys.write(nothing, NO_MEMORY, 9));
    assertEquals(0, box.sys.read(nothing, NO_MEMORY, 9));
    int[] pipe = box.pipe();
    assertEquals("EAGAIN", Box.say(box.sys.read(pipe[0], NO_MEMORY, 1)));
    assertEquals("EFAULT", Box.say(box.sys.write(pipe[1], NO_MEMORY, 1)));
    assertEquals("EFAULT", Box.say(box.sys.read(pipe[0], -4_096, 1))); // no program's address
    box.write(pipe[1], "x");
    assertEquals("EFAULT", Box.say(box.sys.read(pipe[0], NO_MEMORY, 1)));
    assertEquals("'x'", box.read(pipe[0], 9)); // it is still there
    box.close(pipe[0]);
    assertEquals("EPIPE", Box.say(box.sys.write(pipe[1], NO_MEMORY, 1)));
    int counter = box.eventfd(0);
    assertEquals("EAGAIN", Box.say(box.sys.read(counter, NO_MEMORY, 8)));
    assertEquals("EFAULT", Box.say(box.sys.write(counter, NO_MEMORY, 8)));
    box.writeLong(counter, 3);
    assertEquals("EFAULT", Box.say(box.sys.read(counter, NO_MEMORY, 8)));
    assertEquals("EAGAIN", box.readLong(counter)); // the count is lost
    assertEquals("EINVAL", Box.say(box.sys.read(counter, NO_MEMORY, 7)));
    assertEquals("EINVAL", Box.say(box.sys.write(box.epoll(), NO_MEMORY, 8)));
  }

  // ---- vectors

  /** An array of ranges of these lengths; their memory holds ones. */
  private long ranges(int... lengths) {
    MemorySegment m = box.memory();
    m.fill((byte) 0);
    for (int i = 0; i < lengths.length; i++) {
      m.set(JAVA_LONG, i * 16L, m.address() + 128 + i * 16L);
      m.set(JAVA_LONG, i * 16L + 8, lengths[i]);
      m.set(JAVA_LONG, 128 + i * 16L, 1);
    }
    return m.address();
  }

  @Test
  void writev_toAnEventfd_isAWriteForEachRange() {
    int fd = box.eventfd(0);
    assertEquals(24, box.sys.writev(fd, ranges(8, 8, 8), 3));
    assertEquals("3", box.readLong(fd));
    assertEquals(8, box.sys.writev(fd, ranges(8, 4), 2));
    assertEquals("1", box.readLong(fd));
    assertEquals("EINVAL", Box.say(box.sys.writev(fd, ranges(4, 4), 2)));
    assertEquals(8, box.sys.writev(fd, ranges(8, 0, 0), 3));
    assertEquals("1", box.readLong(fd));
    box.writeLong(fd, -3);
    assertEquals(8, box.sys.writev(fd, ranges(8, 8), 2)); // the second has no room
    assertEquals("EAGAIN", Box.say(box.sys.writev(fd, ranges(8), 1)));
    assertEquals(8, box.sys.readv(fd, ranges(3, 5), 2));
    assertEquals("EAGAIN", box.readLong(fd));
  }

  @Test
  void vectors_ofNothing_areZeroBeforeTheFileIsAsked() {
    int[] pipe = box.pipe();
    int[] pair = box.unixPair();
    int counter = box.eventfd(0);
    box.close(pair[1]);
    for (int fd : new int[] {pipe[0], pair[0], counter}) {
      assertEquals(0, box.sys.readv(fd, ranges(0, 0), 2));
      assertEquals(0, box.sys.readv(fd, 0, 0));
    }
    for (int fd : new int[] {pipe[1], pair[0], counter}) {
      assertEquals(0, box.sys.writev(fd, ranges(0, 0), 2));
    }
    assertEquals("EINVAL", box.read(counter, 0)); // but read and write ask it
    assertEquals("EINVAL", Box.say(box.sys.write(counter, box.memory().address(), 0)));
    int epoll = box.epoll();
    int timer = box.keep(box.sys.timerfdCreate(Linux.CLOCK_MONOTONIC, Linux.TFD_CLOEXEC));
    assertEquals("EINVAL", Box.say(box.sys.readv(epoll, ranges(0), 1)));
    assertEquals("EINVAL", Box.say(box.sys.writev(epoll, ranges(0), 1)));
    assertEquals("EINVAL", Box.say(box.sys.writev(timer, ranges(0), 1)));
    assertEquals("EBADF", Box.say(box.sys.readv(pipe[1], ranges(0), 1)));
  }

  @Test
  void vectors_badBehindAGoodRange_moveTheGoodOne() {
    int fd = disk.open("f", READ_WRITE);
    assertEquals("EFAULT", Box.say(box.sys.writev(fd, bad(0, ranges(8, 8)), 2)));
    assertEquals("file 644 links=1 size=0", disk.stat(fd));
    assertEquals("8", Box.say(box.sys.writev(fd, bad(1, ranges(8, 8)), 2)));
    assertEquals("file 644 links=1 size=8", disk.stat(fd));
    assertEquals(3, box.write(fd, "abc")); // at the position behind it
    assertEquals("file 644 links=1 size=11", disk.stat(fd));
    int reader = disk.open("f", Linux.O_RDONLY);
    assertEquals("EFAULT", Box.say(box.sys.readv(reader, bad(0, ranges(8, 8)), 2)));
    assertEquals("8", Box.say(box.sys.readv(reader, bad(1, ranges(8, 8)), 2)));
    assertEquals("'abc'", box.read(reader, 9));
  }

  /** These ranges, but the memory of one of them is nowhere. */
  private long bad(int index, long ranges) {
    box.memory().set(JAVA_LONG, index * 16L, NO_MEMORY);
    return ranges;
  }

  // ---- names

  @Test
  void unlink_whileOpen_leavesTheFileWithoutAName() {
    int fd = disk.open("f", READ_WRITE);
    box.write(fd, "abc");
    assertEquals(0, disk.unlink("f"));
    assertEquals("ENOENT", disk.content("f"));
    assertEquals("ENOENT", Box.say(disk.unlink("f")));
    assertEquals("file 644 links=0 size=3", disk.stat(fd));
    disk.make("f", "another");
    assertEquals("'abc'", disk.pread(fd, 9, 0));
    assertEquals("EISDIR", Box.say(disk.unlink(".")));
    assertEquals("EISDIR", Box.say(disk.unlink("/")));
    assertEquals("ENOTDIR", Box.say(disk.unlink("f/")));
    assertEquals("EFAULT", Box.say(box.sys.unlink(NO_MEMORY)));
  }

  @Test
  void rename_overAnother_replacesIt() {
    disk.make("a", "new");
    disk.make("b", "old");
    int old = disk.open("b", Linux.O_RDONLY);
    assertEquals(0, disk.rename("a", "b"));
    assertEquals("ENOENT", disk.content("a"));
    assertEquals("'new'", disk.content("b"));
    assertEquals("'old'", box.read(old, 9));
    assertEquals(0, disk.rename("b", "b"));
    assertEquals("ENOENT", Box.say(disk.rename("a", "c")));
    assertEquals("ENOENT", Box.say(disk.rename("b", "none/c")));
    assertEquals("EFAULT", Box.say(box.sys.rename(disk.path("b"), NO_MEMORY)));
  }

  @Test
  void folders_madeMovedAndRemoved_areChecked() {
    assertEquals(0, disk.mkdir("d"));
    assertEquals("EEXIST", Box.say(disk.mkdir("d")));
    assertEquals("EEXIST", Box.say(disk.mkdir("/")));
    assertEquals("ENOENT", Box.say(disk.mkdir("none/d")));
    assertEquals(0, disk.mkdir("d/e/"));
    disk.make("d/f", "x");
    disk.make("g", "y");
    assertEquals("ENOTEMPTY", Box.say(disk.rmdir("d")));
    assertEquals("ENOTDIR", Box.say(disk.rmdir("g")));
    assertEquals("EINVAL", Box.say(disk.rmdir("d/.")));
    assertEquals("ENOTEMPTY", Box.say(disk.rmdir("d/..")));
    assertEquals("EBUSY", Box.say(disk.rmdir("/")));
    assertEquals("EISDIR", Box.say(disk.rename("g", "d")));
    assertEquals("ENOTDIR", Box.say(disk.rename("d", "g")));
    assertEquals("ENOTDIR", Box.say(disk.rename("g", "h/")));
    assertEquals("EINVAL", Box.say(disk.rename("d", "d/e/d")));
    assertEquals("ENOTEMPTY", Box.say(disk.rename("d/f", "d")));
    assertEquals("EBUSY", Box.say(disk.rename("d/.", "i")));
    assertEquals(0, disk.mkdir("i"));
    assertEquals("ENOTEMPTY", Box.say(disk.rename("i", "d")));
    assertEquals(0, disk.rename("d", "i"));
    assertEquals("'x'", disk.content("i/f"));
    assertEquals("'y'", disk.content("i/../g"));
    assertEquals(0, disk.rmdir("i/e"));
    assertEquals(0, disk.unlink("i/f"));
    assertEquals(0, disk.rmdir("i/"));
    assertEquals("ENOENT", Box.say(disk.rmdir("i")));
  }

  @Test
  void statx_ofAnything_tellsItsKind() {
    disk.make("f", "hello");
    assertEquals("file 644 links=1 size=5", disk.stat("f"));
    long made = disk.seconds(Offsets.STATX__STX_MTIME);
    assertTrue(made > 1_700_000_000L, "a day of this century: " + made);
    disk.mkdir("d");
    disk.mkdir("d/e");
    assertEquals("folder 755 links=3 size=0", disk.stat("d"));
    assertEquals("device 666 links=1 size=0", disk.stat("/dev/null"));
    assertEquals("pipe 600 links=1 size=0", disk.stat(box.pipe()[0]));
    assertEquals("socket 777 links=1 size=0", disk.stat(box.tcp()));
    assertEquals("none 600 links=1 size=0", disk.stat(box.epoll()));
    assertEquals("none 600 links=1 size=0", disk.stat(box.eventfd(0)));
    assertEquals("ENOENT", disk.stat("none"));
    assertEquals("ENOENT", disk.stat(""));
    assertEquals("EBADF", disk.stat(9_999));
    int fd = disk.open("f", Linux.O_RDONLY);
    assertEquals("file 644 links=1 size=5", disk.stat("/proc/self/fd/" + fd));
    long target = box.memory().address();
    int at = disk.open("d", Linux.O_RDONLY);
    assertEquals(0, box.sys.statx(at, relative("e"), 0, 0, target));
    assertEquals("ENOENT", Box.say(box.sys.statx(at, relative("f"), 0, 0, target)));
    assertEquals("ENOTDIR", Box.say(box.sys.statx(fd, relative("f"), 0, 0, target)));
    assertEquals("ENOTDIR", Box.say(box.sys.statx(box.eventfd(0), relative("f"), 0, 0, target)));
    assertEquals("EBADF", Box.say(box.sys.statx(-1, relative("f"), 0, 0, target)));
    assertEquals("EINVAL", Box.say(box.sys.statx(at, relative("e"), 1, 0, target)));
    assertEquals("EINVAL", Box.say(box.sys.statx(at, relative("e"), 0, 1 << 31, target)));
    assertEquals("EFAULT", Box.say(box.sys.statx(at, relative("e"), 0, 0, NO_MEMORY)));
    assertEquals("EFAULT", Box.say(box.sys.statx(at, NO_MEMORY, 0, 0, target)));
  }

  /** A path that is left as it is. */
  private long relative(String path) {
    return disk.path("/" + path) + 1;
  }
}
