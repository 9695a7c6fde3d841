package dev.pollux.model;

import dev.pollux.sys.Errno;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a TCP connection: the bytes that were sent and not yet received.
 *
 * <p>Segments go when the receiver has room, and arrive in order: at once, or, if the delay fault
 * hits, later. Until then they count against the send buffer.
 */
final class TcpSender {

  /** What is copied together, or not at all, and sent as one: measured on Linux 6.18's loopback. */
  private static final int PIECE_BYTES = 65_482;

  private final Kernel kernel;
  private final TcpSocket owner;
  private final ArrayDeque<Segment> queue = new ArrayDeque<>();
  private int queuedBytes;
  private Flight flight;

  /** The end of the stream was sent and has not arrived; it counts as a byte. */
  private boolean ending;

  /** The way to another host; null to a socket of this one. */
  private @Nullable TcpPath path;

  /** Somebody found no room to write, and wants to know when there is. */
  private boolean wantsSpace;

  /** The segments of one connection that are on their way; none overtakes another. */
  static final class Flight {
    final @Nullable StreamBooks books; // of a network
    int bytes;
    private int count;
    private long lastArrival;

    Flight(Kernel kernel) {
      this.books = kernel.world == null ? null : new StreamBooks(kernel.world);
    }
  }

  TcpSender(Kernel kernel, TcpSocket owner) {
    this.kernel = kernel;
    this.owner = owner;
    this.flight = new Flight(kernel);
  }

  Flight flight() {
    return flight;
  }

  /** There is a connection. */
  void begin(TcpSocket to) {
    path = to.kernel == kernel ? null : new TcpPath(kernel, owner, to, this);
  }

  /** The way to another host; null to a socket of this one, or to none. */
  @Nullable TcpPath path() {
    return path;
  }

  /** Whether bytes wait for room at the receiver. */
  boolean isWaiting() {
    return !queue.isEmpty();
  }

  /** The receiver is on another host, and has told what it has. */
  void acknowledged(boolean ended) {
    ending &= !ended;
    push();
  }

  /** The receiver has made room: another host has to tell, if somebody waits for it. */
  void roomMade() {
    if (path == null) {
      push();
    } else if (isWaiting()) {
      path.acknowledge();
    }
  }

  /** The connection is left: what is on its way there is no part of the next one. */
  void leave() {
    flight = new Flight(kernel);
    if (path != null) {
      path.forget();
      path = null;
    }
  }

  /** Somebody asked whether it is writable; if not, it will be told when it is. */
  void noteAsked() {
    wantsSpace |= !isWritable();
  }

  /** A third of the buffer is free. */
  boolean isWritable() {
    return freeBytes() >= usedBytes() >> 1;
  }

  private int freeBytes() {
    return owner.options().sendBytes - usedBytes();
  }

  /** Bytes in the send buffer: waiting, or on their way. */
  private int usedBytes() {
    return queuedBytes + flight.bytes;
  }

  /** What the peer does not have yet, for TIOCOUTQ, or of that what waits for room there. */
  int outgoingBytes(boolean onlyUnsent) {
    boolean endWaits = ending && !queue.isEmpty(); // it is the last
    return onlyUnsent ? queuedBytes + (endWaits ? 1 : 0) : usedBytes() + (ending ? 1 : 0);
  }

  /** Takes what fits; with {@code urgent}, the last byte of it goes out of band. */
  int send(Span from, boolean urgent) {
    int room = freeBytes();
    wantsSpace |= room < from.remaining();
    if (room <= 0) {
      return -Errno.EAGAIN;
    }
    byte[] bytes = from.takePieces(room, PIECE_BYTES);
    if (flight.books != null) {
      flight.books.sent(bytes, urgent);
    }
    add(new Segment(urgent ? Segment.Kind.URGENT : Segment.Kind.DATA, bytes));
    return bytes.length;
  }

  /** Sends the end of the stream. */
  void finish() {
    ending = true;
    add(Segment.fin());
  }

  private void add(Segment segment) {
    queue.add(segment);
    queuedBytes += segment.remaining();
    push();
  }

  /** Sends a reset, behind what is on its way; what has not left never will. */
  void reset() {
    clear();
    transmit(Segment.reset());
  }

  void clear() {
    queue.clear();
    queuedBytes = 0;
    ending = false;
    wantsSpace = false; // nobody acknowledges anything any more
    if (path != null) {
      path.forget();
    }
  }

  /** Sends what the receiver has room for; called again when it has more. */
  void push() {
    while (!queue.isEmpty()) {
      Segment segment = queue.element();
      int room = owner.peer().window() - flight.bytes;
      if (segment.remaining() > 0 && room <= 0) {
        break;
      }
      int most = Math.min(room, PIECE_BYTES);
      if (segment.remaining() > most && segment.kind == Segment.Kind.DATA) {
        segment = segment.split(most);
      } else {
        queue.remove();
      }
      queuedBytes -= segment.remaining();
      transmit(segment);
    }
    if (path != null) {
      path.arm();
    }
    acknowledged();
  }

  /** The buffer may have become emptier. */
  private void acknowledged() {
    if (wantsSpace) {
      roomChanged();
    }
  }

  /** Tells of room to write, if there is enough. */
  void roomChanged() {
    if (isWritable()) {
      wantsSpace = false;
      owner.tellWritable();
    }
  }

  private void transmit(Segment segment) {
    if (path != null) {
      path.send(segment);
      return;
    }
    TcpSocket to = owner.peer();
    Flight over = flight;
    long delay = kernel.delay();
    if (delay == 0 && over.count == 0) {
      arrive(segment, to, over);
      return;
    }
    int bytes = segment.remaining();
    over.bytes += bytes;
    over.count++;
    over.lastArrival = Math.max(over.lastArrival, kernel.clock.now() + delay);
    Timer _ =
        kernel.at(
            over.lastArrival,
            () -> {
              over.bytes -= bytes;
              over.count--;
              arrive(segment, to, over);
              if (over == flight) {
                acknowledged();
              }
            });
  }

  /** Either end may have left the connection by now. */
  private void arrive(Segment segment, TcpSocket to, Flight over) {
    if (over == flight) {
      ending &= segment.kind != Segment.Kind.FIN;
    }
    if (to.hears(over)) {
      to.arrived(segment);
    }
  }
}
