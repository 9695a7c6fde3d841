package dev.pollux.http.log;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The thread that takes lines out of the queues of all loops and writes them, many at once.
 *
 * <p>It sleeps while there are none, and is woken by the first one; behind what it wrote it rests
 * for {@link #BATCH_NANOS}, in which others come. It takes lines when all that it took before are
 * written, so what is lost is lost in a queue that is full, or by a target that does not say what
 * it has taken. Nothing that is thrown ends it before it is stopped.
 *
 * <p>Threads: its own; {@link #wake}, {@link #reopen}, {@link #stop} and the count are for any.
 */
final class LogWriter {

  private static final long BATCH_NANOS = 10_000_000; // 10 ms
  private static final long RETRY_NANOS = 100_000_000; // 100 ms
  private static final Duration STOP_TIME = Duration.ofSeconds(2);
  private static final Duration COUNT_TIME = Duration.ofMillis(500); // for what is left
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final LogTarget target;
  private final AccessLogFormat format;
  private final Consumer<String> problems;
  private final List<LogQueue> queues = new CopyOnWriteArrayList<>();
  private final AtomicLong lost = new AtomicLong(); // that had had room in a queue
  private final Thread thread;
  private volatile boolean isResting; // until it is woken
  private volatile boolean isReopenAsked;
  private volatile boolean isStopping;
  private volatile boolean isAbandoned;

  // Of the thread:
  private ByteBuffer lines = NOTHING; // that were taken
  private long lostBehind; // these lines, of their queue
  private ByteBuffer notice = NOTHING;
  private long noticed; // lines, by that
  private long untold; // lines that were lost, and no line of the log says so
  private boolean isCut; // behind a part of a line, as far as is known
  private boolean isFailing; // the last write
  private boolean isTold; // that something is wrong
  private long lostWhenFine; // the last time that all was written

  LogWriter(LogTarget target, AccessLogFormat format, Consumer<String> problems) {
    this.target = target;
    this.format = format;
    this.problems = problems;
    this.thread = Thread.ofPlatform().daemon().name("access-log").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Writes what is put there, too. */
  void add(LogQueue queue) {
    queues.add(queue);
  }

  /** A line was put into a queue. */
  void wake() {
    if (isResting) { // pairs with rest(), by way of the queue's lock
      isResting = false;
      LockSupport.unpark(thread);
    }
  }

  /** Has the target opened again, soon. */
  void reopen() {
    isReopenAsked = true;
    LockSupport.unpark(thread);
  }

  /** How many lines were lost. */
  long lost() {
    return lost.get() + queues.stream().mapToLong(LogQueue::lostEver).sum();
  }

  /** Writes what there is and ends, within {@link #STOP_TIME}. */
  void stop() {
    if (isAbandoned) {
      return;
    }
    isStopping = true;
    LockSupport.unpark(thread);
    try {
      if (thread.join(STOP_TIME)) {
        return;
      }
      isAbandoned = true;
      if (!thread.join(COUNT_TIME)) {
        tell("the access log was closed before all of it was written");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- the thread

  private void run() {
    boolean goesOn = true;
    while (goesOn) {
      try {
        goesOn = step();
      } catch (Throwable t) { // there is no memory, most likely: it comes back, or the end does
        failed(t);
        goesOn = !isStopping;
        LockSupport.parkNanos(this, RETRY_NANOS);
      }
    }
    try {
      end();
    } catch (Throwable t) {
      failed(t);
    }
  }

  /** Writes what there is, or waits for it; false at the end. */
  private boolean step() {
    boolean isLast = isStopping; // what was put before is seen below
    reopenIfAsked();
    boolean hadSome = lines.hasRemaining();
    for (LogQueue queue : queues) {
      if (!writeTaken()) {
        return waitForTarget(isLast);
      }
      take(queue);
      hadSome |= lines.hasRemaining() || lostBehind > 0;
    }
    if (!writeTaken()) {
      return waitForTarget(isLast);
    }
    worked();
    if (!isLast) {
      rest(hadSome);
    }
    return !isLast;
  }

  private void take(LogQueue queue) {
    lines = queue.take();
    lostBehind = queue.takeLost();
  }

  /** Whether it is still worth it. */
  private boolean waitForTarget(boolean isLast) {
    if (isAbandoned || (isLast && isFailing)) {
      return false;
    }
    if (!isFailing && queues.stream().anyMatch(LogQueue::isLosing)) {
      begin("is not taken as fast as its lines come");
    }
    LockSupport.parkNanos(this, isFailing ? RETRY_NANOS : BATCH_NANOS);
    return true;
  }

  private void rest(boolean hadSome) {
    if (hadSome) {
      LockSupport.parkNanos(this, BATCH_NANOS); // so that there is more to write at once
      return;
    }
    isResting = true;
    boolean isEmpty = queues.stream().allMatch(LogQueue::isEmpty); // also of what came before that
    if (isEmpty && !isReopenAsked && !isStopping) {
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
      target.reopen();
    } catch (IOException e) { // the one that is open is as good as before
      tell("the access log cannot be opened again, and goes on where it is: " + e.getMessage());
      return;
    }
    isCut = false;
    toLineStart(notice);
    toLineStart(lines);
  }

  /** A line that was begun is written again: its beginning is in another file. */
  private static void toLineStart(ByteBuffer lines) {
    int at = lines.position();
    while (at > 0 && at < lines.limit() && lines.get(at - 1) != '\n') {
      at--;
    }
    var _ = lines.position(at);
  }

  /** Writes the lines that were taken, and what is to be said of others; whether that is all. */
  private boolean writeTaken() {
    while (true) {
      if (notice.hasRemaining()) {
        if (!write(notice, true)) {
          return false;
        }
      } else if (untold > 0) {
        String text = (isCut ? "\n" : "") + LogLine.lost(format, untold);
        notice = ByteBuffer.wrap(text.getBytes(ISO_8859_1));
        noticed = untold;
        untold = 0;
      } else if (lines.hasRemaining()) {
        if (!write(lines, false)) {
          return false;
        }
      } else if (lostBehind > 0) {
        untold = lostBehind;
        lostBehind = 0;
      } else {
        return true;
      }
    }
  }

  /** Whether the target took something. */
  private boolean write(ByteBuffer some, boolean isNotice) {
    int before = some.position();
    try {
      target.write(some);
    } catch (Throwable t) {
      isFailing = true;
      failed(t);
      if (some.position() > before) {
        forget(some, before, isNotice);
      }
      return false;
    }
    isFailing = false;
    boolean isTaken = some.position() > before;
    isCut &= !isTaken;
    return isTaken;
  }

  /** It is not known whether these were written, so they are lost. */
  private void forget(ByteBuffer some, int from, boolean isNotice) {
    isCut = true;
    if (isNotice) {
      untold += noticed;
      notice = NOTHING;
      return;
    }
    long count = count(some, from, some.position());
    long _ = lost.addAndGet(count);
    untold += count;
  }

  private static long count(ByteBuffer some, int from, int to) {
    long count = 0;
    for (int i = from; i < to; i++) {
      count += some.get(i) == '\n' ? 1 : 0;
    }
    return count;
  }

  private void failed(Throwable t) {
    begin("cannot be written: " + (t instanceof Exception ? t.getMessage() : t.toString()));
  }

  private void begin(String problem) {
    if (!isTold) {
      isTold = true;
      tell("the access log " + problem);
    }
  }

  /** All was written. */
  private void worked() {
    long now = lost();
    if (isTold) {
      isTold = false;
      tell("the access log is written again; " + (now - lostWhenFine) + " lines were lost");
    }
    lostWhenFine = now;
  }

  /** What is left is lost. */
  private void end() {
    long left = count(lines, lines.position(), lines.limit());
    for (LogQueue queue : queues) {
      ByteBuffer more = queue.take();
      left += count(more, more.position(), more.limit());
    }
    if (left > 0) {
      long _ = lost.addAndGet(left);
      tell("the access log ends without its last " + left + " lines, as nobody takes them");
    }
    try {
      target.close();
    } catch (IOException e) {
      tell("the access log could not be closed: " + e.getMessage());
    }
  }

  /** What that throws must not end this thread. */
  private void tell(String problem) {
    try {
      problems.accept(problem);
    } catch (Throwable t) {
      thread.getUncaughtExceptionHandler().uncaughtException(thread, t);
    }
  }
}
