package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Ancillary;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What the model kernel does not have: files, descriptors that are passed, credentials. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#natives")
class ConnectionNativeTest extends NetCase {

  @TempDir Path directory;

  private byte[] content;
  private long eventfdsOfTheLoop;

  private FileRegion file(int sizeBytes, long start, long length) throws Exception {
    content = random(sizeBytes);
    Path path = directory.resolve("file");
    Files.write(path, content);
    return FileRegion.open(sys, path, start, length);
  }

  private static boolean isOpenFile(Path path) throws Exception {
    try (var fds = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path fd : fds) {
        if (Files.isSymbolicLink(fd) && Files.readSymbolicLink(fd).equals(path)) {
          return true;
        }
      }
    }
    return false;
  }

  private void assertFileClosed() throws Exception {
    assertTrue(!isOpenFile(directory.resolve("file").toRealPath()), "the file is still open");
  }

  private Pair roomyPair() throws Exception {
    return pair(
        new Recorder(),
        options.withLowWaterBytes(1).withHighWaterBytes(1 << 16).withMaxQueuedBytes(1 << 25));
  }

  @Test
  void sendFile_betweenWrites_keepsTheOrder() throws Exception {
    Pair pair = roomyPair();
    WriteResult _ = pair.connection().write(ascii("before;"));
    WriteResult _ = pair.connection().sendFile(file(100_000, 10, 50_000));
    WriteResult _ = pair.connection().write(ascii(";after"));
    until("all", () -> pair.peer().read().size() == 7 + 50_000 + 6);
    ByteBuffer expected = ByteBuffer.allocate(50_013);
    expected.put(ascii("before;")).put(content, 10, 50_000).put(ascii(";after"));
    assertArrayEquals(expected.array(), pair.peer().bytes());
    assertFileClosed();
  }

  @Test
  void sendFile_biggerThanAllBuffers_arrivesWhole_thenCloses() throws Exception {
    Pair pair = roomyPair();
    WriteResult _ = pair.connection().sendFile(file(1 << 24, 0, 1 << 24));
    pair.connection().close();
    untilPeerIsOver(pair.peer());
    assertArrayEquals(content, pair.peer().bytes());
    assertTrue(pair.peer().isEnded());
    untilClosed(pair);
    assertFileClosed();
  }

  @Test
  void sendFile_ofNothing_isNothing() throws Exception {
    Pair pair = roomyPair();
    WriteResult _ = pair.connection().sendFile(file(10, 5, 0));
    WriteResult _ = pair.connection().write(ascii("after"));
    until("all", () -> pair.peer().read().size() == 5);
    assertFileClosed();
  }

  @Test
  void sendFile_shorterThanPromised_closesAtOnce() throws Exception {
    Pair pair = roomyPair();
    WriteResult _ = pair.connection().sendFile(file(1_000, 0, 2_000));
    untilPeerIsOver(pair.peer());
    assertEquals(1_000, pair.peer().size());
    untilClosed(pair);
    assertEquals(CloseReason.ERROR, pair.handler().cause.reason());
    assertFileClosed();
  }

  @Test
  void sendFile_whenThePeerIsGone_closesTheFile() throws Exception {
    Pair pair = roomyPair();
    WriteResult _ = pair.connection().sendFile(file(1 << 24, 0, 1 << 24));
    turn();
    pair.peer().reset();
    untilClosed(pair);
    assertEquals(CloseReason.RESET, pair.handler().cause.reason());
    assertFileClosed();
    WriteResult _ = pair.connection().sendFile(file(10, 0, 10));
    assertFileClosed();
  }

  @Test
  void file_thatIsAFifo_isRefused_andNobodyIsWaitedFor() throws Exception {
    Path fifo = directory.resolve("fifo");
    assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).inheritIO().start().waitFor());
    AtomicReference<Object> result = new AtomicReference<>();
    Thread opener =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              try (FileRegion region = FileRegion.open(sys, fifo, 0, 1)) {
                result.set(region);
              } catch (SysException e) {
                result.set(e);
              }
            });
    Deadline.forThe("answer to the opening of a FIFO").await(() -> result.get() != null);
    opener.join();
    assertTrue(result.get() instanceof SysException, () -> "opened: " + result);
    String message = ((SysException) result.get()).getMessage();
    assertTrue(message.contains(fifo.toString()), message);
    assertTrue(message.contains("not a regular file"), message);
  }

  @Test
  void descriptor_passed_works_andComesNoLaterThanItsBytes() throws Exception {
    List<Integer> received = new ArrayList<>();
    Recorder receiver = new Recorder();
    Pair pair = unixPair(new Recorder(), options);
    Connection other = Connection.adopt(loop, sys.dup(pair.peer().fd()), options, track(receiver));
    List<Raw> came = new ArrayList<>();
    other.acceptDescriptors((_, descriptor) -> {
      came.add(raw(descriptor));
      received.add(receiver.bytes.size());
    });
    int eventfd = sys.eventfd(0, Linux.EFD_CLOEXEC | Linux.EFD_NONBLOCK);
    WriteResult _ = pair.connection().write(ascii("one,"));
    WriteResult _ = pair.connection().sendDescriptor(eventfd, ascii("two,"));
    WriteResult _ = pair.connection().write(ascii("three,"));
    WriteResult _ = pair.connection().sendDescriptor(eventfd, ascii("four"));
    int _ = sys.close(eventfd);
    until("all", () -> receiver.bytes.size() == 18);
    assertEquals("one,two,three,four", receiver.text());
    assertEquals(2, came.size());
    assertTrue(received.get(0) <= "one,".length(), received.toString());
    assertTrue(received.get(1) <= "one,two,three,".length(), received.toString());
    assertTrue(openDescriptors().get(came.getFirst().fd()).contains("eventfd"));
  }

  @Test
  void pause_byWhoIsGivenADescriptor_holdsItsBytesBackToo() throws Exception {
    Recorder receiver = new Recorder();
    Pair pair = unixPair(receiver, options);
    pair.connection()
        .acceptDescriptors((connection, descriptor) -> {
          int _ = sys.close(descriptor);
          connection.pauseReading();
        });
    int eventfd = sys.eventfd(0, Linux.EFD_CLOEXEC);
    int _ = Ancillary.sendFds(sys, pair.peer().fd(), ascii("with it"), eventfd);
    int _ = sys.close(eventfd);
    until("paused", pair.connection()::isReadingPaused);
    quiet();
    assertEquals("", receiver.text());
    assertEquals(7, pair.connection().unreadBytes());
    pair.connection().resumeReading();
    until("bytes", () -> receiver.text().equals("with it"));
  }

  @Test
  void descriptors_thatNobodyAccepts_areClosed() throws Exception {
    Pair pair = unixPair(new Recorder(), options);
    int eventfd = sys.eventfd(0, Linux.EFD_CLOEXEC);
    int _ = Ancillary.sendFds(sys, pair.peer().fd(), ascii("x"), eventfd, eventfd);
    quiet();
    assertEquals("x", pair.handler().text());
    int _ = sys.close(eventfd);
    assertNoEventfd();
  }

  private void assertNoEventfd() throws Exception {
    long count = openDescriptors().values().stream().filter(s -> s.contains("eventfd")).count();
    assertEquals(eventfdsOfTheLoop, count);
  }

  @BeforeEach
  void countEventfds() {
    eventfdsOfTheLoop =
        openDescriptors().values().stream().filter(s -> s.contains("eventfd")).count();
  }

  @Test
  void descriptorHandler_thatThrowsOrCloses_leaksNone() throws Exception {
    for (boolean closes : new boolean[] {true, false}) {
      Pair pair = unixPair(new Recorder(), options);
      pair.connection()
          .acceptDescriptors((connection, descriptor) -> {
            if (!closes) {
              throw new IllegalStateException("made to fail");
            }
            int _ = sys.close(descriptor);
            connection.reset();
          });
      int eventfd = sys.eventfd(0, Linux.EFD_CLOEXEC);
      int _ = Ancillary.sendFds(sys, pair.peer().fd(), ascii("x"), eventfd, eventfd, eventfd);
      int _ = sys.close(eventfd);
      untilClosed(pair);
      assertEquals(
          closes ? CloseReason.CUT_OFF : CloseReason.HANDLER_FAILED, pair.handler().cause.reason());
      assertEquals(0, pair.handler().count("received"));
      assertNoEventfd();
    }
  }

  @Test
  void descriptor_thatCannotBeSentAnyMore_isClosed() throws Exception {
    Pair pair = unixPair(new Recorder(), options);
    int eventfd = sys.eventfd(0, Linux.EFD_CLOEXEC);
    WriteResult _ = pair.connection().sendDescriptor(eventfd, ascii("x"));
    pair.connection().reset();
    turn();
    WriteResult _ = pair.connection().sendDescriptor(eventfd, ascii("x"));
    assertThrows(
        IllegalArgumentException.class,
        () -> pair.connection().sendDescriptor(eventfd, ByteBuffer.allocate(0)));
    int _ = sys.close(eventfd);
    assertNoEventfd();
  }

  @Test
  void descriptor_thatIsNone_failsAndSendsNothing() throws Exception {
    Pair pair = unixPair(new Recorder(), options);
    SysException bad =
        assertThrows(
            SysException.class, () -> pair.connection().sendDescriptor(1 << 20, ascii("x")));
    assertEquals(Errno.EBADF, bad.errno());
    quiet();
    assertEquals(0, pair.peer().read().size());
  }

  @Test
  void descriptors_withFullBuffers_allArriveInOrder() throws Exception {
    Recorder receiver = new Recorder();
    Pair pair =
        unixPair(
            new Recorder(),
            options.withLowWaterBytes(1).withHighWaterBytes(1 << 16).withMaxQueuedBytes(1 << 25));
    Connection other = Connection.adopt(loop, sys.dup(pair.peer().fd()), options, track(receiver));
    int[] came = {0};
    other.acceptDescriptors((_, descriptor) -> {
      came[0]++;
      int _ = sys.close(descriptor);
    });
    int eventfd = sys.eventfd(0, Linux.EFD_CLOEXEC);
    byte[] big = random(100_000);
    for (int i = 0; i < 10; i++) {
      WriteResult _ = pair.connection().sendDescriptor(eventfd, ByteBuffer.wrap(big));
    }
    int _ = sys.close(eventfd);
    until("all", () -> receiver.bytes.size() == 10 * big.length);
    assertEquals(10, came[0]);
    assertNoEventfd();
  }

  @Test
  void peerCredentials_ofAPair_areOurs() throws Exception {
    Pair pair = unixPair(new Recorder(), options);
    assertEquals(ProcessHandle.current().pid(), pair.connection().peerCredentials().pid());
  }
}
