package dev.pollux.http.log;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.pollux.http.HttpContent;
import dev.pollux.http.HttpHandler;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What takes a part of the lines, or none for a while: a disk, a pipe, a file that is renamed. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LogTargetTest {

  private static final AccessLogFormat FORMAT = AccessLogFormat.COMMON;
  private static final HttpHandler HELLO = (_, response) -> response.send("Hello");
  private static final HttpContent CONTENT = HttpContent.text("Hello");
  private static final HttpHandler HELLO_MADE = (_, response) -> response.send(CONTENT);
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final long PATIENCE_NANOS = 30_000_000_000L; // 30 s
  private static final int QUEUE_BYTES = 1 << 12;
  private static final int MOST_LINES = 1_000_000;

  private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();

  /** A disk with so much room, in files that are opened one after the other. */
  private static final class Disk implements LogTarget {
    private final List<ByteArrayOutputStream> files =
        new ArrayList<>(List.of(new ByteArrayOutputStream()));
    private int room;
    private int refusals;

    @Override
    public synchronized void reopen() {
      files.add(new ByteArrayOutputStream());
    }

    @Override
    public synchronized void write(ByteBuffer lines) throws IOException {
      if (room == 0) {
        refusals++;
        throw new IOException("full");
      }
      int count = Math.min(room, Math.min(lines.remaining(), 7));
      files.getLast().write(lines.array(), lines.arrayOffset() + lines.position(), count);
      var _ = lines.position(lines.position() + count);
      room -= count;
    }

    @Override
    public void close() {}

    synchronized void setRoom(int bytes) {
      room = bytes;
    }

    synchronized int room() {
      return room;
    }

    synchronized int refusals() {
      return refusals;
    }

    synchronized String text(int file) {
      return files.get(file).toString(ISO_8859_1);
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - deadline < 0, what);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static void ask(LogWire wire, int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      String answer = wire.ask(LogWire.GET.replace(" / ", " /" + i + " "));
      assertTrue(answer.endsWith("Hello"), answer);
    }
  }

  /** The numbers of the lines, each of which is a whole one; those that were lost are noted. */
  private static List<Integer> numbers(String text, List<Integer> lost) {
    assertTrue(text.endsWith("\n"), text);
    List<Integer> numbers = new ArrayList<>();
    text.lines()
        .forEach(line -> {
          if (line.matches("# \\d+ lines were lost")) {
            lost.add(Integer.valueOf(line.split(" ", -1)[1]));
          } else {
            assertTrue(line.matches("unix - - \\[.*\\] \"GET /\\d+ HTTP/1.1\" 200 5"), line);
            numbers.add(Integer.valueOf(line.replaceAll(".*GET /(\\d+) .*", "$1")));
          }
        });
    return numbers;
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  @Test
  void disk_fullForAWhile_losesNothing_toTheByte() throws Exception {
    Disk disk = new Disk();
    AccessLog log = AccessLog.to(disk, FORMAT, 1 << 20, problems::add);
    try (LogWire wire = new LogWire(log, HELLO)) {
      for (int round = 0; round < 5; round++) {
        int refusals = disk.refusals();
        ask(wire, 20 * round, 20 * round + 20);
        await("a refusal", () -> disk.refusals() > refusals);
        disk.setRoom(500 + round); // in the middle of a line
        await("a full disk", () -> disk.room() == 0);
      }
      disk.setRoom(1 << 20);
    }
    log.close();
    List<Integer> lost = new ArrayList<>();
    assertEquals(range(0, 100), numbers(disk.text(0), lost));
    assertEquals(List.of(), lost);
    assertEquals(0, log.lostLines());
    assertEquals("the access log cannot be written: full", problems.peek());
  }

  @Test
  void disk_fullForLong_losesWhatHasNoRoom_andCountsIt() throws Exception {
    Disk disk = new Disk();
    AccessLog log = AccessLog.to(disk, FORMAT, QUEUE_BYTES, problems::add);
    try (LogWire wire = new LogWire(log, HELLO)) {
      ask(wire, 0, 1);
      await("a refusal", () -> disk.refusals() > 0);
      ask(wire, 1, 300);
      await("a full queue", () -> log.lostLines() > 0);
      disk.setRoom(1 << 20);
      await("what was in the queue", () -> problems.size() == 2);
      ask(wire, 300, 310);
    }
    log.close();
    List<Integer> lost = new ArrayList<>();
    List<Integer> numbers = numbers(disk.text(0), lost);
    assertEquals(310, numbers.size() + log.lostLines());
    assertEquals(log.lostLines(), lost.stream().mapToInt(Integer::intValue).sum());
    assertEquals(range(300, 310), numbers.subList(numbers.size() - 10, numbers.size()));
    assertEquals(
        List.of(
            "the access log cannot be written: full",
            "the access log is written again; " + log.lostLines() + " lines were lost"),
        List.copyOf(problems));
  }

  @Test
  void disk_fullAtTheEnd_isNotWaitedFor_andCounted() throws Exception {
    Disk disk = new Disk();
    AccessLog log = AccessLog.to(disk, FORMAT, 1 << 20, problems::add);
    disk.setRoom(100); // a line, and a part of one
    try (LogWire wire = new LogWire(log, HELLO)) {
      ask(wire, 0, 10);
    }
    log.close();
    assertEquals(9, log.lostLines());
    assertEquals(1, disk.text(0).lines().filter(line -> line.endsWith(" 200 5")).count());
    assertEquals(2, problems.size(), problems.toString());
    log.close();
  }

  /** The line that was begun in the old file is whole in the new one. */
  @Test
  void file_reopenedInALine_hasThatAgain() throws Exception {
    Disk disk = new Disk();
    AccessLog log = AccessLog.to(disk, FORMAT, 1 << 20, problems::add);
    disk.setRoom(100);
    try (LogWire wire = new LogWire(log, HELLO)) {
      ask(wire, 0, 10);
      await("a full disk", () -> disk.refusals() > 0);
      log.reopen();
      disk.setRoom(1 << 20);
    }
    log.close();
    int whole = (int) disk.text(0).chars().filter(c -> c == '\n').count();
    assertTrue(!disk.text(0).endsWith("\n"), "in the middle of a line");
    assertEquals(range(whole, 10), numbers(disk.text(1), new ArrayList<>()));
    assertEquals(0, log.lostLines());
  }

  // ---- pipes

  private static Path fifo(Path folder) throws Exception {
    Path fifo = folder.resolve("fifo");
    Process made = new ProcessBuilder("mkfifo", fifo.toString()).start();
    assertEquals(0, made.waitFor());
    return fifo;
  }

  /** Opens it to read, which waits for nobody as it opens it to write, too. */
  private static InputStream reader(Path fifo) throws IOException {
    return new FileInputStream(new RandomAccessFile(fifo.toFile(), "rw").getFD());
  }

  @Test
  void fifo_withoutReader_isRefused_atOnce(@TempDir Path folder) throws Exception {
    Path fifo = fifo(folder);
    IOException thrown =
        assertThrows(IOException.class, () -> AccessLog.toFile(fifo, FORMAT, problems::add));
    assertTrue(thrown.getMessage().contains("a FIFO that nobody reads"), thrown.getMessage());
    assertTrue(thrown.getMessage().contains(fifo.toString()), thrown.getMessage());
  }

  @Test
  void fifo_whoseReaderSleeps_keepsNoRequest_andItsLossesAreCounted(@TempDir Path folder)
      throws Exception {
    Path fifo = fifo(folder);
    StringBuilder text = new StringBuilder();
    long lostLines;
    int asked = 0;
    try (InputStream reader = reader(fifo)) {
      LogTarget target = FileTarget.of(dev.pollux.sys.NativeSys.open(), fifo);
      AccessLog log = AccessLog.to(target, FORMAT, QUEUE_BYTES, problems::add);
      try (LogWire wire = new LogWire(log, HELLO)) {
        while (problems.isEmpty() && asked < MOST_LINES) { // until the 64 KiB of the pipe are full
          ask(wire, asked, asked + 100);
          asked += 100;
        }
        assertEquals("the access log is not taken as fast as its lines come", problems.peek());
        while (problems.size() < 2) {
          read(reader, text);
        }
        ask(wire, asked, asked + 10);
      }
      log.close();
      read(reader, text);
      lostLines = log.lostLines();
    }
    List<Integer> lost = new ArrayList<>();
    List<Integer> numbers = numbers(text.toString(), lost);
    assertTrue(lostLines > 0);
    assertEquals(asked + 10, numbers.size() + lostLines);
    assertEquals(lostLines, lost.stream().mapToInt(Integer::intValue).sum());
    assertEquals(range(asked, asked + 10), numbers.subList(numbers.size() - 10, numbers.size()));
  }

  private static void read(InputStream reader, StringBuilder text) throws IOException {
    while (reader.available() > 0) {
      text.append(new String(reader.readNBytes(reader.available()), ISO_8859_1));
    }
    LockSupport.parkNanos(1_000_000);
  }

  @Test
  void fifo_whoseReaderSleeps_doesNotHoldTheClose_andTheRestIsCounted(@TempDir Path folder)
      throws Exception {
    Path fifo = fifo(folder);
    try (InputStream reader = reader(fifo)) {
      AccessLog log = AccessLog.toFile(fifo, FORMAT, problems::add);
      try (LogWire wire = new LogWire(log, HELLO)) {
        ask(wire, 0, 3000);
      }
      log.close();
      StringBuilder text = new StringBuilder();
      read(reader, text);
      long written = text.chars().filter(c -> c == '\n').count();
      assertEquals(3000, written + log.lostLines());
      assertTrue(
          problems.peek().startsWith("the access log ends without its last "), problems + "");
    }
  }

  @Test
  void fifo_whoseReaderGoes_isTriedAgain_untilAnotherComes(@TempDir Path folder) throws Exception {
    Path fifo = fifo(folder);
    InputStream first = reader(fifo);
    AccessLog log = AccessLog.toFile(fifo, FORMAT, problems::add);
    try (LogWire wire = new LogWire(log, HELLO)) {
      ask(wire, 0, 1);
      await("a line", () -> isThere(first));
      read(first, new StringBuilder()); // else the next one is given it, as the pipe is the same
      first.close();
      ask(wire, 1, 2);
      await("a problem", () -> problems.size() == 1);
      assertTrue(problems.peek().contains("EPIPE"), problems.peek());
      try (InputStream second = reader(fifo)) {
        await("a line", () -> isThere(second));
        StringBuilder text = new StringBuilder();
        read(second, text);
        assertEquals(List.of(1), numbers(text.toString(), new ArrayList<>()));
      }
    }
    log.close();
    assertEquals(0, log.lostLines());
  }

  /** But for the text of the fields of a request, which is made when it is asked for. */
  @Test
  void lines_allocateNothing_ofTheirOwn() throws Exception {
    String agent = "User-Agent: curl/8.5.0\r\nReferer: http://localhost/\r\n";
    byte[] request = ("GET /a HTTP/1.1\r\nHost: a\r\n" + agent + "\r\n").getBytes(ISO_8859_1);
    for (AccessLogFormat format : AccessLogFormat.values()) {
      AccessLog log = AccessLog.toFile(Path.of("/dev/null"), format, problems::add);
      try (LogWire wire = new LogWire(log, HELLO_MADE)) {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20 && least > 0; round++) { // until it is compiled
          long before = THREADS.getCurrentThreadAllocatedBytes();
          for (int i = 0; i < 2000; i++) {
            var _ = wire.io().buffer().put(0, request);
            int _ = wire.exchange(request.length);
          }
          least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        int fields = format == AccessLogFormat.COMMON ? 0 : format == AccessLogFormat.JSON ? 3 : 2;
        assertTrue(least <= 2000 * 80 * fields + 2000, format + ": " + least);
      } finally {
        log.close();
      }
    }
  }

  private static boolean isThere(InputStream reader) {
    try {
      return reader.available() > 0;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void file_thatIsALink_orADevice_isTaken(@TempDir Path folder) throws Exception {
    Path real = folder.resolve("real.log");
    Path link = Files.createSymbolicLink(folder.resolve("access.log"), real);
    try (AccessLog log = AccessLog.toFile(link, FORMAT, problems::add);
        LogWire wire = new LogWire(log, HELLO)) {
      ask(wire, 0, 5);
    }
    assertEquals(range(0, 5), numbers(Files.readString(real), new ArrayList<>()));
    AccessLog toNobody = AccessLog.toFile(Path.of("/dev/null"), FORMAT, problems::add);
    try (LogWire wire = new LogWire(toNobody, HELLO)) {
      ask(wire, 0, 5);
    }
    toNobody.close();
    assertEquals(0, toNobody.lostLines());
  }
}
