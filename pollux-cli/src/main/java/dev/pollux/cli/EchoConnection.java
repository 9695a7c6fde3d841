package dev.pollux.cli;

import dev.pollux.poll.Events;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Poller;
import dev.pollux.poll.Registration;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * One connection of an {@link EchoServer}: what is known of its readiness, and its unsent output.
 *
 * <p>A turn has two halves. {@link #mark} notes what an event says; {@link #process} then works on
 * what is known to be ready, {@link #CALLS_PER_TURN} calls at most, and brings the registration in
 * line with what is wanted next. What is left over is found again by the next wait, or, where the
 * trigger reports it no more, through {@link #hasReadyWork}.
 *
 * <p>Reading is wanted while the output is below {@link #PAUSE_BYTES}, writing while there is
 * output and the last call met EAGAIN or the budget: so a peer that does not read costs memory up
 * to that limit, and no time.
 *
 * <p>Ownership: the descriptor is this object's. Threads: the server's.
 */
final class EchoConnection {

  /** System calls of one connection in one turn: about as many reads or writes. */
  static final int CALLS_PER_TURN = 16;

  /** Reading stops when so much output is unsent; it may exceed that by one read. */
  static final int PAUSE_BYTES = 1 << 18; // 256 KiB

  /** Reading goes on when no more than this is unsent. */
  static final int RESUME_BYTES = 1 << 16; // 64 KiB

  private final EchoContext context;
  private final Sys sys;
  private final Poller poller;
  private final int fd;
  private final OutputQueue output;
  private @Nullable Registration registration;

  /** Whether a one-shot registration is armed. */
  private boolean armed = true;

  private boolean readReady;
  private boolean writeReady = true;
  private boolean paused;
  private boolean inputEnded;
  private boolean stopping;

  /** Stopping: a read has met EAGAIN since, so what had arrived is read. */
  private boolean inputDrained;

  private boolean lingering;
  private boolean closed;

  /** Fixed answer: something came in since the last one. */
  private boolean answerDue;

  private int budget;
  private int failure;

  /** Where it stands in the server's table; the server's. */
  int index;

  /** Whether it stands in the server's run queue; the server's. */
  boolean queued;

  EchoConnection(EchoContext context, int fd) {
    this.context = context;
    this.sys = context.sys();
    this.poller = context.poller();
    this.fd = fd;
    this.output = new OutputQueue(context.pool());
  }

  /** Starts watching. After an exception the descriptor is still open. */
  void register() throws SysException {
    registration = poller.add(fd, Interest.READABLE, context.trigger(), this);
  }

  int fd() {
    return fd;
  }

  boolean isClosed() {
    return closed;
  }

  boolean isPaused() {
    return paused;
  }

  boolean isLingering() {
    return lingering;
  }

  int unsentBytes() {
    return output.sizeBytes();
  }

  /** Notes what the event at hand says. */
  void mark(Events events) {
    boolean readable = events.isReadable();
    boolean writable = events.isWritable();
    if (!readable && !writable) {
      // An error or a hang-up in a direction not asked for: the next call tells which.
      readable = true;
      writable = true;
    }
    readReady |= readable;
    writeReady |= writable;
    armed = false;
  }

  /** Whether there is work that is ready and that no event will report. */
  boolean hasReadyWork() {
    return !closed
        && (context.trigger() == Trigger.EDGE || stopping)
        && ((readReady && wantsInput()) || (writeReady && !output.isEmpty()));
  }

  /** One turn of work. */
  void process() {
    if (closed) {
      return;
    }
    budget = CALLS_PER_TURN;
    if (lingering) {
      discard();
      return;
    }
    flush();
    if (failure == 0) {
      receive();
      flush();
    }
    if (failure == 0 && inputDrained && !inputEnded) {
      endInput();
    }
    settle();
  }

  /**
   * The server stops: reading goes on, over as many turns as it takes and pausing as ever, until
   * there is nothing to read for once; then no more is read. A peer that never ceases to send, or
   * never reads, goes on until the server cuts it off.
   */
  void beginStop() {
    stopping = true;
    readReady = true;
  }

  /** Lingering: to be looked at again, since no event tells that the peer has everything. */
  void recheck() {
    readReady = true;
  }

  /** Ends at once. */
  void close(CloseReason reason, int errno) {
    if (closed) {
      return;
    }
    closed = true;
    int unsent = output.sizeBytes();
    output.clear();
    if (registration != null) {
      poller.remove(registration);
    }
    int _ = sys.close(fd);
    context.log().closed(fd, reason, errno, unsent);
  }

  private boolean wantsInput() {
    return lingering || (!inputEnded && !paused && (context.reply() == null || output.isEmpty()));
  }

  /** Sends what is queued until it is empty, EAGAIN, or the budget. */
  private void flush() {
    while (writeReady && !output.isEmpty() && failure == 0 && budget > 0) {
      budget--;
      written(output.send(sys, fd));
    }
    if (paused && output.sizeBytes() <= RESUME_BYTES) {
      paused = false;
      readReady |= stopping; // no event comes if there is nothing left, and then it has to end
    }
  }

  /** Acts on the result of a send; true if it was a success. */
  private boolean written(int result) {
    if (result >= 0) {
      context.log().wrote(fd, result);
      return true;
    }
    switch (-result) {
      case Errno.EINTR -> {}
      case Errno.EAGAIN -> {
        writeReady = false;
        drained(Interest.WRITABLE);
      }
      default -> failure = -result;
    }
    return false;
  }

  /** Reads until EAGAIN, the end, the budget, or the limit of unsent output. */
  private void receive() {
    IoBuffer input = context.input();
    int capacity = input.buffer().capacity();
    // A stream that gives less than was asked for is empty: where an event comes again if it is
    // not, that saves the call which says so.
    boolean untilEmpty = context.trigger().isEdge() || context.reply() != null || stopping;
    while (readReady && wantsInput() && failure == 0 && budget > 0) {
      budget--;
      int n = sys.recv(fd, input.address(), capacity, 0);
      if (n > 0) {
        context.log().read(fd, n);
        consume(input, n);
        readReady &= untilEmpty || n == capacity;
      } else if (n == 0) {
        readReady = false;
        endInput();
      } else if (n == -Errno.EAGAIN) {
        readReady = false;
        inputDrained = stopping;
        drained(Interest.READABLE);
        answer();
      } else if (n != -Errno.EINTR) {
        failure = -n;
      }
    }
  }

  /** Takes what was read: sends it right away if nothing is queued before it, else queues it. */
  private void consume(IoBuffer input, int size) {
    if (context.reply() != null) {
      answerDue = true;
      return;
    }
    int sent = 0;
    if (writeReady && output.isEmpty()) {
      int n = sys.send(fd, input.address(), size, Linux.MSG_NOSIGNAL);
      sent = written(n) ? n : 0;
    }
    if (sent < size) { // after a failure, too: the log says how much the peer did not get
      output.append(input, sent, size - sent);
      if (output.sizeBytes() >= PAUSE_BYTES) {
        paused = true;
        readReady = false; // when reading is wanted again, the modify reports what is there
      }
    }
  }

  private void endInput() {
    inputEnded = true;
    answer();
  }

  /** Fixed answer: queues one, and leaves it to the next writable event. */
  private void answer() {
    IoBuffer reply = context.reply();
    if (reply != null && answerDue) {
      answerDue = false;
      output.append(reply, 0, reply.buffer().capacity());
      writeReady = false;
    }
  }

  /** Closes, or asks for what is wanted next. */
  private void settle() {
    if (failure != 0) {
      fail();
    } else if (!inputEnded || !output.isEmpty()) {
      watch();
    } else if (stopping) {
      linger();
    } else {
      close(CloseReason.END_OF_STREAM, 0);
    }
  }

  private void fail() {
    boolean reset = failure == Errno.ECONNRESET || failure == Errno.EPIPE;
    close(reset ? CloseReason.RESET : CloseReason.ERROR, failure);
  }

  /** Brings the registration in line with what is wanted, and arms it. */
  private void watch() {
    Registration watched = registration;
    if (watched == null) {
      return;
    }
    Interest wanted = wantsInput() ? Interest.READABLE : Interest.NONE;
    if (!output.isEmpty()) {
      wanted = wanted.and(Interest.WRITABLE);
    }
    boolean rearm = context.trigger().isOneshot() && !armed;
    if (wanted != watched.interest() || rearm) {
      try {
        poller.modify(watched, wanted);
        armed = true;
      } catch (SysException e) {
        close(CloseReason.ERROR, e.errno());
      }
    }
  }

  private void drained(Interest direction) {
    if (registration != null) {
      poller.drained(registration, direction);
    }
  }

  /**
   * All is sent, but the peer may still send: closing now would answer its next byte with a reset,
   * and a reset destroys output that is still on its way. So: say the end, and wait for the peer's.
   */
  private void linger() {
    int result = sys.shutdown(fd, Linux.SHUT_WR);
    if (result < 0) {
      close(CloseReason.STOPPED, 0);
      return;
    }
    lingering = true;
    readReady = true;
    discard();
  }

  /** Lingering: drops what still comes, until the peer has everything or ends as well. */
  private void discard() {
    IoBuffer input = context.input();
    while (readReady && budget > 0) {
      budget--;
      int n = sys.recv(fd, input.address(), input.buffer().capacity(), 0);
      if (n == -Errno.EAGAIN) {
        readReady = false;
        drained(Interest.READABLE);
      } else if (n == 0 || (n < 0 && n != -Errno.EINTR)) {
        close(CloseReason.STOPPED, 0);
        return;
      }
    }
    if (!readReady && unacknowledgedBytes() <= 0) {
      close(CloseReason.STOPPED, 0);
    } else {
      watch();
    }
  }

  /** What the kernel still holds for the peer, the end of the stream included; or -errno. */
  private int unacknowledgedBytes() {
    IoBuffer scratch = context.scratch();
    int result = sys.ioctl(fd, Linux.TIOCOUTQ, scratch.address());
    return result < 0 ? result : scratch.buffer().order(ByteOrder.nativeOrder()).getInt(0);
  }
}
