package dev.pollux.net;

import dev.pollux.poll.Interest;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a program may send on a {@link Connection}: the part of its {@link Link} that decides what
 * is taken, and when it is offered to the kernel.
 *
 * <ul>
 *   <li>Nothing is refused that the kernel was not asked for first; what is refused is refused as a
 *       whole, and the stream goes on without it.
 *   <li>Where no bytes wait, a write is taken whatever its size: a part of it may be with the
 *       kernel before it is known that the rest is too much.
 *   <li>In the connection's own turn of work, what is written leaves together at its end, or when
 *       it is much. Elsewhere, in a task, a timer or the handler of another connection, the first
 *       write is sent at once, and the further ones of the same turn of the loop leave together in
 *       its flush phase.
 * </ul>
 *
 * <p>Nothing here calls the handler, and an error is noted for the connection's own turn. Threads:
 * the loop's.
 */
final class Sender {

  private static final int WRITES_PER_OFFER = 16;

  /** Memory of which a smaller part is used is not queued: a queue takes memory by its bytes. */
  private static final int WORTH_KEEPING = 4;

  // Few fields: every idle connection has them.
  final Connection owner;
  private final Link link;
  private int round;

  Sender(Connection owner, Link link) {
    this.owner = owner;
    this.link = link;
  }

  // ---- what the program sends

  /** Sends bytes, which are read to their end unless they are refused. */
  WriteResult write(ByteBuffer data) {
    WriteResult not = refusal(data.remaining());
    if (not == null) {
      not = take(data, false);
    }
    return answer(not, data);
  }

  /** Sends bytes that are shared. */
  WriteResult write(Payload payload) {
    WriteResult not = refusal(payload.sizeBytes());
    if (not == null) {
      not = take(payload);
    } else if (not == WriteResult.CLOSED) {
      link.output.lose(payload.sizeBytes());
    }
    return answer(not);
  }

  /** Room for at most so many bytes to be encoded in. */
  ByteBuffer begin(int atMostBytes) {
    return link.local.inPlace().begin(owner, atMostBytes, link.filter() == null && isTaking());
  }

  /** Sends what was encoded. */
  WriteResult end() {
    InPlace inPlace = link.local.inPlace();
    ByteBuffer encoded = inPlace.room(owner);
    Chunk memory = inPlace.end();
    if (memory == null) {
      return write(encoded.flip());
    }
    int sizeBytes = memory.sizeBytes();
    if (link.filter() != null || sizeBytes < memory.capacity / WORTH_KEEPING) {
      WriteResult result = write(memory.view().clear().limit(sizeBytes));
      link.local.pool().give(memory);
      return result;
    }
    WriteResult not = refusal(sizeBytes);
    if (not != null) {
      link.local.pool().give(memory);
    } else {
      link.output.append(memory);
    }
    if (not == WriteResult.CLOSED) {
      link.output.lose(sizeBytes);
    }
    return answer(not);
  }

  /** Sends three pieces, all or nothing; they are read to their ends unless they are refused. */
  WriteResult write(ByteBuffer head, ByteBuffer body, ByteBuffer tail) {
    WriteResult not = refusal(head.remaining() + body.remaining() + tail.remaining());
    if (not == null) {
      not = take(head, false);
    }
    if (not == null) {
      not = take(body, true);
    }
    if (not == null) {
      not = take(tail, true);
    }
    if (not == WriteResult.CLOSED) {
      lose(head);
      lose(body);
    }
    return answer(not, tail);
  }

  /**
   * Sends a file, which is the connection's whatever the answer; and tells of it.
   *
   * @throws IllegalStateException if it is not the program's to give; nothing was done
   */
  WriteResult write(FileRegion file, @Nullable Delivery delivery) {
    WriteResult not = refusalOfFile();
    Filter between = link.filter();
    if (not != null) {
      file.give();
      file.release();
    } else if (between != null) {
      between.write(file);
    } else {
      link.output.append(file);
    }
    if (delivery != null) {
      mark(delivery, not != null);
    }
    return answer(not);
  }

  /** Sends bytes, the first of which takes a duplicate of a descriptor along. */
  WriteResult write(int descriptor, ByteBuffer with) throws SysException {
    if (!with.hasRemaining()) {
      throw new IllegalArgumentException("a descriptor travels with at least one byte of data");
    }
    if (link.filter() != null) {
      throw new IllegalStateException("descriptors do not pass through TLS");
    }
    WriteResult not = refusalOfFile();
    if (not == null) {
      not = refusal(with.remaining());
    }
    if (not == null) {
      int copy = link.local.sys().fcntl(descriptor, Linux.F_DUPFD_CLOEXEC, 0);
      if (copy < 0) {
        throw SysException.of("fcntl(fd=" + descriptor + ", F_DUPFD_CLOEXEC)", copy);
      }
      if (link.output.appendSome(copy, with) == 0) {
        int _ = link.local.sys().close(copy);
        not = outOfMemory(false);
      } else {
        not = take(with, true);
      }
    }
    return answer(not, with);
  }

  /** Tells once the kernel has all that was taken so far. */
  void whenSent(Delivery delivery) {
    mark(delivery, false);
  }

  // ---- what is taken

  private boolean isTaking() {
    return link.ending.isTaking();
  }

  /** Why so many bytes cannot be taken; null if they can. */
  private @Nullable WriteResult refusal(int sizeBytes) {
    if (isTaking() && sizeBytes > link.roomBytes()) {
      link.output.becameReady(); // it may be
      offer();
    }
    if (!isTaking()) {
      return WriteResult.CLOSED;
    }
    if (sizeBytes <= link.roomBytes()) {
      return null;
    }
    Filter between = link.filter();
    boolean held = between != null && between.heldBytes() > 0;
    return refused(held ? Limit.TLS_QUEUE : Limit.QUEUED_BYTES);
  }

  /** Why one more file or descriptor cannot be taken; null if it can. */
  private @Nullable WriteResult refusalOfFile() {
    if (isTaking() && queuedFiles() >= link.options.maxQueuedFiles()) {
      link.output.becameReady();
      offer();
    }
    if (!isTaking()) {
      return WriteResult.CLOSED;
    }
    return queuedFiles() < link.options.maxQueuedFiles() ? null : refused(Limit.QUEUED_FILES);
  }

  /** The program waits now, and is told by a turn of work when it may go on. */
  private WriteResult refused(Limit limit) {
    NetStats.of(link.loop()).refuse(limit);
    link.output.refused();
    link.kick();
    return WriteResult.REFUSED;
  }

  /** There is no memory, and the beginning of what was to be sent is taken or not. */
  private WriteResult outOfMemory(boolean begun) {
    WriteResult refused = refused(Limit.MEMORY);
    if (!begun) {
      return refused;
    }
    link.reset(CloseCause.of(CloseReason.LIMIT, "no memory for the rest of what was written"));
    return WriteResult.CLOSED;
  }

  /** Takes bytes to their end; else says why not. */
  private @Nullable WriteResult take(ByteBuffer data, boolean begun) {
    int start = data.position();
    Filter between = link.filter();
    if (between != null) {
      between.write(data);
      if (data.hasRemaining() && isTaking()) {
        drain();
        between.write(data);
      }
    } else {
      while (link.output.isDirect(data) && wrote(link.output.write(link.fd, data))) {}
      while (isTaking() && appendSome(data)) {
        if (data.hasRemaining() && isCrowded()) {
          drain();
        }
      }
    }
    if (!isTaking()) {
      return WriteResult.CLOSED;
    }
    return data.hasRemaining() ? outOfMemory(begun || data.position() > start) : null;
  }

  /** Appends a piece; false if there is nothing to append, or no memory for it. */
  private boolean appendSome(ByteBuffer data) {
    if (!data.hasRemaining()) {
      return false;
    }
    if (link.output.appendSome(data) > 0) {
      return true;
    }
    drain();
    return link.output.appendSome(data) > 0;
  }

  private @Nullable WriteResult take(Payload payload) {
    if (link.filter() != null) {
      return take(payload.buffer().duplicate(), false);
    }
    if (!link.output.append(payload)) {
      drain();
      if (!link.output.append(payload)) {
        return outOfMemory(false);
      }
    }
    return null;
  }

  private WriteResult answer(@Nullable WriteResult not, ByteBuffer data) {
    if (not == WriteResult.CLOSED) {
      lose(data);
    }
    return answer(not);
  }

  /** What the program is told, who waits for {@code writable} unless it is to go on. */
  private WriteResult answer(@Nullable WriteResult not) {
    WriteResult result = not == null ? taken() : not;
    if (result == WriteResult.CLOSED && link.ending.isOpen()) {
      link.output.closed();
      link.kick();
    }
    return result;
  }

  /** Something was taken: sends it if it is time to, and says how full the queue is then. */
  private WriteResult taken() {
    if (!link.isInTurn() && link.local.isNewRound(round)) {
      round = link.local.round();
      offer();
    } else if (isCrowded()) {
      offer();
    }
    if (!isTaking()) {
      return WriteResult.CLOSED;
    }
    link.output.grewTo(link.level());
    if (link.isTurnDue()) {
      link.kick();
    }
    if (!link.isWritable()) {
      return WriteResult.FULL;
    }
    return (Pending.of(link) & Pending.UNSENT) == 0 ? WriteResult.SENT : WriteResult.QUEUED;
  }

  /** Whether so much waits that the kernel should be asked. */
  private boolean isCrowded() {
    return link.output.canWrite() && link.level() >= link.options.highWaterBytes();
  }

  private void mark(Delivery delivery, boolean lost) {
    boolean never = lost || link.ending.isOver() || link.ending.broken() != null;
    Filter between = link.filter();
    if (between == null || !between.hold(delivery, never)) {
      link.output.append(delivery, never);
    }
    if (link.output.hasDueDeliveries()) {
      link.kick();
    }
  }

  private void lose(ByteBuffer data) {
    link.output.lose(data.remaining());
    var _ = data.position(data.limit());
  }

  // ---- what the filter sends

  /** Queues what a filter has to say, also after the program ended: its goodbye. */
  void writeRecord(ByteBuffer data) {
    if (link.ending.isOver() || link.ending.isOutputEnded()) {
      lose(data);
      return;
    }
    while (appendSome(data)) {}
    if (data.hasRemaining()) {
      WriteResult _ = outOfMemory(true);
      lose(data);
    } else {
      link.kick();
    }
  }

  /** Whether the queue of the wire is below the watermark, or can be brought there. */
  boolean hasWireRoom() {
    if (link.output.sizeBytes() >= link.options.highWaterBytes()) {
      drain();
    }
    return link.output.sizeBytes() < link.options.highWaterBytes() && isTaking();
  }

  /** The marks that have come true in front of what the filter gave to {@link #writeRecord}. */
  void takeMarks(ByteQueue held) {
    link.output.takeMarks(held);
    if (link.output.hasDueDeliveries()) {
      link.kick();
    }
  }

  // ---- to the kernel

  /** Writes what is queued, as far as the kernel takes it, also what the filter holds back. */
  private void offer() {
    Filter between = link.filter();
    drain();
    for (int i = 0; i < WRITES_PER_OFFER && between != null && !between.isDrained(); i++) {
      if (!link.output.isEmpty() || link.ending.isOver()) {
        return;
      }
      between.pump();
      drain();
    }
  }

  private void drain() {
    int budget = link.ending.isConnecting() ? 0 : WRITES_PER_OFFER;
    while (budget > 0 && writeOnce()) {
      budget--;
    }
  }

  /** Writes once from the queue; false if there is no use in another one now. */
  boolean writeOnce() {
    return link.output.canWrite() && !link.ending.isOver() && wrote(link.output.write(link.fd));
  }

  /** Acts on the result of a write; false if there is no use in another one now. */
  private boolean wrote(int result) {
    if (result >= 0) {
      link.loop().progressed();
      if (result > 0) {
        Passing.wrote(owner, owner.channel().told(), result);
      }
      link.sent(result);
      return true;
    }
    switch (-result) {
      case Errno.EINTR -> {
        return true;
      }
      case Errno.EAGAIN -> link.watch.drained(Interest.WRITABLE);
      default ->
          Due.outputFailed(
              link, CloseCause.ofErrno("send", -result), CloseCause.isPeerGone(-result));
    }
    return false;
  }

  /** How many bytes of files are queued. */
  long queuedFileBytes() {
    Filter between = link.filter();
    long held = between == null ? 0 : between.level() - between.heldBytes();
    return link.output.level() - link.output.sizeBytes() + held;
  }

  /** How many files and descriptors wait to be sent. */
  int queuedFiles() {
    Filter between = link.filter();
    return link.output.fileCount() + (between == null ? 0 : between.queuedFiles());
  }
}
