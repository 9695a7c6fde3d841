package dev.pollux.http;

import dev.pollux.net.CloseCause;
import dev.pollux.net.CloseReason;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.Delivery;
import dev.pollux.net.FileRegion;
import dev.pollux.net.NetStats;
import dev.pollux.net.Payload;
import dev.pollux.net.WriteResult;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The way from answers to a client: through the {@link Output} of the loop, or beside it, in order.
 * What a connection refuses at its limit waits here until its queue is empty, and then is taken
 * whatever its size. Until that no other request is looked at, so it is of one answer and of those
 * that came with it in a turn; and what a group sends to this one among others is refused.
 *
 * <p>Threads: the loop's.
 */
final class Outlet {

  /** Who has it. */
  interface Owner {

    /** There may be room again. */
    void roomCame();

    /** Whether an answer is written piece by piece, by who waits for room. */
    boolean isStreaming();

    /** A stream has a hole. */
    void broken(CloseCause why);
  }

  private final Connection connection;
  private final Output output;
  private final NetStats memory;
  private final long mostMemoryBytes;
  private final Owner owner;
  private final Delivery room = (_, _) -> tellRoom();
  private final Delivery fileSent = (_, _) -> sentFile();
  private @Nullable ByteBuffer refused; // by the connection
  private @Nullable FileRegion fileBehind; // what was refused
  private @Nullable Runnable taskBehind;
  private boolean isRoomAwaited;
  private int files;
  private @Nullable SocketAddress named;
  private long client = ClientKeys.NONE; // until somebody wants to know
  private @Nullable String clientText; // likewise

  Outlet(Connection connection, Output output, long mostMemoryBytes, Owner owner) {
    this.memory = NetStats.of(connection.loop());
    this.mostMemoryBytes = mostMemoryBytes;
    this.connection = connection;
    this.output = output;
    this.owner = owner;
  }

  /** A proxy has said who is at the other end; null is the peer. */
  void setNamed(@Nullable SocketAddress address) {
    named = address;
  }

  /** Who is said to be at the other end; null is the peer. */
  @Nullable SocketAddress named() {
    return named;
  }

  /** The {@linkplain ClientKeys number} of the peer, which is kept, as an address is made anew. */
  long client() {
    if (client == ClientKeys.NONE) {
      client = ClientKeys.of(ClientKeys.peer(connection));
    }
    return client;
  }

  /** Who is at the other end, for people. */
  String clientText() {
    String known = clientText;
    if (known == null) {
      known = HttpOutcome.text(named == null ? ClientKeys.peer(connection) : named);
      clientText = known;
    }
    return known;
  }

  /** Room for so many bytes, behind what is there of this connection. */
  Output claim(int atMostBytes) {
    output.claim(this);
    if (output.room() < atMostBytes) {
      flush();
    }
    return output;
  }

  /** Sends what is there. */
  void flush() {
    if (output.has(this)) {
      send(output.take());
    }
  }

  /** Sends something behind that, which is too long to be copied there. */
  void write(ByteBuffer content) {
    flush();
    if (owner.isStreaming() || memory.unsentMemoryBytes() <= mostMemoryBytes) {
      send(content);
    } else if (!offer(content)) {
      String why = "answers that wait have more than " + mostMemoryBytes + " bytes of the loop's";
      owner.broken(CloseCause.of(CloseReason.LIMIT, why));
    }
  }

  /** Sends as much as the kernel takes, and what may wait by the watermark; whether that is all. */
  private boolean offer(ByteBuffer content) {
    int end = content.limit();
    int room = roomBelowMark();
    while (content.position() < end && room > 0) {
      send(content.limit(Math.min(end, content.position() + room))); // the kernel is asked at it
      room = roomBelowMark();
    }
    return !content.limit(end).hasRemaining();
  }

  private int roomBelowMark() {
    boolean isOpen = refused == null && connection.isOpen();
    return isOpen ? connection.options().highWaterBytes() - connection.queuedBytes() : 0;
  }

  /** Sends something behind that, which is shared, unless something waits here. */
  WriteResult write(Payload shared) {
    flush();
    return refused == null ? connection.write(shared) : WriteResult.REFUSED; // there will be room
  }

  /** Sends a file behind that. */
  void write(FileRegion file) {
    flush();
    if (refused != null) {
      fileBehind = file;
    } else {
      send(file);
    }
  }

  private void send(FileRegion file) {
    files++; // which is told, whatever the answer
    if (connection.sendFile(file, fileSent) == WriteResult.REFUSED) {
      file.close();
      broken("a file was more than can be queued");
    }
  }

  /** Runs this when all that was put here is the connection's: now, mostly. */
  void whenTaken(Runnable task) {
    flush();
    Runnable before = taskBehind;
    if (refused == null) {
      task.run();
    } else if (before == null) {
      taskBehind = task;
    } else {
      taskBehind =
          () -> {
            before.run();
            task.run();
          };
    }
  }

  /** Gives the connection to another handler, when it has all that was put here. */
  void handOver(ConnectionHandler next) {
    whenTaken(() -> {
      if (connection.isOpen()) {
        connection.setHandler(next);
        connection.resumeReading();
      } else { // which nobody else tells it
        next.closed(connection, CloseCause.of(CloseReason.CUT_OFF, "before it was handed over"));
      }
    });
  }

  private void send(ByteBuffer content) {
    ByteBuffer before = refused;
    if (before == null && connection.write(content) != WriteResult.REFUSED) {
      return;
    }
    int size = content.remaining() + (before == null ? 0 : before.remaining());
    ByteBuffer all = ByteBuffer.allocate(size);
    if (before != null) {
      var _ = all.put(before);
    }
    refused = all.put(content).flip();
    awaitRoom();
  }

  private void awaitRoom() {
    if (!isRoomAwaited) {
      isRoomAwaited = true;
      connection.whenSent(room);
    }
  }

  private void tellRoom() {
    isRoomAwaited = false;
    ByteBuffer waiting = refused;
    refused = null;
    FileRegion file = fileBehind;
    fileBehind = null;
    if (waiting != null && connection.write(waiting) == WriteResult.REFUSED) { // there is no memory
      broken("an answer was more than can be queued");
    }
    if (file != null) {
      send(file);
    }
    Runnable task = taskBehind;
    if (task != null) {
      taskBehind = null;
      task.run();
    }
    owner.roomCame();
  }

  /** A stream has a hole, also where its owner has seen the end of it. */
  private void broken(String why) {
    CloseCause cause = CloseCause.of(CloseReason.LIMIT, why);
    owner.broken(cause);
    if (connection.isOpen()) {
      resetBehind(cause);
    }
  }

  private void sentFile() {
    files--;
    owner.roomCame();
  }

  /** Whether all of an answer may be taken. */
  boolean isWritable() {
    return refused == null
        && connection.isWritable()
        && files < connection.options().maxQueuedFiles();
  }

  /** Whether the owner is told when there is room. */
  boolean isRoomAwaited() {
    return isRoomAwaited;
  }

  /** Whether something waits here, for the queue to be empty. */
  boolean isWaiting() {
    return refused != null;
  }

  /** Whether something is still to be sent. */
  boolean isBusy() {
    return refused != null || connection.queuedBytes() > 0 || files > 0;
  }

  /** Resets the connection when the kernel has what was written. */
  void resetBehind(CloseCause why) {
    flush();
    if (isBusy()) {
      connection.whenSent((_, _) -> connection.reset(why));
    } else {
      connection.reset(why);
    }
  }

  /** Whether so many bytes of a stream are taken; if not, the owner is told when they may be. */
  boolean hasRoom(int sizeBytes) {
    if (fits(sizeBytes)) {
      return true;
    }
    flush(); // the kernel is asked now where it is too much, or at the end of a turn
    boolean fits = fits(sizeBytes);
    if (!fits) {
      awaitRoom();
    }
    return fits;
  }

  private boolean fits(int sizeBytes) {
    long waiting = (long) connection.queuedBytes() + (output.has(this) ? output.sizeBytes() : 0);
    long most = connection.options().maxQueuedBytes();
    return refused == null && (waiting == 0 || sizeBytes <= most - waiting);
  }
}
