package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Every call of {@link FileCalls} on the running kernel. */
@ExtendWith(FdLeakCheck.class)
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.sys.Systems#names")
class FileCallsTest {

  private final String system;
  private final Workspace work;
  private final Sys sys;

  FileCallsTest(String system) {
    this.system = system;
    this.work = new Workspace(Systems.sys(system));
    this.sys = work.sys;
  }

  @AfterEach
  void close() {
    work.close();
  }

  private MemorySegment iovecs(MemorySegment... buffers) {
    MemorySegment iovecs = work.memory((long) buffers.length * Linux.SIZEOF_IOVEC);
    for (int i = 0; i < buffers.length; i++) {
      iovecs.setAtIndex(JAVA_LONG, 2L * i, buffers[i].address());
      iovecs.setAtIndex(JAVA_LONG, 2L * i + 1, buffers[i].byteSize());
    }
    return iovecs;
  }

  private static String text(MemorySegment bytes) {
    return new String(bytes.toArray(JAVA_BYTE), StandardCharsets.US_ASCII);
  }

  @Test
  void open_creates_writes_readsBack(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("new");
    int flags = Linux.O_RDWR | Linux.O_CREAT | Linux.O_EXCL | Linux.O_CLOEXEC;
    int fd = work.own(sys.open(work.string(file), flags, 0640));
    work.write(fd, "hello");
    assertEquals("hello", Files.readString(file));
    assertEquals(0640, (int) Files.getAttribute(file, "unix:mode") & 0777, "the variadic mode");
    assertEquals(-Errno.EEXIST, sys.open(work.string(file), flags, 0600));
    assertEquals(-Errno.ENOENT, sys.open(work.string(dir.resolve("no")), Linux.O_RDONLY, 0));
    assertEquals(-Errno.ENOTDIR, sys.open(work.string(file + "/x"), Linux.O_RDONLY, 0));
    assertEquals(-Errno.EISDIR, sys.open(work.string(dir), Linux.O_RDWR, 0));
    assertEquals(
        -Errno.ENOTDIR,
        sys.open(work.string(file), Abi.CURRENT.oDirectory | Linux.O_RDONLY, 0),
        "the architecture's O_DIRECTORY");
    int again = work.open(file, Linux.O_RDONLY);
    assertEquals("hello", work.read(again));
    assertEquals(0, sys.read(again, work.memory(1).address(), 1), "end of file");
    assertEquals(-Errno.EBADF, sys.write(again, work.memory(1).address(), 1));
    int appender = work.open(file, Linux.O_WRONLY | Linux.O_APPEND);
    work.write(appender, "!");
    assertEquals("hello!", Files.readString(file));
    work.open(file, Linux.O_WRONLY | Linux.O_TRUNC);
    assertEquals("", Files.readString(file));
  }

  @Test
  void read_badAddressOrDescriptor_isEfaultOrEbadf() throws SysException {
    int[] pipe = work.pipe();
    work.write(pipe[1], "x");
    assertEquals(-Errno.EFAULT, sys.read(pipe[0], 64, 1));
    assertEquals(-Errno.EBADF, sys.read(-1, 64, 1));
    assertEquals(-Errno.EFAULT, sys.write(pipe[1], 64, 1));
  }

  @Test
  void writev_thenReadv_gatherAndScatter() throws SysException {
    int[] pipe = work.pipe();
    MemorySegment first = work.arena.allocateFrom("abc").asSlice(0, 3);
    MemorySegment second = work.arena.allocateFrom("defgh").asSlice(0, 5);
    assertEquals(8, sys.writev(pipe[1], iovecs(first, second).address(), 2));
    MemorySegment head = work.memory(2);
    MemorySegment tail = work.memory(10);
    assertEquals(8, sys.readv(pipe[0], iovecs(head, tail).address(), 2));
    assertEquals("ab", text(head));
    assertEquals("cdefgh", text(tail.asSlice(0, 6)));
    assertEquals(-Errno.EINVAL, sys.readv(pipe[0], iovecs(head).address(), 1025));
    assertEquals(-Errno.EINVAL, sys.writev(pipe[1], iovecs(head).address(), -1));
  }

  @Test
  void sendfile_fromFile_movesOffsetOrFilePosition(@TempDir Path dir) throws IOException {
    int file = work.open(Files.writeString(dir.resolve("f"), "0123456789"), Linux.O_RDONLY);
    int[] pair = work.pair();
    MemorySegment offset = work.arena.allocateFrom(JAVA_LONG, 7);
    int sent = sys.sendfile(pair[0], file, offset.address(), 100);
    if (Systems.isWithoutSendfile(system)) {
      assertEquals(-Errno.ENOSYS, sent);
      return;
    }
    assertEquals(3, sent);
    assertEquals(10, offset.get(JAVA_LONG, 0));
    assertEquals("789", work.read(pair[1]));
    if (!Systems.isLinux(system)) {
      assertEquals(-Errno.EINVAL, sys.sendfile(pair[0], file, 0, 4), "no position");
      return;
    }
    assertEquals(4, sys.sendfile(pair[0], file, 0, 4));
    assertEquals(6, sys.sendfile(pair[0], file, 0, 100));
    assertEquals(0, sys.sendfile(pair[0], file, 0, 100));
    assertEquals("0123456789", work.read(pair[1]));
  }

  private int openat2(int folder, String path, long flags, long mode, long resolve) {
    MemorySegment how = work.memory(Linux.SIZEOF_OPEN_HOW);
    how.set(JAVA_LONG, Offsets.OPEN_HOW__FLAGS, flags);
    how.set(JAVA_LONG, Offsets.OPEN_HOW__MODE, mode);
    how.set(JAVA_LONG, Offsets.OPEN_HOW__RESOLVE, resolve);
    int fd = sys.openat2(folder, work.string(path), how.address(), Linux.SIZEOF_OPEN_HOW);
    return fd < 0 ? fd : work.own(fd);
  }

  @Test
  void openat2_resolvesAsItIsTold(@TempDir Path dir) throws IOException {
    if (!Systems.isLinux(system)) {
      assertEquals(-Errno.ENOSYS, openat2(0, "f", 0, 0, 0));
      return;
    }
    Path site = Files.createDirectories(dir.resolve("site/a"));
    Files.writeString(site.resolve("f"), "inside");
    Files.writeString(dir.resolve("secret"), "outside");
    Files.createSymbolicLink(dir.resolve("site/link"), Path.of("a/f"));
    Files.createSymbolicLink(dir.resolve("site/out"), Path.of("../secret"));
    Files.createSymbolicLink(dir.resolve("site/absolute"), site.resolve("f"));
    Files.createSymbolicLink(dir.resolve("site/loop"), Path.of("loop"));
    Files.createSymbolicLink(dir.resolve("site/magic"), Path.of("/proc/self/exe"));
    int folder = work.open(dir.resolve("site"), Linux.O_RDONLY);
    long read = Linux.O_RDONLY | Linux.O_CLOEXEC;
    int beneath = Linux.RESOLVE_BENEATH;
    assertEquals("inside", work.read(openat2(folder, "a/f", read, 0, beneath)));
    assertEquals("inside", work.read(openat2(folder, "link", read, 0, beneath)));
    assertEquals("outside", work.read(openat2(folder, "out", read, 0, 0)), "as openat does");
    for (String path : new String[] {"..", "../secret", "out", "absolute", "/", "magic"}) {
      assertEquals(-Errno.EXDEV, openat2(folder, path, read, 0, beneath), path);
    }
    assertEquals(-Errno.ELOOP, openat2(folder, "loop", read, 0, beneath));
    assertEquals(-Errno.ELOOP, openat2(folder, "magic", read, 0, Linux.RESOLVE_NO_MAGICLINKS));
    for (String path : new String[] {"link", "loop", "out"}) {
      int result = openat2(folder, path, read, 0, beneath | Linux.RESOLVE_NO_SYMLINKS);
      assertEquals(-Errno.ELOOP, result, path);
    }
    assertEquals(-Errno.EXDEV, openat2(folder, "/proc/self", read, 0, Linux.RESOLVE_NO_XDEV));
    assertEquals(-Errno.EINVAL, openat2(folder, "a/f", read, 0644, 0), "a mode, and no file made");
    assertEquals(-Errno.EINVAL, openat2(folder, "a/f", read, 0, 1L << 40));
    long make = Linux.O_WRONLY | Linux.O_CREAT | Linux.O_CLOEXEC;
    int made = openat2(folder, "made", make, 0600, beneath);
    assertTrue(made >= 0);
    assertEquals(0600, (int) Files.getAttribute(dir.resolve("site/made"), "unix:mode") & 0777);
    assertEquals(-Errno.EXDEV, openat2(folder, "../made", make, 0600, beneath));
    long how = work.memory(64).address();
    assertEquals(-Errno.EINVAL, sys.openat2(folder, work.string("a/f"), how, 8));
    assertEquals(-Errno.EFAULT, sys.openat2(folder, work.string("a/f"), 64, 24));
    assertEquals(-Errno.EBADF, openat2(-1, "a/f", read, 0, beneath));
    Files.delete(dir.resolve("site/magic")); // or JUnit warns of it
  }

  @Test
  void names_madeRenamedAndRemoved(@TempDir Path dir) throws IOException {
    long folder = work.string(dir.resolve("d"));
    assertEquals(0, sys.mkdir(folder, 0755));
    assertEquals(-Errno.EEXIST, sys.mkdir(folder, 0755));
    Path file = Files.writeString(dir.resolve("d/f"), "0123456789");
    int fd = work.open(file, Linux.O_RDWR);
    assertEquals(3, sys.pwrite(fd, work.arena.allocateFrom("abc").address(), 3, 4));
    assertEquals("0123abc789", Files.readString(file));
    MemorySegment status = work.memory(Linux.SIZEOF_STATX);
    assertEquals(0, sys.statx(Linux.AT_FDCWD, work.string(file), 0, 0x7ff, status.address()));
    assertEquals(10, status.get(JAVA_LONG, Offsets.STATX__STX_SIZE));
    assertEquals(0, sys.rename(work.string(file), work.string(dir.resolve("g"))));
    assertEquals(0, sys.rmdir(folder));
    assertEquals(0, sys.unlink(work.string(dir.resolve("g"))));
    assertEquals(-Errno.ENOENT, sys.unlink(work.string(dir.resolve("g"))));
    assertEquals(0, sys.statx(fd, work.string(""), Linux.AT_EMPTY_PATH, 0x7ff, status.address()));
    assertEquals(0, status.get(JAVA_INT, Offsets.STATX__STX_NLINK));
  }

  @Test
  void openat2_staysBeneathItsFolder(@TempDir Path dir) throws IOException {
    if (!Systems.isLinux(system)) {
      assertEquals(-Errno.ENOSYS, openat2(0, "f", 0, 0, 0));
      return;
    }
    Path inside = Files.createDirectory(dir.resolve("inside"));
    Files.writeString(inside.resolve("f"), "x");
    Files.writeString(dir.resolve("outside"), "y");
    Files.createSymbolicLink(inside.resolve("link"), Path.of("f"));
    int folder = work.open(inside, Linux.O_RDONLY);
    MemorySegment how = work.memory(Linux.SIZEOF_OPEN_HOW);
    how.set(JAVA_LONG, Offsets.OPEN_HOW__FLAGS, Linux.O_CLOEXEC);
    how.set(JAVA_LONG, Offsets.OPEN_HOW__RESOLVE, Linux.RESOLVE_BENEATH);
    int size = Linux.SIZEOF_OPEN_HOW;
    work.own(sys.openat2(folder, work.string("f"), how.address(), size));
    work.own(sys.openat2(folder, work.string("link"), how.address(), size));
    assertEquals(-Errno.EXDEV, sys.openat2(folder, work.string("../outside"), how.address(), size));
    assertEquals(-Errno.ENOENT, sys.openat2(folder, work.string("none"), how.address(), size));
    how.set(
        JAVA_LONG, Offsets.OPEN_HOW__RESOLVE, Linux.RESOLVE_BENEATH | Linux.RESOLVE_NO_SYMLINKS);
    assertEquals(-Errno.ELOOP, sys.openat2(folder, work.string("link"), how.address(), size));
    assertEquals(-Errno.EINVAL, sys.openat2(folder, work.string("f"), how.address(), size - 8));
  }

  @Test
  void close_twice_isEbadf() {
    int fd = work.high(work.eventfd(0));
    work.close(fd);
    assertEquals(-Errno.EBADF, sys.close(fd));
  }

  @Test
  void dup_andDup3_shareTheFile() {
    int fd = work.eventfd(0);
    int copy = work.own(sys.dup(fd));
    assertEquals(0, sys.fcntl(copy, Linux.F_GETFD, 0), "dup drops close-on-exec");
    work.write(copy, "\1\0\0\0\0\0\0\0");
    assertEquals(8, sys.read(fd, work.memory(8).address(), 8));
    int target = work.eventfd(0);
    assertEquals(target, sys.dup3(fd, target, Linux.O_CLOEXEC));
    assertEquals(Linux.FD_CLOEXEC, sys.fcntl(target, Linux.F_GETFD, 0));
    assertEquals(-Errno.EINVAL, sys.dup3(fd, fd, 0));
    assertEquals(-Errno.EBADF, sys.dup3(-1, target, 0));
    assertEquals(-Errno.EBADF, sys.dup(-1));
  }

  @Test
  void fcntl_integerArgument_arrives() throws SysException {
    int[] pipe = work.own(Sockets.pipe(sys, Linux.O_CLOEXEC));
    assertEquals(0, sys.fcntl(pipe[0], Linux.F_SETFL, Linux.O_NONBLOCK));
    assertEquals(Linux.O_NONBLOCK, sys.fcntl(pipe[0], Linux.F_GETFL, 0));
    int pages = 1 << 17; // whole ones, of up to 64 KiB
    int set = Systems.isLinux(system) ? pages : -Errno.EINVAL;
    assertEquals(set, sys.fcntl(pipe[0], Linux.F_SETPIPE_SZ, pages));
    assertEquals(set, sys.fcntl(pipe[1], Linux.F_GETPIPE_SZ, 0));
    assertEquals(0, sys.fcntl(pipe[0], Linux.F_SETFD, 0));
    int copy = work.own(sys.fcntl(pipe[0], Linux.F_DUPFD, 500));
    assertTrue(copy >= 500);
    assertEquals(-Errno.EINVAL, sys.fcntl(pipe[0], 9999, 0));
  }

  @Test
  void ioctl_pointerArgument_arrives() throws SysException {
    int[] pipe = work.pipe();
    work.write(pipe[1], "seven b");
    MemorySegment count = work.ints(-1);
    assertEquals(0, sys.ioctl(pipe[0], Linux.FIONREAD, count.address()));
    assertEquals(7, count.get(JAVA_INT, 0));
    int[] blocking = work.own(Sockets.pipe(sys, 0));
    assertEquals(0, sys.ioctl(blocking[0], Linux.FIONBIO, work.ints(1).address()));
    assertEquals(Linux.O_NONBLOCK, sys.fcntl(blocking[0], Linux.F_GETFL, 0));
    int[] pair = work.pair();
    assertEquals(0, sys.ioctl(pair[0], Linux.TIOCOUTQ, count.address()));
    assertEquals(0, count.get(JAVA_INT, 0));
    assertEquals(-Errno.ENOTTY, sys.ioctl(work.eventfd(0), 0x12345678L, 0));
  }

  @Test
  void rlimit_setAndRestored() {
    MemorySegment limit = work.memory(Linux.SIZEOF_RLIMIT);
    assertEquals(0, sys.getrlimit(Linux.RLIMIT_NOFILE, limit.address()));
    long soft = limit.get(JAVA_LONG, 0);
    assertTrue(soft > 0 && soft <= limit.get(JAVA_LONG, 8));
    try (DescriptorLimit _ = DescriptorLimit.lowerTo(sys, (int) soft - 1)) {
      assertEquals(0, sys.getrlimit(Linux.RLIMIT_NOFILE, limit.address()));
      assertEquals(soft - 1, limit.get(JAVA_LONG, 0));
    }
    assertEquals(0, sys.getrlimit(Linux.RLIMIT_NOFILE, limit.address()));
    assertEquals(soft, limit.get(JAVA_LONG, 0));
    assertEquals(-Errno.EINVAL, sys.getrlimit(9999, limit.address()));
    limit.set(JAVA_LONG, 0, limit.get(JAVA_LONG, 8) + 1);
    assertEquals(-Errno.EINVAL, sys.setrlimit(Linux.RLIMIT_NOFILE, limit.address()));
  }

  @Test
  void pipe2_flags_arrive() {
    MemorySegment fds = work.ints(-1, -1);
    assertEquals(0, sys.pipe2(fds.address(), Linux.O_NONBLOCK | Linux.O_CLOEXEC));
    int read = work.own(fds.getAtIndex(JAVA_INT, 0));
    work.own(fds.getAtIndex(JAVA_INT, 1));
    assertEquals(-Errno.EAGAIN, sys.read(read, work.memory(1).address(), 1));
    assertEquals(-Errno.EINVAL, sys.pipe2(fds.address(), 1));
    assertEquals(-Errno.EFAULT, sys.pipe2(64, 0));
  }
}
