package dev.pollux.http.log;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The way of lines to what they are written to: slow, broken, renamed, closed. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AccessLogTest {

  private static final AccessLogFormat FORMAT = AccessLogFormat.COMMON;
  private static final HttpHandler HELLO = (_, response) -> response.send("Hello");
  private static final long PATIENCE_NANOS = 30_000_000_000L; // 30 s
  private static final int QUEUE_BYTES = 1 << 12;

  private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();

  /** Takes what is written, unless it is to wait, or to fail in the middle. */
  private static final class Sink extends OutputStream {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private CountDownLatch open = new CountDownLatch(0);
    private final CountDownLatch reached = new CountDownLatch(1);
    private @Nullable Throwable failure;
    private boolean failsNotices = true;
    private boolean isClosed;

    @Override
    public void write(int octet) {
      throw new AssertionError("one by one");
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      reached.countDown();
      awaitOpen();
      synchronized (this) {
        boolean isNotice = new String(bytes, from, count, ISO_8859_1).strip().startsWith("#");
        boolean fails = failsNotices || !isNotice;
        if (fails && failure instanceof IOException e) {
          taken.write(bytes, from, count / 2);
          throw e;
        } else if (fails && failure instanceof RuntimeException e) {
          throw e;
        } else if (fails && failure instanceof Error e) {
          throw e;
        }
        taken.write(bytes, from, count);
      }
    }

    private void awaitOpen() throws IOException {
      CountDownLatch latch;
      synchronized (this) {
        latch = open;
      }
      try {
        assertTrue(latch.await(PATIENCE_NANOS, TimeUnit.NANOSECONDS));
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    synchronized void shut() {
      open = new CountDownLatch(1);
    }

    synchronized void open() {
      open.countDown();
    }

    synchronized void failWith(@Nullable Throwable e) {
      failure = e;
    }

    synchronized List<String> lines() {
      return taken.toString(ISO_8859_1).lines().toList();
    }

    @Override
    public synchronized void close() {
      isClosed = true;
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - deadline < 0, what);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static String get(String target) {
    return LogWire.GET.replace(" / ", " " + target + " ");
  }

  private static void ask(LogWire wire, int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      String answer = wire.ask(get("/" + i));
      assertTrue(answer.endsWith("Hello"), answer);
    }
  }

  /** The numbers of the lines, each of which is a whole one. */
  private static List<Integer> numbers(List<String> lines) {
    return lines.stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> {
          assertTrue(line.matches("unix - - \\[.*\\] \"GET /\\d+ HTTP/1.1\" 200 5"), line);
          return Integer.parseInt(line.replaceAll(".*GET /(\\d+) .*", "$1"));
        })
        .toList();
  }

  private static List<Integer> range(int from, int to) {
    return java.util.stream.IntStream.range(from, to).boxed().toList();
  }

  private static long lost(List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith("#"))
        .mapToLong(line -> {
          assertTrue(line.matches("# \\d+ lines were lost"), line);
          return Long.parseLong(line.split(" ", -1)[1]);
        })
        .sum();
  }

  @Test
  void lines_areWrittenInOrder_andAllByTheClose() throws Exception {
    Sink sink = new Sink();
    AccessLog log = AccessLog.to(sink, FORMAT, problems::add);
    try (LogWire wire = new LogWire(log, HELLO)) {
      ask(wire, 0, 500);
    }
    log.close();
    assertEquals(range(0, 500), numbers(sink.lines()));
    assertEquals(0, log.lostLines());
    log.close();
    assertFalse(sink.isClosed, "it is somebody else's");
    assertEquals(List.of(), List.copyOf(problems));
  }

  /** A line is written without another one, or the close, behind it. */
  @Test
  void line_isWrittenSoon() throws Exception {
    Sink sink = new Sink();
    try (AccessLog log = AccessLog.to(sink, FORMAT, problems::add);
        LogWire wire = new LogWire(log, HELLO)) {
      for (int i = 0; i < 50; i++) {
        ask(wire, i, i + 1);
        int now = i + 1;
        await("line " + i, () -> sink.lines().size() == now);
      }
    }
  }

  @Test
  void sink_thatBlocks_letsRequestsGoOn_andSaysHowManyWereLost() throws Exception {
    Sink sink = new Sink();
    sink.shut();
    AccessLog log = AccessLog.to(new StreamTarget(sink), FORMAT, QUEUE_BYTES, problems::add);
    try (LogWire wire = new LogWire(log, HELLO)) {
      ask(wire, 0, 1);
      assertTrue(sink.reached.await(PATIENCE_NANOS, TimeUnit.NANOSECONDS));
      ask(wire, 1, 500);
      assertTrue(log.lostLines() > 0);
      sink.open();
      await("the line", () -> sink.lines().stream().anyMatch(line -> line.startsWith("#")));
      ask(wire, 500, 510);
    }
    log.close();
    List<String> lines = sink.lines();
    List<Integer> numbers = numbers(lines);
    assertEquals(1, lines.stream().filter(line -> line.startsWith("#")).count());
    assertEquals(log.lostLines(), lost(lines));
    assertEquals(510, numbers.size() + log.lostLines());
    assertEquals(range(500, 510), numbers.subList(numbers.size() - 10, numbers.size()));
    assertEquals(List.of(), List.copyOf(problems));
  }

  @Test
  void sink_thatBlocksForEver_doesNotHoldTheClose() throws Exception {
    Sink sink = new Sink();
    sink.shut();
    AccessLog log = AccessLog.to(new StreamTarget(sink), FORMAT, QUEUE_BYTES, problems::add);
    try (LogWire wire = new LogWire(log, HELLO)) {
      ask(wire, 0, 10);
      assertTrue(sink.reached.await(PATIENCE_NANOS, TimeUnit.NANOSECONDS));
    }
    log.close();
    assertEquals(
        List.of("the access log was closed before all of it was written"), List.copyOf(problems));
    sink.open();
  }

  private void fail(Throwable failure, String said) throws Exception {
    Sink sink = new Sink();
    AccessLog log = AccessLog.to(sink, FORMAT, problems::add);
    try (LogWire wire = new LogWire(log, HELLO)) {
      ask(wire, 0, 10);
      await("lines", () -> sink.lines().size() == 10);
      sink.failWith(failure);
      ask(wire, 10, 15);
      await("a failure", () -> log.lostLines() > 0);
      ask(wire, 15, 20);
      assertEquals(List.of("the access log cannot be written: " + said), List.copyOf(problems));
      sink.failWith(null);
      ask(wire, 20, 30);
    }
    log.close();
    int lost = (int) log.lostLines();
    assertTrue(lost <= 10, "lost " + lost);
    assertEquals(
        List.of(
            "the access log cannot be written: " + said,
            "the access log is written again; " + lost + " lines were lost"),
        List.copyOf(problems));
    List<String> lines = sink.lines();
    assertEquals(range(0, 10), numbers(lines.subList(0, 10)));
    int notice = lines.indexOf("# " + lost + " lines were lost");
    assertTrue(notice >= 10, lines.toString());
    assertEquals(range(10 + lost, 30), numbers(lines.subList(notice, lines.size())));
  }

  /** A part of what it was given was written: the line behind it is whole. */
  @Test
  void sink_thatFails_isTriedAgain_andLinesAreWhole() throws Exception {
    fail(new IOException("planted"), "planted");
  }

  @Test
  void sink_thatFailsInAWayOfItsOwn_isTriedAgain() throws Exception {
    fail(new IllegalStateException("planted"), "planted");
  }

  @Test
  void sink_withoutMemory_isTriedAgain() throws Exception {
    fail(new OutOfMemoryError("planted"), "java.lang.OutOfMemoryError: planted");
  }

  /** What was written before the piece that fails is not lost. */
  @Test
  void sink_thatFailsInAPiece_losesNoMoreThanThat() throws Exception {
    Sink sink = new Sink();
    sink.shut();
    AccessLog log = AccessLog.to(sink, FORMAT, problems::add);
    int count = 2000;
    try (LogWire wire = new LogWire(log, HELLO)) {
      ask(wire, 0, 1);
      assertTrue(sink.reached.await(PATIENCE_NANOS, TimeUnit.NANOSECONDS));
      ask(wire, 1, count); // which are taken together
      sink.failWith(new IOException("planted"));
      sink.open();
      await("a failure", () -> log.lostLines() > 0);
      sink.failWith(null);
    }
    log.close();
    long lost = log.lostLines();
    assertTrue(lost * 60 <= StreamTarget.PIECE_BYTES, "lost " + lost); // a line has more than 60
    List<String> lines = sink.lines();
    int notice = lines.indexOf("# " + lost + " lines were lost");
    assertTrue(notice >= 0);
    assertEquals(
        range((int) lost, count), numbers(lines.subList(notice, lines.size())), "those behind");
  }

  /** What a line of the log has said is not said again, though those behind it are lost. */
  @Test
  void sink_thatFailsBehindANotice_saysEachLossOnce() throws Exception {
    Sink sink = new Sink();
    sink.failsNotices = false;
    sink.failWith(new IOException("planted"));
    AccessLog log = AccessLog.to(sink, FORMAT, problems::add);
    try (LogWire wire = new LogWire(log, HELLO)) {
      for (int i = 0; i < 5; i++) {
        int lost = i + 1;
        ask(wire, i, lost);
        await("a failure", () -> log.lostLines() == lost);
      }
      sink.failWith(null);
      ask(wire, 5, 6);
    }
    log.close();
    int said =
        sink.lines().stream()
            .filter(line -> line.startsWith("# "))
            .mapToInt(line -> Integer.parseInt(line.split(" ", -1)[1]))
            .sum();
    assertEquals(5, said, sink.lines().toString());
  }

  @Test
  void problems_thatThrow_doNotEndIt() throws Exception {
    Sink sink = new Sink();
    sink.failWith(new IOException("planted"));
    AccessLog log =
        AccessLog.to(
            sink,
            FORMAT,
            problem -> {
              problems.add(problem);
              throw new IllegalStateException("planted: shown on standard error");
            });
    try (LogWire wire = new LogWire(log, HELLO)) {
      ask(wire, 0, 1);
      await("a failure", () -> log.lostLines() == 1);
      sink.failWith(null);
      ask(wire, 1, 3);
      await("lines", () -> sink.lines().size() >= 3);
    }
    log.close();
    assertEquals(2, problems.size());
  }

  @Test
  void lines_ofSeveralLoops_areWhole() throws Exception {
    Sink sink = new Sink();
    AccessLog log = AccessLog.to(sink, FORMAT, problems::add);
    Thread[] threads = new Thread[4];
    ConcurrentLinkedQueue<Throwable> thrown = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < threads.length; i++) {
      int first = i * 1000;
      threads[i] =
          Thread.ofPlatform()
              .start(() -> {
                try (LogWire wire = new LogWire(log, HELLO)) {
                  ask(wire, first, first + 1000);
                } catch (Throwable t) {
                  thrown.add(t);
                }
              });
    }
    for (Thread thread : threads) {
      thread.join();
    }
    log.close();
    assertEquals(List.of(), List.copyOf(thrown));
    assertEquals(range(0, 4000), numbers(sink.lines()).stream().sorted().toList());
  }

  // ---- files

  @Test
  void file_isMadeForItsOwner_andGoesOn(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("access.log");
    for (int run = 0; run < 2; run++) {
      try (AccessLog log = AccessLog.toFile(file, FORMAT, problems::add);
          LogWire wire = new LogWire(log, HELLO)) {
        ask(wire, 10 * run, 10 * run + 10);
      }
    }
    assertEquals(range(0, 20), numbers(Files.readAllLines(file)));
    String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    assertTrue(mode.startsWith("rw-") && mode.endsWith("---"), mode);
  }

  @Test
  void file_renamedAndReopened_losesNothing(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("access.log");
    int rounds = 20;
    try (AccessLog log = AccessLog.toFile(file, FORMAT, problems::add);
        LogWire wire = new LogWire(log, HELLO)) {
      for (int i = 0; i < rounds; i++) {
        ask(wire, 100 * i, 100 * i + 60);
        Files.move(file, folder.resolve("access.log." + i));
        ask(wire, 100 * i + 60, 100 * i + 80);
        log.reopen();
        ask(wire, 100 * i + 80, 100 * i + 100);
        await("a new file", () -> Files.exists(file));
      }
    }
    List<Integer> all = new java.util.ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      all.addAll(numbers(Files.readAllLines(folder.resolve("access.log." + i))));
    }
    all.addAll(numbers(Files.readAllLines(file)));
    assertEquals(range(0, 100 * rounds), all);
    assertEquals(List.of(), List.copyOf(problems));
  }

  @Test
  void file_thatCannotBeReopened_isWrittenOn(@TempDir Path folder) throws Exception {
    Path inner = Files.createDirectory(folder.resolve("logs"));
    Path file = inner.resolve("access.log");
    try (AccessLog log = AccessLog.toFile(file, FORMAT, problems::add);
        LogWire wire = new LogWire(log, HELLO)) {
      ask(wire, 0, 10);
      Files.move(inner, folder.resolve("moved"));
      log.reopen();
      await("a problem", () -> problems.size() == 1);
      ask(wire, 10, 20);
    }
    assertEquals(
        List.of(
            "the access log cannot be opened again, and goes on where it is: "
                + "open("
                + file
                + "): ENOENT (2) its folder is not there"),
        List.copyOf(problems));
    assertEquals(range(0, 20), numbers(Files.readAllLines(folder.resolve("moved/access.log"))));
  }

  @Test
  void file_thatCannotBeOpened_saysWhy(@TempDir Path folder) {
    IOException none =
        assertThrows(
            IOException.class,
            () -> AccessLog.toFile(folder.resolve("none/a.log"), FORMAT, problems::add));
    assertTrue(
        none.getMessage().endsWith("none/a.log): ENOENT (2) its folder is not there"), none + "");
    IOException isFolder =
        assertThrows(IOException.class, () -> AccessLog.toFile(folder, FORMAT, problems::add));
    assertTrue(isFolder.getMessage().contains(": "), isFolder.toString());
  }

  @Test
  void file_withoutRoom_isSaidAndCounted() throws Exception {
    AccessLog log = AccessLog.toFile(Path.of("/dev/full"), FORMAT, problems::add);
    try (LogWire wire = new LogWire(log, HELLO)) {
      ask(wire, 0, 10);
    }
    log.close();
    assertEquals(10, log.lostLines());
    List<String> said = List.copyOf(problems);
    assertEquals(2, said.size(), said.toString());
    assertTrue(said.getFirst().startsWith("the access log cannot be written: "), said + "");
    assertTrue(said.getFirst().contains("ENOSPC"), said.toString());
    assertEquals(
        "the access log ends without its last 10 lines, as nobody takes them", said.getLast());
  }

  @Test
  void client_thatIsGone_is499() throws Exception {
    Sink sink = new Sink();
    AccessLog log = AccessLog.to(sink, FORMAT, problems::add);
    HttpHandler half =
        (_, response) -> {
          var _ = response.later();
          response.write("abc");
        };
    try (LogWire wire = new LogWire(log, half)) {
      String _ = wire.ask(LogWire.GET);
      wire.connection.reset();
      wire.turn();
    }
    log.close();
    assertEquals(1, sink.lines().size());
    assertTrue(sink.lines().getFirst().endsWith("\"GET / HTTP/1.1\" 499 3"), sink.lines() + "");
  }

  @Test
  void client_thatGoesInAHead_is499_withWhatWasSeen() throws Exception {
    Sink sink = new Sink();
    AccessLog log = AccessLog.to(sink, FORMAT, problems::add);
    try (LogWire wire = new LogWire(log, HELLO)) {
      wire.tell("GET /half HTTP/1.1\r\nHost: a");
      wire.turn();
      wire.connection.reset();
      wire.turn();
    }
    log.close();
    assertEquals(1, sink.lines().size());
    assertTrue(sink.lines().getFirst().endsWith("\"GET /half HTTP/1.1\" 499 0"), sink.lines() + "");
  }
}
