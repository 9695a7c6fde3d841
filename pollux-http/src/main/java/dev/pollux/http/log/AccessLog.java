package dev.pollux.http.log;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.http.HttpObserver;
import dev.pollux.http.HttpOutcome;
import dev.pollux.loop.LoopLocal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a line for each exchange that is over.
 *
 * <pre>{@code
 * AccessLog log =
 *     AccessLog.toFile(Path.of("access.log"), AccessLogFormat.COMBINED, System.err::println);
 * HttpOptions options = HttpOptions.DEFAULT.withObserver(log);
 * }</pre>
 *
 * <p>No loop waits for the disk: lines go to a thread of the log's own by way of a queue of {@link
 * #QUEUE_BYTES} for each loop. If the disk is slower than the requests, what does not fit is lost
 * and counted, and a line says how many they were. If it refuses to write, the lines of that batch
 * are counted in the same way, it is told once, and tried again with each batch; where a part of a
 * line may have been written, an end of line comes first.
 *
 * <p>Status 499, as others have it, is an answer of which the kernel has not got all: mostly as its
 * client did not wait for it, else as it was cut off here.
 *
 * <p>Ownership: who opened it closes it, behind the server. Threads: any.
 */
public final class AccessLog implements HttpObserver, AutoCloseable {

  /** How many bytes of lines of a loop may wait. */
  public static final int QUEUE_BYTES = 4 << 20; // 4 MiB

  private static final int CLIENT_GONE = 499;
  private static final long BATCH_NANOS = 10_000_000; // 10 ms
  private static final Duration CLOSE_TIME = Duration.ofSeconds(2);

  /** Opens what is written to. */
  @FunctionalInterface
  interface Sink {
    OutputStream open() throws IOException;
  }

  private final Sink sink;
  private final AccessLogFormat format;
  private final int queueBytes;
  private final Consumer<String> problems;
  private final List<LogQueue> queues = new CopyOnWriteArrayList<>();
  private final LoopLocal<Writer> writers = new LoopLocal<>(_ -> writer());
  private final AtomicLong failedLines = new AtomicLong();
  private final Thread thread;
  private volatile boolean isResting; // until it is woken
  private volatile boolean isReopenAsked;
  private volatile boolean isClosed;

  // Of the thread:
  private @Nullable OutputStream out;
  private boolean isFailing;
  private boolean isCut; // behind a part of a line, as far as is known
  private long failedSince; // lines, for who is told of problems
  private long untold; // lines that were lost, and no line of the log says so

  AccessLog(
      Sink sink,
      AccessLogFormat format,
      int queueBytes,
      Consumer<String> problems,
      @Nullable OutputStream first) {
    this.sink = sink;
    this.format = Objects.requireNonNull(format, "format");
    this.queueBytes = queueBytes;
    this.problems = problems;
    this.out = first;
    this.thread = Thread.ofPlatform().daemon().name("access-log").unstarted(this::run);
  }

  /**
   * To the end of a file, which is made if there is none, for its owner to write and the group to
   * read.
   *
   * @param problems told, in a line each time, when writing begins to fail and when it goes on
   * @throws IOException if it cannot be opened
   */
  public static AccessLog toFile(Path file, AccessLogFormat format, Consumer<String> problems)
      throws IOException {
    Sink sink = () -> open(file);
    AccessLog log = new AccessLog(sink, format, QUEUE_BYTES, problems, sink.open());
    log.thread.start();
    return log;
  }

  /** To a stream, such as standard output, which is not closed with it. */
  public static AccessLog to(
      OutputStream stream, AccessLogFormat format, Consumer<String> problems) {
    return to(stream, format, QUEUE_BYTES, problems);
  }

  static AccessLog to(
      OutputStream stream, AccessLogFormat format, int queueBytes, Consumer<String> problems) {
    OutputStream kept = new Kept(stream);
    AccessLog log = new AccessLog(() -> kept, format, queueBytes, problems, kept);
    log.thread.start();
    return log;
  }

  private static OutputStream open(Path file) throws IOException {
    Set<StandardOpenOption> how =
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    FileAttribute<?> mode =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));
    try {
      return Channels.newOutputStream(FileChannel.open(file, how, mode));
    } catch (NoSuchFileException _) { // whose message is a name alone
      throw new NoSuchFileException(file.toString(), null, "its folder is not there");
    } catch (AccessDeniedException _) {
      throw new AccessDeniedException(file.toString(), null, "permission denied");
    }
  }

  /** A loop's own. */
  private record Writer(LogQueue queue, LogLine line) {}

  private Writer writer() {
    LogQueue queue = new LogQueue(queueBytes);
    queues.add(queue);
    return new Writer(queue, new LogLine(format));
  }

  @Override
  public void over(HttpOutcome outcome) {
    Writer writer = writers.of(outcome.loop());
    int status = outcome.isComplete() ? outcome.status() : CLIENT_GONE;
    LineBuffer line = writer.line().of(outcome, status);
    writer.queue().append(line);
    if (isResting) { // pairs with rest(), by way of the queue's lock
      isResting = false;
      LockSupport.unpark(thread);
    }
  }

  /** Opens the file again, by its name, before the next line: after it was renamed. */
  public void reopen() {
    isReopenAsked = true;
    LockSupport.unpark(thread);
  }

  /** How many lines were lost: as there was no room, or they could not be written. */
  public long lostLines() {
    return failedLines.get() + queues.stream().mapToLong(LogQueue::lostEver).sum();
  }

  /** Writes what there is, for two seconds at most. May be called twice. */
  @Override
  public void close() {
    isClosed = true;
    LockSupport.unpark(thread);
    try {
      if (!thread.join(CLOSE_TIME)) {
        problems.accept("the access log was closed before all of it was written");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- the thread

  private void run() {
    boolean isLast;
    do {
      isLast = isClosed;
      reopenIfAsked();
      boolean wrote = writeAll();
      if (!isLast) {
        rest(wrote);
      }
    } while (!isLast);
    closeOut();
  }

  private boolean writeAll() {
    boolean wrote = false;
    for (LogQueue queue : queues) {
      wrote |= write(queue.take());
    }
    return wrote;
  }

  private void rest(boolean wrote) {
    if (wrote) {
      LockSupport.parkNanos(this, BATCH_NANOS); // so that there is more to write at once
      return;
    }
    isResting = true;
    if (!writeAll() && !isReopenAsked && !isClosed) { // what came before anybody saw that
      LockSupport.park(this);
    }
    isResting = false;
  }

  private void reopenIfAsked() {
    if (!isReopenAsked) {
      return;
    }
    isReopenAsked = false;
    try {
      OutputStream next = sink.open();
      closeOut();
      out = next;
      isCut = false;
    } catch (IOException | RuntimeException e) { // the one that is open is as good as before
      tell("the access log cannot be opened again, and goes on where it is: " + e.getMessage());
    }
  }

  private void closeOut() {
    OutputStream known = out;
    out = null;
    if (known != null) {
      try {
        known.close();
      } catch (IOException | RuntimeException e) {
        tell("the access log could not be closed: " + e.getMessage());
      }
    }
  }

  private boolean write(LogQueue.Taken taken) {
    if (taken.size() == 0 && taken.lost() == 0) {
      return false;
    }
    untold += taken.lost();
    try {
      OutputStream to = out;
      if (to == null) {
        to = sink.open();
        out = to;
      }
      boolean wasCut = isCut;
      isCut = true;
      if (untold > 0) {
        String said = (wasCut ? "\n" : "") + LogLine.lost(format, untold);
        to.write(said.getBytes(ISO_8859_1));
        untold = 0;
      }
      to.write(taken.bytes(), 0, taken.size());
      to.flush();
      isCut = false;
      worked();
    } catch (IOException | RuntimeException e) {
      fail(lines(taken), taken.lost(), e);
    }
    return true;
  }

  private void worked() {
    if (isFailing) {
      isFailing = false;
      tell("the access log is written again; " + failedSince + " lines were lost");
      failedSince = 0;
    }
  }

  private static long lines(LogQueue.Taken taken) {
    long count = 0;
    for (int i = 0; i < taken.size(); i++) {
      count += taken.bytes()[i] == '\n' ? 1 : 0;
    }
    return count;
  }

  /** What was to be written is lost, as is what had no room meanwhile. */
  private void fail(long lines, long lostBefore, Exception e) {
    long _ = failedLines.addAndGet(lines);
    untold += lines;
    failedSince += lines + lostBefore;
    if (!isFailing) {
      isFailing = true;
      tell("the access log cannot be written: " + e.getMessage());
    }
  }

  /** What that throws must not end this thread. */
  private void tell(String problem) {
    try {
      problems.accept(problem);
    } catch (RuntimeException e) {
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    }
  }

  /** A stream that is not closed. */
  private static final class Kept extends OutputStream {
    private final OutputStream stream;

    Kept(OutputStream stream) {
      this.stream = stream;
    }

    @Override
    public void write(int octet) throws IOException {
      stream.write(octet);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      stream.write(bytes, from, count);
    }

    @Override
    public void flush() throws IOException {
      stream.flush();
    }
  }
}
