package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Regions of files: whose they are, what is one, and what a queue of them counts. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#kernels")
class FileTest extends NetCase {

  private static final int SIZE = 300_000;

  @TempDir Path directory;

  private Path put(String name, byte[] content) throws Exception {
    Path path = directory.resolve(name);
    if (model != null) {
      model.putFile(path.toString(), content);
    } else {
      Files.write(path, content);
    }
    return path;
  }

  private FileRegion region(Path path, int start, int length) throws SysException {
    return FileRegion.open(sys, path, start, length);
  }

  private Pair roomyPair() throws SysException {
    return pair(
        new Recorder(),
        options.withLowWaterBytes(1).withHighWaterBytes(1 << 16).withMaxQueuedBytes(1 << 25));
  }

  /** The model's are compared by the case. */
  @AfterEach
  void checkFilesAreClosed() throws Exception {
    loop.close();
    Path inside = directory.toRealPath();
    try (var fds = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path fd : fds) {
        boolean open = Files.isSymbolicLink(fd) && Files.readSymbolicLink(fd).startsWith(inside);
        assertTrue(!open, () -> "still open: " + fd);
      }
    }
  }

  // ---- with what is before it

  /** The kernel is told that more is to come, and only then. */
  @Test
  void head_beforeAFile_leavesWithIt() throws Exception {
    byte[] content = random(SIZE);
    Pair pair = roomyPair();
    WriteResult _ = pair.connection().write("alone");
    until("that", () -> pair.peer().read().size() == 5);
    boolean isTold = model != null && model.ignored().contains("send(MSG_MORE)");
    assertTrue(!isTold, "a write that nothing follows");
    WriteResult _ = pair.connection().write("head");
    WriteResult _ = pair.connection().write("more"); // of this turn: it waits for the flush
    WriteResult _ = pair.connection().sendFile(region(put("file", content), 0, SIZE));
    WriteResult _ = pair.connection().write("tail");
    until("all", () -> pair.peer().read().size() == 5 + 8 + SIZE + 4);
    assertTrue(model == null || model.ignored().contains("send(MSG_MORE)"), "a head of a file");
  }

  /** As on OpenBSD and NetBSD: more than fits is read again where it was left. */
  @Test
  void file_whereThereIsNoSendfile_isCopied() throws Exception {
    byte[] content = random(SIZE);
    Path path = put("file", content);
    Pair pair = roomyPair();
    probe.inject((call, _) -> call.equals("sendfile") ? (Object) (-Errno.ENOSYS) : null);
    WriteResult _ = pair.connection().write("head");
    WriteResult _ = pair.connection().sendFile(region(path, 7, SIZE - 7));
    WriteResult _ = pair.connection().write("tail");
    for (int i = 0; i < 20; i++) {
      turn(); // nobody reads
    }
    until("all", () -> pair.peer().read().size() == SIZE - 7 + 8);
    byte[] middle = Arrays.copyOfRange(pair.peer().bytes(), 4, SIZE - 7 + 4);
    assertArrayEquals(Arrays.copyOfRange(content, 7, SIZE), middle);
    WriteResult _ = pair.connection().sendFile(region(path, SIZE - 5, 10)); // shorter than said
    until("closed", () -> pair.handler().isClosed());
  }

  // ---- whose it is

  /** The number that it had is the other file's now. */
  @Test
  void closeAfterGiving_isNothing() throws Exception {
    byte[] content = random(SIZE);
    FileRegion given = region(put("given", content), 0, SIZE);
    Path secret = put("secret", new byte[SIZE]);
    Pair pair = roomyPair();
    WriteResult _ = pair.connection().sendFile(given);
    given.close();
    try (FileRegion other = region(secret, 0, SIZE)) {
      until("all", () -> pair.peer().read().size() == SIZE || pair.handler().isClosed());
      assertArrayEquals(content, pair.peer().bytes());
      assertEquals(SIZE, other.remaining());
    }
    given.close();
    assertTrue(pair.connection().isOpen());
  }

  @Test
  void givenTwice_throws_beforeAnything() throws Exception {
    byte[] content = random(SIZE);
    FileRegion given = region(put("file", content), 0, SIZE);
    Pair pair = roomyPair();
    Pair other = roomyPair();
    WriteResult _ = pair.connection().sendFile(given);
    for (Pair each : new Pair[] {pair, other}) {
      var thrown =
          assertThrows(IllegalStateException.class, () -> each.connection().sendFile(given));
      assertTrue(thrown.getMessage().contains("given to a connection before"), thrown::getMessage);
    }
    until("all", () -> pair.peer().read().size() >= SIZE);
    assertThrows(IllegalStateException.class, () -> pair.connection().sendFile(given)); // sent
    quiet();
    assertArrayEquals(content, pair.peer().read().bytes());
    assertEquals(0, other.peer().read().size());
    assertTrue(pair.connection().isOpen());
    assertTrue(other.connection().isOpen());
  }

  @Test
  void givenAfterClose_throws() throws Exception {
    FileRegion closed = region(put("file", random(100)), 0, 100);
    closed.close();
    closed.close();
    Pair pair = roomyPair();
    assertThrows(IllegalStateException.class, () -> pair.connection().sendFile(closed));
    WriteResult _ = pair.connection().write(ascii("on"));
    until("on", () -> pair.peer().read().size() == 2);
    assertTrue(pair.connection().isOpen());
  }

  @Test
  void neverGiven_isClosedByTheProgram() throws Exception {
    try (FileRegion region = region(put("file", random(100)), 0, 100)) {
      assertEquals(100, region.remaining());
    }
  }

  @Test
  void givenToAClosedConnection_isClosed() throws Exception {
    FileRegion region = region(put("file", random(100)), 0, 100);
    Pair pair = roomyPair();
    pair.connection().reset();
    assertTrue(!pair.connection().sendFile(region).goesOn());
    untilClosed(pair);
  }

  private int openFd(Path path) throws SysException {
    try (Arena arena = Arena.ofConfined()) {
      int flags = Linux.O_RDONLY | Linux.O_CLOEXEC | Linux.O_NONBLOCK;
      return SysException.check(
          "open", sys.open(arena.allocateFrom(path.toString()).address(), flags, 0));
    }
  }

  /** A number that stays free once it is closed, whatever the virtual machine opens meanwhile. */
  private int high(int fd) throws SysException {
    int high = SysException.check("fcntl", sys.fcntl(fd, Linux.F_DUPFD_CLOEXEC, 700));
    assertEquals(0, sys.close(fd));
    return high;
  }

  private boolean isOpen(int fd) {
    return sys.fcntl(fd, Linux.F_GETFD, 0) >= 0;
  }

  @Test
  void taken_isTheRegions_andThenTheConnections() throws Exception {
    byte[] content = random(SIZE);
    Path path = put("file", content);
    int never = high(openFd(path));
    FileRegion closed = FileRegion.take(sys, never, 0, SIZE);
    assertTrue(isOpen(never));
    closed.close();
    assertTrue(!isOpen(never));
    int given = high(openFd(path));
    Pair pair = roomyPair();
    WriteResult _ = pair.connection().sendFile(FileRegion.take(sys, given, 100, SIZE - 200));
    until("all", () -> pair.peer().read().size() == SIZE - 200);
    assertArrayEquals(Arrays.copyOfRange(content, 100, SIZE - 100), pair.peer().bytes());
    quiet();
    assertTrue(!isOpen(given));
  }

  @Test
  void taken_andRefused_isClosed() throws Exception {
    Path path = put("file", random(100));
    for (long[] bad : new long[][] {{-1, 1}, {0, -1}, {1, Long.MAX_VALUE}}) {
      int fd = high(openFd(path));
      assertThrows(IllegalArgumentException.class, () -> FileRegion.take(sys, fd, bad[0], bad[1]));
      assertTrue(!isOpen(fd));
    }
    int folder = high(openFd(path.getParent()));
    var thrown = assertThrows(SysException.class, () -> FileRegion.take(sys, folder, 0, 1));
    assertEquals(Errno.EISDIR, thrown.errno());
    assertTrue(!isOpen(folder));
    int[] pipe = Sockets.pipe(sys, Linux.O_NONBLOCK | Linux.O_CLOEXEC);
    int end = high(pipe[0]);
    thrown = assertThrows(SysException.class, () -> FileRegion.take(sys, end, 0, 1));
    assertEquals(Errno.ESPIPE, thrown.errno());
    assertTrue(!isOpen(end));
    assertEquals(0, sys.close(pipe[1]));
    thrown = assertThrows(SysException.class, () -> FileRegion.take(sys, 9_999, 0, 1));
    assertEquals(Errno.EBADF, thrown.errno());
  }

  // ---- what is one

  @Test
  void folder_isRefused() throws Exception {
    Path inside = put("file", random(10));
    var thrown = assertThrows(SysException.class, () -> region(inside.getParent(), 0, 10));
    assertEquals(Errno.EISDIR, thrown.errno());
    assertTrue(thrown.getMessage().contains("not a regular file"), thrown::getMessage);
    assertTrue(thrown.getMessage().contains(inside.getParent().toString()), thrown::getMessage);
  }

  @Test
  void missingFile_isRefused() {
    Path missing = directory.resolve("missing");
    var thrown = assertThrows(SysException.class, () -> region(missing, 0, 10));
    assertEquals(Errno.ENOENT, thrown.errno());
  }

  @Test
  void lengths_thatMeanNothing_areRefused() throws Exception {
    Path path = put("file", random(10));
    for (long[] each : new long[][] {{-1, 1}, {1, -1}, {1, Long.MAX_VALUE}}) {
      assertThrows(
          IllegalArgumentException.class, () -> FileRegion.open(sys, path, each[0], each[1]));
    }
  }

  @Test
  void descriptor_isDuplicated_andItsPositionStays() throws Exception {
    byte[] content = random(SIZE);
    Path path = put("file", content);
    Pair pair = roomyPair();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(path.toString(), StandardCharsets.UTF_8);
      int fd = sys.open(name.address(), Linux.O_RDONLY | Linux.O_CLOEXEC, 0);
      WriteResult _ = pair.connection().sendFile(FileRegion.of(sys, fd, 10, SIZE - 10));
      until("all", () -> pair.peer().read().size() == SIZE - 10);
      assertArrayEquals(Arrays.copyOfRange(content, 10, SIZE), pair.peer().bytes());
      MemorySegment first = arena.allocate(1);
      assertEquals(1, sys.read(fd, first.address(), 1));
      assertEquals(content[0], first.get(ValueLayout.JAVA_BYTE, 0));
      assertEquals(0, sys.close(fd));
    }
  }

  @Test
  void descriptor_thatIsNoFile_isRefused() throws Exception {
    Pair pair = roomyPair();
    int fd = pair.peer().fd();
    var thrown = assertThrows(SysException.class, () -> FileRegion.of(sys, fd, 0, 10));
    assertEquals(Errno.ESPIPE, thrown.errno());
    assertTrue(thrown.getMessage().contains("not a regular file"), thrown::getMessage);
    var none = assertThrows(SysException.class, () -> FileRegion.of(sys, -1, 0, 10));
    assertEquals(Errno.EBADF, none.errno());
  }

  // ---- on its way

  private void refuseFiles() {
    probe.inject((call, _) -> call.equals("sendfile") ? -Errno.EAGAIN : null);
  }

  private static void askAgain(Pair pair) {
    pair.connection().link().output.becameReady();
    pair.connection().link().kick();
  }

  /** Peers that do not read: so many descriptors are open for each of them, and not one more. */
  @Test
  void deafPeers_boundDescriptors() throws Exception {
    Path path = put("file", random(10));
    List<Pair> pairs = List.of(roomyPair(), roomyPair(), roomyPair());
    quiet();
    refuseFiles();
    int before = openDescriptors().size();
    int refused = 0;
    for (int i = 0; i < 100; i++) {
      for (Pair pair : pairs) {
        WriteResult result = pair.connection().sendFile(region(path, 0, 10));
        assertTrue(result == WriteResult.QUEUED || result == WriteResult.REFUSED, result::name);
        refused += result == WriteResult.REFUSED ? 1 : 0;
      }
    }
    int most = options.maxQueuedFiles();
    assertEquals(3 * (100 - most), refused);
    assertEquals(refused, NetStats.of(loop).refused(Limit.QUEUED_FILES));
    if (model != null) { // else the folder's own listing, and the virtual machine's files
      assertEquals(3 * most, openDescriptors().size() - before);
    }
    for (Pair pair : pairs) {
      assertTrue(pair.connection().isOpen());
      assertEquals(most * 10L, pair.connection().queuedFileBytes());
      assertEquals(0, pair.connection().queuedBytes());
    }
    probe.inject((_, _) -> null);
    for (Pair pair : pairs) {
      askAgain(pair);
      until("all", () -> pair.peer().read().size() == most * 10);
      assertTrue(pair.connection().sendFile(region(path, 0, 10)).isTaken());
      until("one more", () -> pair.peer().read().size() == most * 10 + 10);
    }
  }

  /** A big one is a reason to stop producing, as many bytes are. */
  @Test
  void full_pauses_untilItHasLeft() throws Exception {
    byte[] content = random(SIZE);
    Path path = put("file", content);
    Pair pair = roomyPair();
    quiet();
    refuseFiles();
    assertEquals(WriteResult.FULL, pair.connection().sendFile(region(path, 0, SIZE)));
    assertTrue(!pair.connection().isWritable());
    assertEquals(SIZE, pair.connection().queuedFileBytes());
    turn();
    assertEquals(0, pair.handler().count("writable"));
    probe.inject((_, _) -> null);
    askAgain(pair);
    until("all", () -> pair.peer().read().size() == SIZE);
    quiet();
    assertEquals(1, pair.handler().count("writable"));
    assertTrue(pair.connection().isWritable());
    assertArrayEquals(content, pair.peer().bytes());
  }

  @Test
  void delivery_tellsWhatBecameOfEach() throws Exception {
    Path path = put("file", random(10));
    Pair pair =
        pair(
            new Recorder(),
            options
                .withLowWaterBytes(1)
                .withHighWaterBytes(100)
                .withMaxQueuedBytes(1_000)
                .withMaxQueuedFiles(2));
    quiet();
    refuseFiles();
    List<String> told = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      String name = "file " + i + " ";
      WriteResult result =
          pair.connection().sendFile(region(path, 0, 10), (_, sent) -> told.add(name + sent));
      assertEquals(i == 2 ? WriteResult.REFUSED : WriteResult.QUEUED, result);
    }
    turn();
    assertEquals(List.of(), told);
    probe.inject((_, _) -> null);
    askAgain(pair);
    until("all", () -> pair.peer().read().size() == 20);
    quiet();
    assertEquals(List.of("file 0 true", "file 1 true", "file 2 false"), told);
    assertEquals(1, pair.handler().count("writable")); // after a refusal, though not full by bytes
    told.clear();
    refuseFiles();
    WriteResult _ =
        pair.connection().sendFile(region(path, 0, 10), (_, sent) -> told.add("lost " + sent));
    pair.connection().reset();
    WriteResult late =
        pair.connection().sendFile(region(path, 0, 10), (_, sent) -> told.add("late " + sent));
    assertEquals(WriteResult.CLOSED, late);
    untilClosed(pair);
    assertEquals(List.of("lost false", "late false"), told);
  }

  // ---- in a queue

  @Test
  void queue_countsFilesAndTheirBytes() throws Exception {
    Path path = put("file", random(SIZE));
    ByteQueue queue = new ByteQueue(LoopNet.of(loop));
    boolean[] told = new boolean[2];
    queue.append(ascii("abc"));
    queue.append(region(path, 0, SIZE));
    queue.append((_, sent) -> told[0] = sent, false);
    queue.append(region(path, 100, 1_000));
    queue.append((_, sent) -> told[1] = !sent, false);
    assertEquals(3, queue.sizeBytes());
    assertEquals(SIZE + 1_000, queue.fileBytes());
    assertEquals(2, queue.fileCount());
    ByteBuffer target = ByteBuffer.allocateDirect(SIZE);
    assertEquals(3, queue.fill(target));
    assertEquals(SIZE - 3, queue.fill(target));
    assertEquals(1_003, queue.fileBytes());
    assertEquals(2, queue.fileCount());
    assertEquals(3, queue.fill(target.clear()));
    assertEquals(1_000, queue.fileBytes());
    assertEquals(1, queue.fileCount());
    assertTrue(queue.tell(null));
    assertTrue(told[0]);
    queue.clear();
    assertEquals(0, queue.fileBytes());
    assertEquals(0, queue.fileCount());
    assertTrue(queue.tell(null));
    assertTrue(told[1]);
  }

  @Test
  void queue_countsDescriptors_untilTheyHaveLeft() throws Exception {
    ByteQueue queue = new ByteQueue(LoopNet.of(loop));
    for (int i = 0; i < 2; i++) {
      int copy = sys.fcntl(roomyPair().peer().fd(), Linux.F_DUPFD_CLOEXEC, 0);
      queue.append(copy, ascii("with it"));
    }
    assertEquals(2, queue.fileCount());
    assertEquals(14, queue.sizeBytes());
    queue.clear();
    assertEquals(0, queue.fileCount());
    assertEquals(0, queue.sizeBytes());
  }

  @Test
  void queue_withoutMemory_doesNotTakeTheDescriptor() throws Exception {
    LoopNet local = LoopNet.of(loop);
    ByteQueue queue = new ByteQueue(local);
    int copy = sys.fcntl(roomyPair().peer().fd(), Linux.F_DUPFD_CLOEXEC, 0);
    local
        .pool()
        .takeFrom((_, _) -> {
          throw new OutOfMemoryError("made up");
        });
    ByteBuffer with = ascii("with it");
    assertEquals(0, queue.appendSome(copy, with));
    assertEquals(7, with.remaining());
    assertEquals(0, queue.fileCount());
    assertThrows(OutOfMemoryError.class, () -> queue.append(copy, with)); // which closes it
    assertEquals(-Errno.EBADF, sys.close(copy));
  }
}
