package dev.pollux.cli;

import dev.pollux.poll.Events;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Poller;
import dev.pollux.poll.Registration;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An interactive client: standard input goes to a socket, the socket to standard output, on one
 * thread and one poller.
 *
 * <p>Each direction has one buffer, and is either filling it (its source is watched) or emptying it
 * (its target is watched): a target that is slow stops its source and nothing else. Standard input
 * and output are left in the mode they came in, since others share them: they are read and written
 * once per readiness, which does not block; of a pipe that is writable, no more than {@link
 * #WRITE_BYTES} are sure to be taken.
 *
 * <p>At the end of the input, or after a quitting line, what is left is sent, then the writing half
 * is closed; what arrives is printed until the server closes, after a quitting line for {@link
 * #QUIT_NANOS} at most. A server that has ended its half may still read: what is there to be sent
 * is sent.
 *
 * <p>Ownership: the socket and the poller are this object's, the standard streams are not.
 */
final class ConnectClient implements AutoCloseable {

  static final int BUFFER_BYTES = 1 << 16; // 64 KiB

  /** PIPE_BUF: a pipe is writable when it has room for this, see pipe(7). */
  static final int WRITE_BYTES = 4096;

  /**
   * How long the server may take to close after a quitting line; and how long, after the server has
   * said that it sends no more, the input may take to bring something that it still takes.
   */
  static final long QUIT_NANOS = 500_000_000; // 500 ms

  /** What a registration is for. */
  private enum End {
    INPUT,
    OUTPUT,
    SOCKET
  }

  private final Sys sys;
  private final Poller poller;
  private final int fd;
  private final String server;
  private final String command;
  private final Registration socket;
  private final Events events = new Events(8);
  private final QuitFilter filter = new QuitFilter();
  private final IoBuffer typed = IoBuffer.allocate(BUFFER_BYTES);
  private final IoBuffer up = IoBuffer.allocate(BUFFER_BYTES + QuitFilter.MAX_HELD_BYTES);
  private final IoBuffer down = IoBuffer.allocate(BUFFER_BYTES);
  private @Nullable Registration input;
  private @Nullable Registration output;
  private boolean inputEnded;
  private boolean halfClosed;
  private boolean socketEnded;
  private boolean sendFailed;
  private boolean quitting;
  private long deadlineNanos;

  private ConnectClient(
      Sys sys, Poller poller, int fd, String server, String command, Registration socket) {
    this.sys = sys;
    this.poller = poller;
    this.fd = fd;
    this.server = server;
    this.command = command;
    this.socket = socket;
    up.buffer().limit(0);
    down.buffer().limit(0);
  }

  /**
   * Connects.
   *
   * @param deadlineNanos a moment of {@link Sys#nanoTime}
   * @param command what messages to the user begin with
   * @throws Failure if that fails; nothing is left open
   */
  static ConnectClient open(Sys sys, InetSocketAddress address, long deadlineNanos, String command)
      throws SysException {
    String server = TextLog.text(address);
    Poller poller = Poller.open(sys);
    int fd = -1;
    try {
      fd = Sockets.connecting(sys, address);
      Registration socket = poller.add(fd, Interest.WRITABLE, Trigger.LEVEL, End.SOCKET);
      await(sys, poller, fd, server, deadlineNanos);
      return new ConnectClient(sys, poller, fd, server, command, socket);
    } catch (SysException e) {
      release(sys, poller, fd);
      throw refused(server, e.errno());
    } catch (Throwable t) {
      release(sys, poller, fd);
      throw t;
    }
  }

  private static void release(Sys sys, Poller poller, int fd) {
    poller.close();
    if (fd >= 0) {
      int _ = sys.close(fd);
    }
  }

  /**
   * Sends this before anything that is typed; at most {@link #BUFFER_BYTES}, before {@link #run}.
   */
  void sayFirst(byte[] text) {
    up.buffer().clear().put(text).flip();
  }

  /** Runs until one side ends it; the exit code. */
  int run() throws SysException {
    begin();
    while (!isOver()) {
      watch();
      boolean limited = quitting || isLingering();
      long timeout = limited ? deadlineNanos - sys.nanoTime() : -1;
      if (limited && timeout <= 0) {
        break;
      }
      poller.await(events, timeout);
      while (events.next()) {
        dispatch();
      }
    }
    if (sendFailed || up.buffer().hasRemaining()) {
      throw new Failure(server + " closed the connection before everything was sent");
    }
    if (!inputEnded && !quitting) {
      System.err.println(command + ": " + server + " closed the connection");
    }
    return 0;
  }

  /** Whether everything is printed, and everything sent that anybody takes. */
  private boolean isOver() {
    return socketEnded
        && !down.buffer().hasRemaining()
        && (sendFailed || (inputEnded && !up.buffer().hasRemaining()));
  }

  /** The server sends no more; it may still take what is typed, if that comes soon. */
  private boolean isLingering() {
    return socketEnded && !down.buffer().hasRemaining() && !up.buffer().hasRemaining();
  }

  @Override
  public void close() {
    release(sys, poller, fd);
  }

  private static void await(Sys sys, Poller poller, int fd, String server, long deadlineNanos)
      throws SysException {
    if (poller.awaitUntil(new Events(1), deadlineNanos) == 0) {
      throw new Failure(
          server + " did not answer in time: check the address, or give it more with --timeout");
    }
    int errno = Sockets.socketError(sys, fd);
    if (errno != 0) {
      throw refused(server, errno);
    }
  }

  private static Failure refused(String server, int errno) {
    String name = " (" + Errno.name(errno) + "): ";
    return new Failure(
        server
            + switch (errno) {
              case Errno.ECONNREFUSED ->
                  " refuses connections" + name + "is the server running, and the port right?";
              case Errno.ENETUNREACH, Errno.EHOSTUNREACH, Errno.ETIMEDOUT ->
                  " cannot be reached" + name + "check the address and the network";
              default -> " cannot be connected to" + name + Errno.meaning(errno);
            });
  }

  private void begin() throws SysException {
    // The kernel's struct termios has 36 bytes, less than the C library's.
    IoBuffer termios = IoBuffer.allocate(Linux.SIZEOF_TERMIOS);
    if (sys.ioctl(StandardStreams.STDIN, Linux.TCGETS, termios.address()) >= 0) {
      System.err.println("connected to " + server + "; a line q quits");
    }
    if (StandardStreams.hasInput(sys)) {
      input = poller.add(StandardStreams.STDIN, Interest.NONE, Trigger.LEVEL, End.INPUT);
    } else {
      inputEnded = true;
    }
    if (!StandardStreams.hasOutput(sys)) {
      throw new Failure("standard output is closed: there is nowhere to print to");
    }
    output = poller.add(StandardStreams.STDOUT, Interest.NONE, Trigger.LEVEL, End.OUTPUT);
  }

  /** Brings the three registrations in line with the two buffers. */
  private void watch() throws SysException {
    boolean upPending = up.buffer().hasRemaining();
    boolean downPending = down.buffer().hasRemaining();
    if (inputEnded && !upPending && !halfClosed) {
      halfClosed = true;
      int _ = sys.shutdown(fd, Linux.SHUT_WR); // a connection that is gone shows in the next recv
    }
    watch(input, !inputEnded && !upPending ? Interest.READABLE : Interest.NONE);
    watch(output, downPending ? Interest.WRITABLE : Interest.NONE);
    Interest wanted = downPending || socketEnded ? Interest.NONE : Interest.READABLE;
    watch(socket, upPending ? wanted.with(Interest.WRITABLE) : wanted);
  }

  private void watch(@Nullable Registration registration, Interest wanted) throws SysException {
    if (registration != null && registration.interest() != wanted) {
      registration.modify(wanted);
    }
  }

  private void dispatch() {
    switch ((End) events.attachment()) {
      case INPUT -> readInput();
      case OUTPUT -> writeOutput();
      case SOCKET -> {
        if (events.isWritable()) {
          send();
        }
        if (events.isReadable()) {
          receive();
        }
      }
      case null -> throw new IllegalStateException("an event for nothing");
    }
  }

  private void readInput() {
    if (inputEnded || up.buffer().hasRemaining()) {
      return;
    }
    ByteBuffer text = typed.buffer().clear();
    int n = typed.read(sys, StandardStreams.STDIN);
    if (n == -Errno.EAGAIN || n == -Errno.EINTR) {
      return;
    }
    if (n < 0 && n != -Errno.EIO) { // EIO is how a terminal that hung up says that it has
      throw new Failure(
          "cannot read standard input (" + Errno.name(-n) + "): " + Errno.meaning(-n));
    }
    ByteBuffer target = up.buffer().clear();
    boolean quit = n > 0 ? filter.pass(text.flip(), target) : filter.end();
    target.flip();
    if (quit) {
      quitting = true;
    }
    if (quit || socketEnded) {
      deadlineNanos = sys.nanoTime() + QUIT_NANOS;
    }
    inputEnded = quit || n <= 0;
  }

  private void send() {
    ByteBuffer bytes = up.buffer();
    if (!bytes.hasRemaining()) {
      return;
    }
    int position = bytes.position();
    int size = bytes.limit() - position;
    int n = sys.send(fd, up.address() + position, size, Linux.MSG_NOSIGNAL);
    if (n >= 0) {
      bytes.position(position + n);
    } else if (n != -Errno.EAGAIN && n != -Errno.EINTR) {
      // The server reads no more; what it said before is still to be printed.
      sendFailed = true;
      inputEnded = true;
      bytes.limit(bytes.position());
    }
  }

  private void receive() {
    ByteBuffer bytes = down.buffer();
    if (bytes.hasRemaining() || socketEnded) {
      return;
    }
    int n = sys.recv(fd, down.address(), BUFFER_BYTES, 0);
    if (n > 0) {
      bytes.position(0).limit(n);
    } else if (n == 0) {
      socketEnded = true;
      if (!quitting) {
        deadlineNanos = sys.nanoTime() + QUIT_NANOS;
      }
    } else if (n != -Errno.EAGAIN && n != -Errno.EINTR) {
      throw new Failure(
          server + " broke the connection (" + Errno.name(-n) + "): " + Errno.meaning(-n));
    }
  }

  private void writeOutput() {
    ByteBuffer bytes = down.buffer();
    if (!bytes.hasRemaining()) {
      return;
    }
    int position = bytes.position();
    int size = Math.min(bytes.limit() - position, WRITE_BYTES);
    int n = sys.write(StandardStreams.STDOUT, down.address() + position, size);
    if (n >= 0) {
      bytes.position(position + n);
    } else if (n != -Errno.EAGAIN && n != -Errno.EINTR) {
      throw new Failure("cannot write to standard output: " + Errno.name(-n));
    }
  }
}
