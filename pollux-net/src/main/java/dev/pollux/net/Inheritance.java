package dev.pollux.net;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.pollux.sys.Ancillary;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.PeerCredentials;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The listeners that a running predecessor {@linkplain Succession offers} to this process.
 *
 * <p>First {@link #claim} them, then serve them with {@link ServerOptions#on}, then say {@link
 * #ready}; there is an example at {@link Succession}. Until {@code ready} both processes accept;
 * whoever ends before that, or has it throw, leaves the other as it was.
 *
 * <p>Ownership: the descriptors are this object's, and closed with it; a server that was started on
 * one has a duplicate. Threads: one at a time. Blocking: {@link #claim} and {@link #ready} wait for
 * the predecessor, up to the time that was given: this is for the start of a program, not for a
 * loop's thread.
 */
public final class Inheritance implements AutoCloseable {

  private static final int NANOS_PER_MILLI = 1_000_000;
  private static final long FIRST_PAUSE_MILLIS = 1;
  private static final int BYTE = 0xff;

  // What is read besides bytes.
  private static final int ENDED = -1;
  private static final int LATE = -2;

  /** A Unix path of the predecessor's. */
  private record Path(UnixAddress address, UnixPath.Identity made) {}

  private final Sys sys;
  private final int socket;
  private final long atMostNanos;
  private final List<Integer> descriptors = new ArrayList<>();
  private final List<Path> paths = new ArrayList<>();
  private int predecessor = -Errno.EBADF; // a descriptor of its process, or -errno
  private @Nullable SysException failure; // which is for good
  private boolean taken; // the predecessor is told to stop, whether it has heard that or not
  private boolean closed;

  private Inheritance(Sys sys, int socket, long atMostNanos) {
    this.sys = sys;
    this.socket = socket;
    this.atMostNanos = atMostNanos;
  }

  /**
   * Asks for the listeners of the predecessor.
   *
   * @param at where it offers them
   * @param atMost how long each answer may take
   * @return null if there is no predecessor: no such path or name, or nobody listens there
   * @throws SysException if it does not answer in time, is being stopped, or turns this process
   *     away; EBUSY if another one is just taking over; EMFILE if this process has not as many
   *     descriptors left, or room to watch the predecessor; EPERM if who offers them is neither of
   *     this process's user nor root's
   */
  public static @Nullable Inheritance claim(Sys sys, UnixAddress at, Duration atMost)
      throws SysException {
    long nanos = OptionChecks.nanos("atMost", atMost);
    int fd = Sockets.open(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    Inheritance claimed = new Inheritance(sys, fd, nanos);
    boolean done = false;
    try {
      if (claimed.connect(at)) {
        claimed.meet(at);
        claimed.receive();
        done = true;
        return claimed;
      }
      return null;
    } finally {
      if (!done) {
        claimed.close();
      }
    }
  }

  /** The listening descriptors, in the order in which the predecessor named its servers. */
  public List<Integer> descriptors() {
    return List.copyOf(descriptors);
  }

  /**
   * Says that this process accepts, and takes over from the predecessor, which stops to: its Unix
   * paths are these servers' from now on, to remove at their end. Then the place where it offered
   * its listeners is free for {@link Succession#offer}.
   *
   * <p>It has taken over if this returns. If it throws, it has not, and the predecessor goes on;
   * but for a predecessor that ended, or was told to stop, at that very moment. Called again after
   * it has thrown, this throws the same, but for ETIMEDOUT.
   *
   * @param servers those that serve what was inherited
   * @return whether the predecessor accepts nothing any more; false if it has not said so in time:
   *     it hangs, and will stop when it goes on. Until then both serve, and the place is in use.
   *     Called again, this waits for it again, or finds that it has ended
   * @throws SysException if it did not agree in time, ended before, prefers another who came later,
   *     is being stopped, or withdrew its offer. If the loop of the offer was closed after this had
   *     returned false, that takes the whole time to throw: it is waited for the end of the
   *     process, which would be no failure. Where that cannot be watched, as there is no pidfd for
   *     it (a predecessor in another PID namespace, a kernel before 5.3), one that hung and was
   *     killed throws ECONNRESET as well
   * @throws IllegalStateException if this is closed
   */
  public boolean ready(List<Server> servers) throws SysException {
    if (closed) { // the number of the descriptor may be another's
      throw new IllegalStateException("ready() after close()");
    }
    SysException known = failure;
    if (known != null) {
      throw known;
    }
    boolean done;
    try {
      done = takeOver();
    } catch (SysException e) {
      failure = e.errno() == Errno.ETIMEDOUT ? null : e;
      throw e;
    }
    for (Server each : servers) {
      for (Path path : paths) {
        if (path.address.equals(each.address())) {
          each.path.set(UnixPath.of(sys, path.address, path.made));
        }
      }
      if (done) {
        each.lookAgain();
      }
    }
    return done;
  }

  private boolean takeOver() throws SysException {
    if (!taken) {
      say(Succession.READY);
      if (next() != Succession.AGREED) {
        throw SysException.of("recv(fd=" + socket + ")", -Errno.EPROTO, "that is no answer");
      }
      say(Succession.TAKEN); // if this leaves, the predecessor stops when it hears it
      taken = true;
    }
    return isDone();
  }

  private void say(byte what) throws SysException {
    int n = Succession.send(sys, socket, what);
    if (n < 0) {
      throw SysException.of(
          "send(fd=" + socket + ")", n, "the predecessor is gone, or prefers another");
    }
  }

  /**
   * Whether it has stopped, or ended. An end of the stream is that of one that has heard all, which
   * is no word of its listeners as long as its process lives. A reset is that of one that has not
   * heard it: because its process has ended, or because the loop of the offer has, which throws.
   */
  private boolean isDone() throws SysException {
    long deadline = sys.nanoTime() + atMostNanos;
    int said = Succession.AGREED; // perhaps once more, from a call that has thrown
    try {
      while (said == Succession.AGREED) {
        said = read(deadline);
      }
    } catch (SysException e) {
      if (hasProcessEnded(deadline)) {
        return true;
      }
      throw e;
    }
    return said == ENDED ? predecessor < 0 || hasProcessEnded(deadline) : said != LATE;
  }

  /** Whether the predecessor's process has ended; it may be about to, with its sockets closed. */
  private boolean hasProcessEnded(long deadline) {
    while (predecessor >= 0) {
      int ready = poll(predecessor, deadline);
      if (ready != -Errno.EINTR) {
        return ready > 0;
      }
    }
    return false;
  }

  /** Closes what was inherited; servers that were started on it go on. Idempotent. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      int _ = sys.close(socket);
      if (predecessor >= 0) {
        int _ = sys.close(predecessor);
      }
      descriptors.forEach(sys::close);
    }
  }

  private boolean connect(UnixAddress at) throws SysException {
    long deadline = sys.nanoTime() + atMostNanos;
    long pause = FIRST_PAUSE_MILLIS;
    while (true) {
      try {
        if (Connecting.connect(sys, socket, at)) {
          return true;
        }
      } catch (SysException e) {
        if (e.errno() == Errno.ENOENT || e.errno() == Errno.ECONNREFUSED) {
          return false;
        }
        throw e;
      }
      if (sys.nanoTime() - deadline >= 0) {
        throw SysException.of("connect(" + at + ")", -Errno.ETIMEDOUT, "others ask as well");
      }
      int _ = sys.poll(0, 0, (int) pause); // its backlog is full
      pause = Math.min(2 * pause, Connecting.MOST_PAUSE_NANOS / NANOS_PER_MILLI);
    }
  }

  /** Looks who it is: listeners of anybody else's would be somebody else's service. */
  private void meet(UnixAddress at) throws SysException {
    PeerCredentials peer = Ancillary.peerCredentials(sys, socket);
    if (!Succession.isTrusted(peer, Succession.ownUser(sys))) {
      throw SysException.of(
          "connect(" + at + ")", -Errno.EPERM, "user " + peer.uid() + " listens there");
    }
    predecessor = sys.pidfdOpen(peer.pid(), 0);
    switch (-predecessor) {
      case Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM ->
          throw SysException.of("pidfd_open(" + peer.pid() + ")", predecessor);
      default -> {} // it is there, or cannot be had: ready says what that means
    }
  }

  private void receive() throws SysException {
    byte last = next();
    int count = 0;
    while (last == Succession.LISTENER) {
      count++;
      if (next() == Succession.WITH_PATH) {
        keepPath(count);
      }
      last = next();
    }
    if (last == Succession.BUSY) {
      throw SysException.of(
          "recvmsg(fd=" + socket + ")", -Errno.EBUSY, "another successor is taking over");
    }
    if (last != Succession.ALL || count == 0 || count != descriptors.size()) {
      throw SysException.of("recvmsg(fd=" + socket + ")", -Errno.EPROTO, "that is no predecessor");
    }
  }

  private void keepPath(int count) throws SysException {
    ByteBuffer said = ByteBuffer.allocate(Succession.IDENTITY_BYTES);
    while (said.hasRemaining()) {
      var _ = said.put(next());
    }
    UnixPath.Identity made =
        new UnixPath.Identity(said.flip().getInt(), said.getInt(), said.getLong(), true);
    if (count > 0
        && Sockets.localAddress(sys, descriptors.get(count - 1)) instanceof UnixAddress address) {
      paths.add(new Path(address, made));
    }
  }

  /** The next byte; a descriptor that comes with it is kept. */
  private byte next() throws SysException {
    int said = read(sys.nanoTime() + atMostNanos);
    if (said == ENDED) {
      throw SysException.of(
          "recvmsg(fd=" + socket + ")",
          -Errno.ECONNRESET,
          "the predecessor ended, stops, takes no successor of this user, prefers another, or is"
              + " out of what it takes to answer");
    }
    if (said == LATE) {
      throw SysException.of(
          "recvmsg(fd=" + socket + ")", -Errno.ETIMEDOUT, "the predecessor does not answer");
    }
    return (byte) said;
  }

  /** The next byte, of those that are positive; or ENDED, or LATE. */
  private int read(long deadline) throws SysException {
    ByteBuffer one = ByteBuffer.allocate(1);
    while (true) {
      Ancillary.Received got = Ancillary.receive(sys, socket, one, 1);
      if (got.truncated()) { // the kernel drops what there is no number for
        throw SysException.of(
            "recvmsg(fd=" + socket + ")", -Errno.EMFILE, "a listener was offered, and is lost");
      }
      descriptors.addAll(got.fds());
      if (got.bytes() == 1) {
        return one.get(0) & BYTE;
      }
      if (got.bytes() == 0) {
        return ENDED;
      }
      if (got.bytes() == -Errno.EAGAIN && poll(socket, deadline) == 0) {
        return LATE;
      }
    }
  }

  /** Waits for something to read: 1, 0 if it is too late, or -errno. */
  private int poll(int fd, long deadline) {
    long left = Math.max(0, deadline - sys.nanoTime());
    // struct pollfd { int fd; short events; short revents; };
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pollfd = arena.allocate(Linux.SIZEOF_POLLFD, Integer.BYTES);
      pollfd.set(JAVA_INT, 0, fd);
      pollfd.set(JAVA_SHORT, Integer.BYTES, (short) Linux.POLLIN);
      int millis = (int) Math.min(Integer.MAX_VALUE, Math.ceilDiv(left, NANOS_PER_MILLI));
      return sys.poll(pollfd.address(), 1, millis);
    }
  }
}
