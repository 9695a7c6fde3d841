package dev.pollux.http.log;

import dev.pollux.http.HttpObserver;
import dev.pollux.http.HttpOutcome;
import dev.pollux.loop.LoopLocal;
import dev.pollux.sys.NativeSys;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Writes a line for each exchange that is over.
 *
 * <pre>{@code
 * AccessLog log =
 *     AccessLog.toFile(Path.of("access.log"), AccessLogFormat.COMBINED, System.err::println);
 * HttpOptions options = HttpOptions.DEFAULT.withObserver(log);
 * }</pre>
 *
 * <p>No loop waits for the disk, or for who reads a pipe: lines go to a thread of the log's own by
 * way of a queue of {@link #QUEUE_BYTES} for each loop. If they are not taken as fast as they come,
 * what does not fit is lost and counted, and a line says how many they were. If they are refused,
 * as by a full disk, it is told once, and tried again ten times a second; what was taken by the
 * thread is kept, and written to the byte when it works again. Of a stream it is not known how much
 * of what it refuses was taken: the lines that it was just given, 8 KiB at most, count as lost, and
 * an end of line comes before the next ones.
 *
 * <p>Status 499, as others have it, is an answer of which the kernel has not got all: mostly as its
 * client did not wait for it, else as it was cut off here; or what never became a request, as its
 * client went in the middle of the head.
 *
 * <p>Ownership: who opened it closes it, behind the server. Threads: any.
 */
public final class AccessLog implements HttpObserver, AutoCloseable {

  /** How many bytes of lines of a loop may wait; the log's thread may have as many in hand. */
  public static final int QUEUE_BYTES = 4 << 20; // 4 MiB

  private static final int CLIENT_GONE = 499;

  private final LogWriter writer;
  private final AccessLogFormat format;
  private final int queueBytes;
  private final LoopLocal<Source> sources = new LoopLocal<>(_ -> newSource());

  private AccessLog(
      LogTarget target, AccessLogFormat format, int queueBytes, Consumer<String> problems) {
    this.format = Objects.requireNonNull(format, "format");
    this.queueBytes = queueBytes;
    this.writer = new LogWriter(target, format, Objects.requireNonNull(problems, "problems"));
  }

  /**
   * To the end of a file, which is made if there is none, for its owner to write and the group to
   * read; or to a FIFO, whose reader must be there.
   *
   * @param problems told, in a line each time, when writing begins to fail and when it goes on
   * @throws IOException if it cannot be opened
   */
  public static AccessLog toFile(Path file, AccessLogFormat format, Consumer<String> problems)
      throws IOException {
    return to(FileTarget.of(NativeSys.open(), file), format, QUEUE_BYTES, problems);
  }

  /**
   * To standard output, past {@link System#out}; if that is a pipe, nobody waits for its reader.
   */
  public static AccessLog toStandardOutput(AccessLogFormat format, Consumer<String> problems) {
    LogTarget target = FileTarget.standardOutput(NativeSys.open());
    return to(target, format, QUEUE_BYTES, problems);
  }

  /** To a stream, which is not closed with it. */
  public static AccessLog to(
      OutputStream stream, AccessLogFormat format, Consumer<String> problems) {
    return to(new StreamTarget(stream), format, QUEUE_BYTES, problems);
  }

  static AccessLog to(
      LogTarget target, AccessLogFormat format, int queueBytes, Consumer<String> problems) {
    AccessLog log = new AccessLog(target, format, queueBytes, problems);
    log.writer.start();
    return log;
  }

  /** A loop's own. */
  private record Source(LogQueue queue, LogLine line) {}

  private Source newSource() {
    LogQueue queue = new LogQueue(queueBytes);
    writer.add(queue);
    return new Source(queue, new LogLine(format));
  }

  @Override
  public void over(HttpOutcome outcome) {
    Source source = sources.of(outcome.loop());
    int status = outcome.isComplete() ? outcome.status() : CLIENT_GONE;
    try {
      source.queue().append(source.line().of(outcome, status));
    } catch (Throwable t) {
      source.queue().lose();
      throw t;
    }
    writer.wake();
  }

  /** Opens the file again, by its name, before the next line: after it was renamed. */
  public void reopen() {
    writer.reopen();
  }

  /** How many lines were lost: as there was no room, or they could not be written. */
  public long lostLines() {
    return writer.lost();
  }

  /** Writes what there is, for two seconds at most. May be called twice. */
  @Override
  public void close() {
    writer.stop();
  }
}
