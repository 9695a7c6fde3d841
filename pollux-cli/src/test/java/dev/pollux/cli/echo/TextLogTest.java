package dev.pollux.cli.echo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.poll.Backend;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.UnixAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link TextLog}: its lines, and what it does when nobody reads them. */
class TextLogTest {

  private final Sys sys = NativeSys.open();
  private int[] pipe = {};
  private @Nullable LogSink sink;

  @BeforeEach
  void open() throws Exception {
    pipe = Sockets.pipe(sys, Linux.O_NONBLOCK | Linux.O_CLOEXEC);
  }

  @AfterEach
  void close() {
    if (sink != null) {
      sink.close();
      sink = null;
    }
    for (int fd : pipe) {
      int _ = sys.close(fd);
    }
  }

  @Test
  void lines_everyEvent_readAsDocumented() {
    TextLog log = log(false);
    log.connected(7, address("127.0.0.1", 80));
    log.connected(8, address("::1", 65_535));
    log.read(7, 1);
    log.wrote(7, Integer.MAX_VALUE);
    log.secured(7, "TLSv1.3");
    log.closed(7, CloseReason.END_OF_STREAM, 0, 0, "");
    log.closed(8, CloseReason.RESET, Errno.ECONNRESET, 12, "");
    log.closed(9, CloseReason.PROTOCOL, 0, 0, "no\ncipher in common" + "!".repeat(1000));
    log.exhausted(Errno.EMFILE);
    log.recovered(10_000_000_000L);
    assertEquals("", read(), "nothing before the turn is over");
    boolean _ = log.flush();
    assertEquals(
        """
        fd 7: connected from 127.0.0.1:80
        fd 8: connected from [::1]:65535
        fd 7: read 1 byte
        fd 7: wrote 2147483647 bytes
        fd 7: TLS handshake done: TLSv1.3
        fd 7: closed: end of stream
        fd 8: closed: reset by the peer (ECONNRESET), 12 bytes unsent
        fd 9: closed: the protocol failed: no?cipher in common(more)
        cannot accept: EMFILE, too many open files in this process; connections are refused \
        until some close (see: ulimit -n)
        accepting again; refused: 10000000000
        """
            .replace("(more)", "!".repeat(181)),
        read());
  }

  /** U+010A and U+011B end in the bytes of a line's end and of ESC. */
  @Test
  void lines_withPathsBeyondAscii_areUtf8() {
    String path = "/tmp/\u010afd 8: closed: timeout\u010a\u011b[2J/\u00dcbung \ud83d\udc0e";
    TextLog log = log(false);
    log.line(EchoRun.listeningLine(UnixAddress.path(path), Backend.POLL, Trigger.LEVEL));
    log.connected(7, UnixAddress.path(path));
    log.datagram(UnixAddress.abstractName(path), "answered ", 1, "");
    boolean _ = log.flush();
    assertEquals(
        "listening on %1$s (poll, level)\nfd 7: connected from %1$s\n@%1$s: answered 1 byte\n"
            .formatted(path),
        read());
  }

  @Test
  void lines_quiet_leaveOutConnections() {
    TextLog log = log(true);
    log.connected(7, address("127.0.0.1", 80));
    log.read(7, 1);
    log.wrote(7, 1);
    log.closed(7, CloseReason.ERROR, Errno.EIO, 0, "");
    log.line("listening");
    assertEquals("listening\n", read());
  }

  /** The pipe blocks: it is as others may have it as their standard output. */
  @Test
  void flush_fullPipe_dropsWholeLinesAndSaysHowMany() throws Exception {
    close();
    pipe = Sockets.pipe(sys, Linux.O_CLOEXEC);
    int _ = sys.fcntl(pipe[0], Linux.F_SETFL, Linux.O_NONBLOCK);
    TextLog log = log(false);
    int count = 20_000; // about 400 KB, more than pipe and buffer hold
    for (int i = 0; i < count; i++) {
      log.read(i, 1);
    }
    assertFalse(log.flush(), "all is written");
    StringBuilder all = new StringBuilder();
    for (String part = read(); !part.isEmpty(); part = read()) {
      all.append(part);
      boolean _ = log.flush();
    }
    assertTrue(log.flush(), "something is left");
    String[] lines = all.toString().split("\n", -1);
    int whole = lines.length - 2;
    assertTrue(whole > 1000 && whole < count, "lines: " + whole);
    for (int i = 0; i < whole; i++) {
      assertEquals("fd " + i + ": read 1 byte", lines[i]);
    }
    String notice = " lines were left out here: standard output is read too slowly";
    assertEquals((count - whole) + notice, lines[whole]);
  }

  @Test
  void flush_socketThatIsFull_dropsWholeLines() throws Exception {
    close();
    pipe = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    int _ = sys.fcntl(pipe[1], Linux.F_SETFL, 0);
    TextLog log = log(false);
    for (int i = 0; i < 100_000; i++) {
      log.read(i, 1);
    }
    assertFalse(log.flush(), "all is written");
  }

  @Test
  void flush_readerGone_fallsSilent() throws Exception {
    LogSink silent = openSink(sys);
    TextLog log = new TextLog(silent, false);
    int _ = sys.close(pipe[0]);
    pipe = new int[] {pipe[1]};
    log.line("nobody hears this");
    for (int i = 0; i < 20_000; i++) {
      log.read(i, 1);
    }
    boolean _ = log.flush();
    close();
    assertTrue(silent.isComplete(), "nobody misses anything");
  }

  /** A terminal whose window was closed has no reader; elsewhere the same error is a loss. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void flush_inputOutputError_isALossUnlessATerminalIsGone(boolean terminal) {
    FaultySys gone = new FaultySys().fail("write", Errno.EIO);
    gone.on("ioctl", (_, _) -> terminal ? 0 : -Errno.ENOTTY);
    LogSink silent = openSink(gone.sys());
    new TextLog(silent, false).line("nobody sees this");
    close();
    assertEquals(terminal, silent.isComplete());
  }

  @Test
  void flush_fullDisk_isTriedAgainAndLosesNothingThatFits() {
    FaultySys disk = new FaultySys().fail("write", Errno.ENOSPC);
    LogSink full = openSink(disk.sys());
    TextLog log = new TextLog(full, false);
    log.line("first");
    log.read(7, 1);
    assertFalse(log.flush(), "all is written");
    disk.heal("write");
    assertTrue(log.flush(), "something is left");
    full.close();
    assertEquals("first\nfd 7: read 1 byte\n", read());
    assertTrue(full.isComplete());
  }

  @Test
  void flush_fullDiskForLong_saysHowManyLinesItCost() {
    FaultySys disk = new FaultySys().fail("write", Errno.ENOSPC);
    LogSink full = openSink(disk.sys());
    TextLog log = new TextLog(full, false);
    int count = 20_000;
    for (int i = 0; i < count; i++) {
      log.read(i, 1);
    }
    assertFalse(log.flush(), "all is written");
    disk.heal("write");
    String notice = " lines were left out here: standard output ";
    String[] lines = readAll(log);
    int whole = lines.length - 2;
    assertEquals((count - whole) + notice + "could not be written", lines[whole]);
    for (int i = 0; i < count; i++) {
      log.read(i, 1);
    }
    lines = readAll(log); // what a reader has cost since is another matter
    whole = lines.length - 2;
    assertEquals((count - whole) + notice + "is read too slowly", lines[whole]);
    full.close();
    assertFalse(full.isComplete());
  }

  @Test
  void close_onAFullDisk_knowsThatSomethingIsMissing() {
    LogSink full = openSink(new FaultySys().fail("write", Errno.ENOSPC).sys());
    new TextLog(full, false).line("first");
    full.close();
    assertFalse(full.isComplete());
  }

  private String[] readAll(TextLog log) {
    StringBuilder all = new StringBuilder();
    boolean written = false;
    while (!written) {
      written = log.flush();
      all.append(read());
    }
    return all.toString().split("\n", -1);
  }

  private TextLog log(boolean quiet) {
    return new TextLog(openSink(sys), quiet);
  }

  private LogSink openSink(Sys kernel) {
    LogSink opened = LogSink.open(kernel, pipe[1]);
    sink = opened;
    return opened;
  }

  private static InetSocketAddress address(String host, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(host), port);
  }

  private String read() {
    IoBuffer buffer = IoBuffer.allocate(1 << 16);
    int n = Math.max(0, buffer.read(sys, pipe[0]));
    byte[] bytes = new byte[n];
    buffer.buffer().get(0, bytes);
    return new String(bytes, UTF_8);
  }
}
