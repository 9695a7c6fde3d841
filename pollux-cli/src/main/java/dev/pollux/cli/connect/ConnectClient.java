package dev.pollux.cli.connect;

import dev.pollux.cli.terminal.Failure;
import dev.pollux.cli.terminal.StandardStreams;
import dev.pollux.loop.ClosedLoopException;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopHandler;
import dev.pollux.loop.LoopOptions;
import dev.pollux.poll.Event;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Registration;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An interactive client: standard input goes to a {@link ConnectPeer}, what that says to standard
 * output, on one thread and one loop.
 *
 * <p>Each direction has one buffer, and is either filling it (its source is watched) or emptying it
 * (its target is watched): a target that is slow stops its source and nothing else. Standard input
 * and output are left in the mode they came in, since others share them: they are read and written
 * once per readiness, which does not block; of a pipe that is writable, no more than {@link
 * #WRITE_BYTES} are sure to be taken.
 *
 * <p>At the end of the input, or of a terminal's at a line q, what is left is sent, then this half
 * is ended; what arrives is printed until the server ends, after a q for {@link #QUIT_NANOS} at
 * most. A server that has ended its half may still read: so the input is sent to its end.
 *
 * <p>Ownership: the loop and what is on it are this object's, the two descriptors are not.
 */
public final class ConnectClient implements AutoCloseable {

  static final int BUFFER_BYTES = 1 << 16; // 64 KiB

  /** PIPE_BUF: a pipe is writable when it has room for this, see pipe(7). */
  static final int WRITE_BYTES = 4096;

  /** How long the server may take to end after a line q. */
  static final long QUIT_NANOS = 500_000_000; // 500 ms

  /**
   * How a client behaves.
   *
   * @param command what messages to the user begin with
   * @param input the descriptor that is read
   * @param output the descriptor that is written
   * @param isInputTerminal whether somebody types: a line q quits then
   * @param marks how what arrives is marked
   * @param endsWithServer whether there is nothing more to say to who says no more
   */
  public record Manner(
      String command,
      int input,
      int output,
      boolean isInputTerminal,
      LineMarks marks,
      boolean endsWithServer) {}

  /** Begins to connect. */
  @FunctionalInterface
  public interface Beginning {
    void begin(EventLoop loop, ConnectClient client) throws SysException;
  }

  private final Sys sys;
  private final EventLoop loop;
  private final Manner manner;
  private final QuitFilter filter = new QuitFilter();
  private final IoBuffer typed = IoBuffer.allocate(BUFFER_BYTES);
  private final IoBuffer up = IoBuffer.allocate(BUFFER_BYTES + QuitFilter.MAX_HELD_BYTES);
  private final IoBuffer down = IoBuffer.allocate(BUFFER_BYTES);
  private @Nullable ConnectPeer peer;
  private @Nullable Registration input;
  private @Nullable Registration output;
  private String server = "the server";
  private boolean roomUp = true;
  private boolean inputEnded;
  private boolean halfClosed;
  private boolean peerEnded;
  private boolean closing;
  private boolean over;
  private @Nullable Failure failure;
  private @Nullable Throwable bug;

  private ConnectClient(Sys sys, EventLoop loop, Manner manner) {
    this.sys = sys;
    this.loop = loop;
    this.manner = manner;
    up.buffer().limit(0);
    down.buffer().limit(0);
  }

  /** A client that is not connected yet. */
  public static ConnectClient open(Sys sys, Manner manner) throws SysException {
    return new ConnectClient(
        sys, EventLoop.open(sys, LoopOptions.DEFAULT.withName("connect")), manner);
  }

  /**
   * Sends this before anything that is typed; at most {@link #BUFFER_BYTES}, before {@link #run}.
   */
  public void sayFirst(byte[] text) {
    up.buffer().clear().put(text).flip();
  }

  /**
   * Connects, and runs until one side ends it.
   *
   * @return the exit code
   * @throws Failure if it cannot connect, or not everything was sent and printed
   */
  public int run(Beginning beginning) throws SysException {
    int _ = loop.runOnce(0); // from now on the loop is this thread's
    beginning.begin(loop, this);
    while (!isOver()) {
      int _ = loop.runOnce(-1);
    }
    System.err.print(manner.marks.lineEnd());
    if (bug != null) {
      throw new IllegalStateException(bug);
    }
    if (failure != null) {
      throw failure;
    }
    return 0;
  }

  /** Whether everything is printed, and nothing more to come. A failure waits for what came. */
  private boolean isOver() {
    return bug != null || (over && !down.buffer().hasRemaining());
  }

  @Override
  public void close() {
    loop.close();
  }

  // ---- what the peer tells

  /** There is a connection. */
  void opened(ConnectPeer connected, String name) {
    peer = connected;
    server = name;
    if (manner.isInputTerminal) {
      System.err.println("connected to " + name + "; a line q quits");
    }
    try {
      if (StandardStreams.isInput(sys, manner.input)) {
        input = loop.add(manner.input, Interest.NONE, Trigger.LEVEL, new Stream(this::readInput));
      } else {
        inputEnded = true;
      }
      if (!StandardStreams.isOutput(sys, manner.output)) {
        throw new Failure("standard output is closed: there is nowhere to print to");
      }
      output = loop.add(manner.output, Interest.NONE, Trigger.LEVEL, new Stream(this::writeOutput));
    } catch (SysException e) {
      over(new Failure("cannot watch the standard streams: " + e.getMessage()));
    } catch (Failure e) {
      over(e);
    }
    send();
    watch();
  }

  /** Something came: as much of it is taken as there is room for. */
  void heard(ByteBuffer data) {
    ByteBuffer bytes = down.buffer();
    if (!bytes.hasRemaining()) {
      bytes.clear();
      manner.marks.pass(data, bytes);
      bytes.flip();
    }
    if (bytes.hasRemaining()) {
      ConnectPeer from = peer;
      if (from != null) {
        from.pause();
      }
    }
    watch();
  }

  /** What was held back may be sent. */
  void roomAgain() {
    roomUp = true;
    send();
    watch();
  }

  /** The server says no more. */
  void peerEnded() {
    peerEnded = true;
    if (!inputEnded) {
      String what =
          manner.endsWithServer ? "closed the connection" : "says no more; the input is still sent";
      System.err.println(manner.marks.lineEnd() + manner.command + ": " + server + " " + what);
    }
    if (manner.endsWithServer) {
      over(null);
    }
    watch();
  }

  /** It is over, with a failure or in order; what follows the first time is not heard. */
  void over(@Nullable Failure why) {
    if (!over) {
      over = true;
      failure = why;
      watch();
    }
  }

  // ---- the two directions

  /** Brings the registrations in line with the two buffers, and ends what is at its end. */
  private void watch() {
    ConnectPeer to = peer;
    boolean upPending = up.buffer().hasRemaining();
    boolean downPending = down.buffer().hasRemaining();
    if (to != null && !over) {
      if (inputEnded && !upPending && !halfClosed) {
        halfClosed = true;
        to.end();
      }
      if (halfClosed && peerEnded && !downPending && to.unreadBytes() == 0 && !closing) {
        closing = true;
        to.close();
      }
    }
    boolean wanted = !inputEnded && !upPending && roomUp && !over;
    watch(input, wanted ? Interest.READABLE : Interest.NONE);
    watch(output, downPending ? Interest.WRITABLE : Interest.NONE);
  }

  private void watch(@Nullable Registration registration, Interest wanted) {
    try {
      if (registration != null && registration.interest() != wanted) {
        registration.modify(wanted);
      }
    } catch (SysException e) {
      over(new Failure("cannot watch the standard streams: " + e.getMessage()));
    }
  }

  private void send() {
    ConnectPeer to = peer;
    if (to != null && !over && (up.buffer().hasRemaining() || !roomUp)) {
      roomUp = to.send(up.buffer());
    }
  }

  private void readInput() {
    if (inputEnded || over || up.buffer().hasRemaining()) {
      return;
    }
    ByteBuffer text = typed.buffer().clear();
    int n = typed.read(sys, manner.input);
    if (n == -Errno.EAGAIN || n == -Errno.EINTR) {
      return;
    }
    if (n < 0 && n != -Errno.EIO) { // EIO is how a terminal that hung up says that it has
      over(
          new Failure("cannot read standard input (" + Errno.name(-n) + "): " + Errno.meaning(-n)));
      return;
    }
    ByteBuffer target = up.buffer().clear();
    boolean quit = false;
    if (!manner.isInputTerminal) {
      target.put(text.flip());
    } else if (n > 0) {
      quit = filter.pass(text.flip(), target);
      manner.marks.typedLine();
    } else {
      quit = filter.end();
    }
    target.flip();
    inputEnded = quit || n <= 0;
    send();
    if (quit) {
      var _ = loop.schedule(QUIT_NANOS, this::giveUp);
    }
    watch();
  }

  /** The server has had its time after a q. */
  private void giveUp() {
    ConnectPeer to = Objects.requireNonNull(peer);
    boolean unsent = up.buffer().hasRemaining() || to.unsentBytes() > 0;
    var _ = down.buffer().limit(down.buffer().position()); // whoever quits waits for no pager
    over(unsent ? ConnectFailures.unsent(server) : null);
  }

  private void writeOutput() {
    ByteBuffer bytes = down.buffer();
    if (!bytes.hasRemaining()) {
      return;
    }
    int position = bytes.position();
    int size = Math.min(bytes.limit() - position, WRITE_BYTES);
    int n = sys.write(manner.output, down.address() + position, size);
    if (n >= 0) {
      bytes.position(position + n);
    } else if (n != -Errno.EAGAIN && n != -Errno.EINTR) {
      bytes.limit(position);
      over = false; // this is what the user has to know, whatever came before
      over(new Failure("cannot write to standard output: " + Errno.name(-n)));
    }
    ConnectPeer from = peer;
    if (!bytes.hasRemaining() && from != null && !over) {
      from.resume();
    }
    watch();
  }

  /** A standard stream on the loop, which leaves it open. */
  private final class Stream implements LoopHandler {

    private final Runnable onReady;

    Stream(Runnable onReady) {
      this.onReady = onReady;
    }

    @Override
    public void ready(Event event) {
      onReady.run();
    }

    @Override
    public void failed(Throwable cause) {
      for (Registration each : new @Nullable Registration[] {input, output}) {
        if (each != null && each.attachment() == this) {
          each.remove();
        }
      }
      if (!(cause instanceof ClosedLoopException)) {
        bug = cause;
      }
    }
  }
}
