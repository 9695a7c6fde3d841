package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopHandler;
import dev.pollux.poll.Event;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Registration;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The descriptor of a {@link Connection}: reads and writes it as far as it is ready, and keeps its
 * registration in line with what is wanted.
 *
 * <p>One turn of work: 1 write what is queued · 2 read · 3 write what the handler queued meanwhile
 * · 4 ask for what is wanted next. Writes that come from elsewhere are done in the flush phase of
 * the loop, once a turn.
 *
 * <p>{@link #readReady} and {@link #writeReady} are what is known of the kernel's side. With a
 * level trigger, one read per event, and the kernel tells again; with an edge, reads until EAGAIN,
 * over several turns where one is not enough.
 *
 * <p>Threads: the loop's.
 */
final class Stream implements LoopHandler {

  private static final int WRITES_PER_TURN = 16;

  private final Connection owner;
  private final Lifecycle life;
  private final EventLoop loop;
  private final LoopNet local;
  private final Sys sys;
  private final int fd;
  private final ConnectionOptions options;
  private final ByteQueue output;
  private final Traffic traffic;
  private @Nullable ByteQueue unread;
  private @Nullable Registration registration;
  private @Nullable DescriptorHandler descriptors;
  private int lostBytes;
  private boolean readWanted = true;
  private boolean readReady;
  private boolean writeReady = true;
  private boolean inputEnded;
  private boolean endTold;
  private boolean armed = true;
  private boolean working;
  private boolean flushQueued;
  private boolean again;

  Stream(Connection owner, Lifecycle life, int fd) {
    this.owner = owner;
    this.life = life;
    this.loop = owner.loop();
    this.local = LoopNet.of(loop);
    this.sys = loop.sys();
    this.fd = fd;
    this.options = owner.options();
    this.output = new ByteQueue(local);
    this.traffic = new Traffic(owner, life, this);
  }

  /** What stands between it and the handler. */
  Traffic traffic() {
    return traffic;
  }

  int fd() {
    return fd;
  }

  LoopNet local() {
    return local;
  }

  /** How many bytes are to be sent, or were lost. */
  int queuedBytes() {
    return (int) Math.min(Integer.MAX_VALUE, (long) output.sizeBytes() + lostBytes);
  }

  /** The bytes to be sent. */
  ByteQueue output() {
    return output;
  }

  boolean isInputEnded() {
    return inputEnded;
  }

  /** Whether the program knows that the input has ended. */
  boolean isEndTold() {
    return endTold;
  }

  /** The bytes that the handler left. */
  int unreadBytes() {
    ByteQueue kept = unread;
    return kept == null ? 0 : kept.sizeBytes();
  }

  /** How much the kernel holds to be read, or -errno. */
  int availableBytes() {
    return local.ioctl(sys, fd, Linux.FIONREAD);
  }

  /** How much the kernel still holds for the peer, the end of the stream included; or -errno. */
  int unacknowledgedBytes() {
    return local.ioctl(sys, fd, Linux.TIOCOUTQ);
  }

  /** Starts to watch: for the outcome of a connect, or for input. */
  void register(boolean connecting) throws SysException {
    if (loop.isClosed()) { // which asks its handlers to close, and would never ask this one
      throw new IllegalStateException(loop + " is closed");
    }
    Interest interest = connecting ? Interest.WRITABLE : Interest.READABLE;
    if (options.trigger() == Trigger.EDGE) {
      interest = Interest.READ_WRITE;
    }
    registration = loop.add(fd, interest, options.trigger(), this);
  }

  /** Whether reading is to go on; bytes left unread are given again. */
  void wantRead(boolean wanted) {
    readWanted = wanted;
    again |= wanted; // what is left is known after received(), which may be where this is called
    kick();
  }

  /** Whether input is read if there is any. */
  boolean wantsInput() {
    return (readWanted || traffic.isHandshaking()) && !inputEnded;
  }

  boolean isReadWanted() {
    return readWanted;
  }

  /** Work to do: at the end of the work at hand, or else in the next flush phase. */
  void kick() {
    if (!working && !flushQueued) {
      loop.flushLater(this);
      flushQueued = true;
    }
  }

  /** Sends right away what is too much to copy; the rest is queued. */
  void write(ByteBuffer data) {
    IoBuffer input = local.input(0);
    while (local.isInput(data) && output.isEmpty() && writeReady && life.isSending()) {
      int position = data.position(); // once, and the limit: they say what the kernel reads
      int count = data.limit() - position;
      if (count < Chunk.CAPACITY) {
        break;
      }
      int n = sys.send(fd, input.address() + position, count, Linux.MSG_NOSIGNAL);
      if (!wrote(n)) {
        break;
      }
      var _ = data.position(position + Math.max(n, 0));
    }
    int rest = data.remaining();
    if (!life.isSending() || rest > options.maxQueuedBytes() - output.sizeBytes()) {
      drop(data);
    } else if (rest > 0) {
      output.append(data);
      kick();
    }
  }

  /** Queues what a filter has to say, also after the program ended: its goodbye. */
  void writeRecord(ByteBuffer data) {
    if (life.isDisposed() || life.isOutputEnded()) {
      lose(data.remaining());
      return;
    }
    output.append(data);
    kick();
  }

  /** Loses what cannot be sent any more, or is more than may be queued. */
  void drop(ByteBuffer data) {
    lose(data.remaining());
    var _ = data.position(data.limit());
    if (life.isSending()) {
      life.closeNow(
          CloseCause.of(
              CloseReason.LIMIT,
              queuedBytes()
                  + " bytes would be queued and the peer does not read; the limit is "
                  + options.maxQueuedBytes()));
    }
  }

  /** Queues bytes, the first of which takes a duplicate of a descriptor along. */
  void writeDescriptor(int descriptor, ByteBuffer with) throws SysException {
    if (with.remaining() > options.maxQueuedBytes() - output.sizeBytes()) {
      drop(with);
      return;
    }
    int copy = sys.fcntl(descriptor, Linux.F_DUPFD_CLOEXEC, 0);
    if (copy < 0) {
      throw SysException.of("fcntl(fd=" + descriptor + ", F_DUPFD_CLOEXEC)", copy);
    }
    output.append(copy, with);
    kick();
  }

  @Override
  public void ready(Event event) {
    boolean readable = event.isReadable();
    boolean writable = event.isWritable();
    if (!readable && !writable) { // a hang-up or an error: the next call tells which
      readable = true;
      writable = true;
    }
    armed = false;
    if (life.isConnecting() && !life.finishConnect()) {
      drained(Interest.READ_WRITE);
      watch();
      return;
    }
    readReady |= readable;
    writeReady |= writable;
    work();
  }

  @Override
  public void flush() {
    flushQueued = false;
    if (!life.isConnecting() && !life.isDisposed()) {
      work();
    }
  }

  @Override
  public void dispose() {
    remove();
    clearOutput();
    dropUnread();
    int _ = sys.close(fd);
    life.disposed();
  }

  @Override
  public void failed(Throwable cause) {
    life.failed(cause);
  }

  /** Stops watching; the descriptor is closed by {@link #dispose}. */
  void remove() {
    Registration watched = registration;
    if (watched != null) {
      watched.remove();
      registration = null;
    }
  }

  /** Nothing can be sent any more: what the peer sent before that is still to be read. */
  void breakOutput() {
    clearOutput();
    readReady = true;
    kick();
  }

  /** Forgets what was left unread: nobody will be given it. */
  void dropUnread() {
    ByteQueue kept = unread;
    if (kept != null) {
      kept.clear();
    }
  }

  /** Counts what was to be sent and cannot be. */
  void lose(int sizeBytes) {
    lostBytes = (int) Math.min(Integer.MAX_VALUE, (long) lostBytes + sizeBytes);
  }

  private void clearOutput() {
    lostBytes = queuedBytes();
    output.clear();
  }

  private void work() {
    working = true;
    try {
      writeOutput();
      readInput();
      writeOutput();
    } finally {
      working = false;
    }
    if (!life.isDisposed()) {
      life.settle();
    }
    if (!life.isDisposed()) {
      watch();
      if (hasWork()) {
        kick();
      }
    }
  }

  /** Whether there is work that no event will tell of. */
  private boolean hasWork() {
    return (again && (unreadBytes() > 0 || traffic.hasUnread()))
        || isEndDue()
        || (writeReady && !output.isEmpty())
        || (readReady && wantsInput() && options.trigger() != Trigger.LEVEL);
  }

  private void writeOutput() {
    int budget = WRITES_PER_TURN;
    while (writeReady && !output.isEmpty() && budget > 0 && !life.isDisposed()) {
      budget--;
      if (!wrote(output.writeTo(sys, fd))) {
        break;
      }
    }
    traffic.outputShrank();
  }

  /** Acts on the result of a write; false if there is no use in another one now. */
  private boolean wrote(int result) {
    if (result >= 0) {
      traffic.wrote(result);
      return true;
    }
    switch (-result) {
      case Errno.EINTR -> {
        return true;
      }
      case Errno.EAGAIN -> {
        writeReady = false;
        drained(Interest.WRITABLE);
      }
      default -> life.outputFailed(-result);
    }
    return false;
  }

  private void readInput() {
    int budget = options.trigger() == Trigger.LEVEL ? 1 : options.readsPerTurn();
    if (again) {
      again = false;
      redeliver();
    }
    boolean any = false;
    int result = 1;
    while (readReady && wantsInput() && budget > 0 && !life.isDisposed()) {
      budget--;
      result = read();
      any |= result > 0;
    }
    if (options.trigger() == Trigger.LEVEL) {
      readReady = false; // if there is more, the next wait tells
    }
    if (any && !life.isDisposed()) {
      traffic.readComplete();
    }
    if (!life.isDisposed()) {
      endInput(result);
    }
  }

  /** One read, given to the handler: how many bytes, 0 at the end, or -errno. */
  private int read() {
    int limit = traffic.wireBytes();
    IoBuffer input = local.input(limit);
    ByteBuffer buffer = input.buffer();
    int kept = unreadBytes();
    int room = Math.min(limit - kept, options.readBytes());
    int n;
    if (room == 0) { // full: the end may come, but nothing else
      n = sys.recv(fd, input.address(), 1, Linux.MSG_PEEK);
    } else if (descriptors != null) {
      n = DescriptorReader.read(owner, descriptors, buffer.limit(kept + room).position(kept));
    } else {
      n = sys.recv(fd, input.address() + kept, room, 0);
    }
    if (n > 0 && room == 0) {
      life.closeNow(
          CloseCause.of(
              CloseReason.LIMIT,
              "the handler left " + kept + " bytes unread, which is the limit (readBytes)"));
    } else if (n > 0) {
      if (!life.isDisposed()) {
        var _ = buffer.clear();
        takeUnread(buffer);
        var _ = buffer.limit(kept + n).position(0);
        traffic.read(n, buffer);
      }
    } else if (n == 0) {
      inputEnded = true;
    }
    if (n == -Errno.EAGAIN) {
      drained(Interest.READABLE);
    }
    readReady &= n > 0 || n == -Errno.EINTR;
    return n;
  }

  /** Takes descriptors out of the stream from now on, or for null drops them. */
  void acceptDescriptors(@Nullable DescriptorHandler handler) {
    descriptors = handler;
  }

  /** Whether the end is read, and is to be told. */
  private boolean isEndDue() {
    return inputEnded && !endTold && (readWanted || traffic.isHandshaking());
  }

  /** Tells of the end once it is read, and wanted; acts on an error at once. */
  private void endInput(int result) {
    if (isEndDue()) {
      endTold = true;
      life.inputEnded();
    } else if (result < 0 && result != -Errno.EAGAIN && result != -Errno.EINTR) {
      life.inputFailed(-result);
    }
  }

  /** Gives what was left unread once more, after a pause. */
  private void redeliver() {
    int kept = unreadBytes();
    if (!readWanted || !life.isOpen() || (kept == 0 && !traffic.hasUnread())) {
      return;
    }
    ByteBuffer buffer = local.input(traffic.wireBytes()).buffer();
    var _ = buffer.clear();
    takeUnread(buffer);
    var _ = buffer.flip();
    traffic.deliver(buffer);
    if (!life.isDisposed()) {
      traffic.readComplete();
    }
  }

  /** Keeps what the handler left of a buffer. */
  void keep(ByteBuffer rest) {
    ByteQueue kept = unread;
    if (kept == null) {
      kept = new ByteQueue(local);
      unread = kept;
    }
    kept.append(rest);
  }

  /** Puts what was kept into a buffer. */
  void takeUnread(ByteBuffer target) {
    ByteQueue kept = unread;
    if (kept != null) {
      kept.drainTo(target);
    }
  }

  /** Brings the registration in line with what is wanted, and arms it. */
  private void watch() {
    Registration watched = registration;
    if (watched == null) {
      return;
    }
    Trigger trigger = options.trigger();
    if (trigger == Trigger.EDGE) {
      return; // both directions, always
    }
    if (trigger.isOneshot() && hasWork()) {
      return; // what is known is worked on first: armed now, it would have two shares of a turn
    }
    Interest wanted = wantsInput() ? Interest.READABLE : Interest.NONE;
    if (!output.isEmpty() || life.isConnecting()) {
      wanted = wanted.with(Interest.WRITABLE);
    }
    boolean rearm = trigger.isOneshot() && !armed;
    if (wanted == watched.interest() && !rearm) {
      return;
    }
    try {
      watched.modify(wanted);
      armed = true;
    } catch (SysException e) {
      life.closeNow(CloseCause.of(CloseReason.ERROR, e));
    }
  }

  private void drained(Interest direction) {
    Registration watched = registration;
    if (watched != null) {
      watched.drained(direction);
    }
  }
}
