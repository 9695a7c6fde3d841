package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What sendfile does, on any kernel. */
abstract class SendfileContract {

  private static final String TEXT = "hello, world";
  private static final int BIG = 8 << 20;

  final Box box = new Box(sys());
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment offset = arena.allocate(JAVA_LONG);
  @TempDir Path folder;

  abstract Sys sys();

  private int small;

  @BeforeEach
  void putFile() throws IOException {
    small = file("small", TEXT.getBytes(US_ASCII));
  }

  @AfterEach
  void closeAll() {
    box.close();
    arena.close();
  }

  /** A descriptor of a new file with this content. */
  private int file(String name, byte[] content) throws IOException {
    Path path = folder.resolve(name);
    if (box.sys instanceof ModelSys model) {
      model.putFile(path.toString(), content);
    } else {
      Files.write(path, content);
    }
    return open(path.toString());
  }

  private int open(String path) {
    return box.keep(
        box.sys.open(arena.allocateFrom(path).address(), Linux.O_RDONLY | Linux.O_CLOEXEC, 0));
  }

  private int send(int out, int in, long count) {
    return box.sys.sendfile(out, in, 0, count);
  }

  private int sendAt(int out, int in, long from, long count) {
    offset.set(JAVA_LONG, 0, from);
    return box.sys.sendfile(out, in, offset.address(), count);
  }

  @Test
  void sendfile_fromTheFilesPosition_movesIt() {
    int[] pair = box.unixPair();
    assertEquals(5, send(pair[0], small, 5));
    assertEquals("'hello'", box.read(pair[1], 99));
    assertEquals("', '", box.read(small, 2));
    assertEquals(5, send(pair[0], small, 99));
    assertEquals("'world'", box.read(pair[1], 99));
    assertEquals(0, send(pair[0], small, 99));
  }

  @Test
  void sendfile_fromAnOffset_movesThatOnly() {
    int[] pair = box.tcpPair();
    assertEquals(4, sendAt(pair[0], small, 7, 4));
    assertEquals(11, offset.get(JAVA_LONG, 0));
    box.awaitMask(pair[1], Linux.POLLIN);
    assertEquals("'worl'", box.read(pair[1], 99));
    assertEquals("'hel'", box.read(small, 3));
    assertEquals(0, sendAt(pair[0], small, 12, 4));
    assertEquals(0, sendAt(pair[0], small, 999, 4));
    assertEquals(999, offset.get(JAVA_LONG, 0));
    assertEquals("EINVAL", Box.say(sendAt(pair[0], small, -1, 4)));
    assertEquals("EINVAL", Box.say(send(pair[0], small, -1)));
    assertEquals(0, send(pair[0], small, 0));
  }

  @Test
  void sendfile_toAPipe_arrives() {
    int[] pipe = box.pipe();
    assertEquals(12, send(pipe[1], small, 99));
    assertEquals("'hello, world'", box.read(pipe[0], 99));
  }

  @Test
  void sendfile_largeToAnyStream_isCutShortThenRefused() throws IOException {
    int big = file("big", new byte[BIG]);
    for (int[] pair : new int[][] {box.tcpPair(), box.unixPair(), swapped(box.pipe())}) {
      long total = 0;
      int result = sendAt(pair[0], big, 0, BIG);
      while (result > 0) {
        total += result;
        result = sendAt(pair[0], big, 0, BIG);
      }
      assertEquals("EAGAIN", Box.say(result));
      assertEquals(0, offset.get(JAVA_LONG, 0)); // an error moves nothing
      assertTrue(total >= 1 << 15, "only " + total);
      long received = 0;
      while (received < total) {
        box.awaitMask(pair[1], Linux.POLLIN);
        received += box.readSome(pair[1], 1 << 16);
      }
      assertEquals(total, received);
    }
  }

  private static int[] swapped(int[] pair) {
    return new int[] {pair[1], pair[0]};
  }

  @Test
  void sendfile_peerGone_isAnError() {
    int[] pair = box.unixPair();
    box.close(pair[1]);
    assertEquals("EPIPE", Box.say(send(pair[0], small, 5)));
    assertEquals("'hello'", box.read(small, 5)); // nothing was taken
  }

  @Test
  void sendfile_wrongDescriptors_areErrors() {
    int[] pipe = box.pipe();
    int[] pair = box.unixPair();
    assertEquals("EBADF", Box.say(send(-1, small, 5)));
    assertEquals("EBADF", Box.say(send(pair[0], -1, 5)));
    assertEquals("EBADF", Box.say(send(small, small, 5)));
    assertEquals("EBADF", Box.say(send(pair[0], pipe[1], 5)));
    assertEquals("EINVAL", Box.say(send(pair[0], pair[1], 5)));
    assertEquals("ESPIPE", Box.say(sendAt(pair[0], pair[1], 0, 5)));
    assertEquals("EINVAL", Box.say(send(pair[0], open("/"), 5)));
  }

  @Test
  void sendfile_toNull_isSwallowed() {
    int out =
        box.keep(
            box.sys.open(
                arena.allocateFrom("/dev/null").address(), Linux.O_WRONLY | Linux.O_CLOEXEC, 0));
    assertEquals(12, send(out, small, 99));
  }
}
