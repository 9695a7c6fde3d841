package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the model does not have: hard links, attributes that change, FIFOs, /proc. */
class NativeTest extends QueueCase {

  private static final int NAMES = Kevent.NOTE_DELETE | Kevent.NOTE_LINK | Kevent.NOTE_ATTRIB;

  private int watched(int fflags) throws Exception {
    int fd = file("a");
    change(fd, VNODE, ADD | CLEAR, fflags, 0);
    return fd;
  }

  private void assertTold(int fflags) throws Exception {
    assertEquals(1, now().size());
    assertEquals(fflags, events.fflags(0), () -> Integer.toHexString(events.fflags(0)));
    assertEquals(List.of(), now());
  }

  private Path link() throws IOException {
    return Files.createLink(folder().resolve("b"), folder().resolve("a"));
  }

  // ---- names and attributes

  @Test
  void hardLink_isALinkMore() throws Exception {
    int _ = watched(NAMES);
    Path _ = link();
    assertTold(Kevent.NOTE_LINK);
  }

  @Test
  void oneOfTwoNames_isADelete_andALinkLess() throws Exception {
    int _ = file("a");
    Path b = link();
    int _ = watched(NAMES);
    Files.delete(b);
    assertTold(Kevent.NOTE_DELETE | Kevent.NOTE_LINK);
    Files.delete(folder().resolve("a"));
    assertTold(Kevent.NOTE_DELETE);
  }

  /**
   * inotify forgets a file with the last of its names, if there was another one, though it is open.
   */
  @Test
  void bothNamesGone_whileItIsOpen_leavesItsKnotes() throws Exception {
    int _ = file("a");
    Path b = link();
    int fd = watched(NAMES | Kevent.NOTE_WRITE);
    Files.delete(folder().resolve("a"));
    Files.delete(b);
    assertEquals(1, now().size());
    assertNotEquals(0, events.fflags(0) & Kevent.NOTE_DELETE);
    write(fd, 5);
    assertEquals(1, within(LONG).size());
    assertNotEquals(0, events.fflags(0) & Kevent.NOTE_WRITE);
    change(fd, VNODE, DELETE);
  }

  @Test
  void writeByAnotherName_isTold() throws Exception {
    int _ = watched(Kevent.NOTE_WRITE);
    Path _ = link();
    write(file("b"), 1);
    assertTold(Kevent.NOTE_WRITE);
  }

  @Test
  void permissions_areAttributes() throws Exception {
    int _ = watched(NAMES);
    var _ =
        Files.setPosixFilePermissions(
            folder().resolve("a"), PosixFilePermissions.fromString("rw-------"));
    assertTold(Kevent.NOTE_ATTRIB);
  }

  @Test
  void times_areAttributes() throws Exception {
    int _ = watched(NAMES);
    var _ = Files.setLastModifiedTime(folder().resolve("a"), FileTime.fromMillis(0));
    assertTold(Kevent.NOTE_ATTRIB);
  }

  @Test
  void symbolicLink_isNoName() throws Exception {
    int _ = watched(NAMES);
    var _ = Files.createSymbolicLink(folder().resolve("s"), folder().resolve("a"));
    assertEquals(List.of(), now());
  }

  // ---- FIFOs

  private void makeFifo() throws Exception {
    Process made = new ProcessBuilder("mkfifo", folder().resolve("f").toString()).start();
    assertEquals(0, made.waitFor());
  }

  private int fifo(int flags) {
    return file("f", flags | Linux.O_NONBLOCK);
  }

  @Test
  void fifo_withoutAWriter_isQuiet() throws Exception {
    makeFifo();
    change(fifo(Linux.O_RDONLY), READ, ADD);
    assertEquals(List.of(), now());
  }

  @Test
  void fifo_saysHowMuch() throws Exception {
    makeFifo();
    int reader = fifo(Linux.O_RDONLY);
    int writer = fifo(Linux.O_WRONLY);
    change(reader, READ, ADD | CLEAR);
    write(writer, 5);
    assertEquals(List.of(readable(reader, 5)), now());
    assertEquals(List.of(), now());
  }

  @Test
  void endOfAFifo_isOver_whenAWriterComes() throws Exception {
    makeFifo();
    int reader = fifo(Linux.O_RDONLY);
    change(reader, READ, ADD);
    for (int i = 0; i < 2; i++) {
      int writer = fifo(Linux.O_WRONLY);
      assertEquals(List.of(), now());
      write(writer, 2);
      assertEquals(List.of(readable(reader, 2)), now());
      close(writer);
      assertEquals(List.of(readable(reader, 2) + " EOF"), now());
      assertEquals(2, read(reader, 9));
      assertEquals(List.of(readable(reader, 0) + " EOF"), now());
    }
  }

  @Test
  void endOfAFifosReader_isOver_whenAReaderComes() throws Exception {
    makeFifo();
    int reader = fifo(Linux.O_RDONLY);
    int writer = fifo(Linux.O_WRONLY);
    change(writer, WRITE, ADD);
    assertEquals(1, now().size());
    assertEquals(0, events.flags(0) & EOF);
    close(reader);
    assertEquals(List.of(writable(writer, 0) + " EOF"), now());
    int _ = fifo(Linux.O_RDONLY);
    assertEquals(1, now().size());
    assertEquals(0, events.flags(0) & EOF);
    assertNotEquals(0, events.data(0));
  }

  // ---- processes

  @Test
  void processThatNobodyWaitedFor_isTold_withItsStatus() throws Exception {
    // cat knows of no child, and so does not wait for it
    String script = "sleep 1000 & exec cat /dev/fd/5 - 5<<END\n$!\nEND\n";
    Process parent = new ProcessBuilder("sh", "-c", script).start();
    try (var said = parent.inputReader()) {
      int pid = Integer.parseInt(said.readLine());
      assertTrue(ProcessHandle.of(pid).orElseThrow().destroyForcibly());
      long begun = System.nanoTime();
      while (!isZombie(pid) && System.nanoTime() - begun < LONG) {
        Thread.onSpinWait();
      }
      change(pid, PROC, ADD, Kevent.NOTE_EXIT, 0);
      assertEquals(List.of("PROC " + pid + " 9 EOF"), within(LONG));
    } finally {
      var _ = parent.destroyForcibly();
    }
  }

  private static boolean isZombie(int pid) throws IOException {
    return Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
  }

  // ---- listeners

  @Test
  void listener_saysHowManyWait() throws Exception {
    int listener = listener();
    change(listener, READ, ADD);
    for (int i = 1; i <= 3; i++) {
      int _ = mine(Sockets.connecting(sys, Sockets.localAddress(sys, listener)));
      assertEquals(List.of(readable(listener, i)), within(LONG));
    }
  }
}
