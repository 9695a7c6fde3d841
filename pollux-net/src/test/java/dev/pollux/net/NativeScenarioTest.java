package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.PathBytes;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Circumstances that only this machine's kernel has: see {@code docs/scenarios.md}. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("setups")
class NativeScenarioTest extends NetCase {

  @TempDir Path directory;

  static Stream<Setup> setups() {
    return StreamScenarioTest.setups().filter(setup -> !setup.model());
  }

  @Test
  void urgentByte_doesNotDisturbTheStream() throws Exception {
    Pair pair = pair(Recorder.echo());
    pair.peer().write("before");
    ByteBuffer urgent = ByteBuffer.allocateDirect(1).put(0, (byte) '!');
    long address = MemorySegment.ofBuffer(urgent).address();
    assertEquals(1, sys.send(pair.peer().fd(), address, 1, Linux.MSG_OOB | Linux.MSG_NOSIGNAL));
    pair.peer().write("after");
    until("echo", () -> pair.peer().read().size() >= 11);
    quiet();
    assertEquals("beforeafter", pair.peer().text(), "the urgent byte is out of band");
    assertTrue(pair.connection().isOpen());
  }

  @Test
  void connectedSocket_handedOverAUnixSocket_livesOnAtTheReceiver() throws Exception {
    Pair tcp = pair(new Recorder());
    int moved = sys.dup(tcp.connection().fd());
    tcp.connection().reset();
    untilClosed(tcp);
    Pair channel = unixPair(new Recorder(), options);
    Recorder receiver = track(new Recorder());
    Connection there = Connection.adopt(loop, sys.dup(channel.peer().fd()), options, receiver);
    Recorder worker = track(Recorder.echo());
    there.acceptDescriptors((_, descriptor) -> {
      try {
        var _ = Connection.adopt(loop, descriptor, options, worker);
      } catch (SysException e) {
        throw new UncheckedIOException(e);
      }
    });
    WriteResult _ = channel.connection().sendDescriptor(moved, ascii("a connection"));
    int _ = sys.close(moved);
    until("the worker has it", () -> worker.count("opened") == 1);
    tcp.peer().write("hello");
    until("echo", () -> tcp.peer().read().size() == 5);
    assertEquals("hello", tcp.peer().text());
    assertEquals("a connection", receiver.text());
  }

  @Test
  void connectToAPath_thatIsAPlainFile_isRefused() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    SysException refused =
        assertThrows(
            SysException.class,
            () ->
                Connection.connect(
                    loop, UnixAddress.path(file.toString()), 0, options, new Recorder()));
    assertEquals(Errno.ECONNREFUSED, refused.errno());
  }

  /** A name is bytes; these are no text. */
  @Test
  void names_thatAreNoText_areServedAndSent() throws Exception {
    Path file = directory.resolve(PathBytes.name(new byte[] {'f', (byte) 0xff}));
    Files.writeString(file, "content");
    UnixAddress path =
        UnixAddress.path(directory.resolve(PathBytes.name(new byte[] {'s', (byte) 0xfe})));
    Recorder accepted = track(new Recorder());
    accepted.onOpened =
        connection -> {
          try {
            WriteResult _ = connection.sendFile(FileRegion.open(sys, file, 0, 7));
          } catch (SysException e) {
            throw new UncheckedIOException(e);
          }
        };
    Server server = track(Server.open(loop, ServerOptions.at(path), _ -> accepted));
    assertEquals(path, server.address());
    Raw client = connectRaw(path);
    until("the file", () -> client.read().size() == 7);
    assertEquals("content", client.text());
  }

  @Test
  void server_onAPathThatIsTaken_orHasNoDirectory_fails() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    assertEquals(Errno.EADDRINUSE, listenErrno(file));
    assertEquals(Errno.ENOENT, listenErrno(directory.resolve("none/socket")));
  }

  private int listenErrno(Path path) {
    ServerOptions at = ServerOptions.at(UnixAddress.path(path.toString()));
    return assertThrows(SysException.class, () -> Server.open(loop, at, _ -> new Recorder()))
        .errno();
  }

  @Test
  void names_ofAUnixConnection_areThePathAndNothing() throws Exception {
    UnixAddress path = UnixAddress.path(directory.resolve("socket").toString());
    Recorder accepted = track(Recorder.echo());
    Server server = track(Server.open(loop, ServerOptions.at(path), _ -> accepted));
    Recorder handler = track(new Recorder());
    Connection connection = Connection.connect(loop, server.address(), 0, options, handler);
    until("opened", () -> handler.count("opened") == 1 && accepted.count("opened") == 1);
    assertEquals(path, connection.remoteAddress());
    assertEquals(UnixAddress.unnamed(), connection.localAddress());
    connection.reset();
    until("closed()", accepted::isClosed);
  }
}
