package dev.pollux.cli;

import dev.pollux.sys.Errno;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hears what the server of a simulated run does, keeps the books of each connection, and checks
 * that they balance: what was read was written, or is still unsent, in every moment.
 */
final class SimLog implements EchoLog {

  /** A connection as the server sees it. */
  static final class Connection {
    final int port;
    long readBytes;
    long wroteBytes;
    int callsInTurn;
    long turn;
    boolean isOpen = true;
    CloseReason reason = CloseReason.ERROR;
    int errno;
    private boolean wasPaused;
    private long pausedReadBytes;
    private long pausedWroteBytes;

    Connection(int port) {
      this.port = port;
    }

    /** Whether the server has delivered everything that it read. */
    boolean isDelivered() {
      return !isOpen && (reason == CloseReason.END_OF_STREAM || reason == CloseReason.STOPPED);
    }
  }

  /**
   * In one turn a connection may do its work twice, in the flush phase and for an event: writes,
   * reads, and writes of what was read, each within its budget.
   */
  private static final int MAX_CALLS_PER_TURN = 6 * EchoOptions.READS_PER_TURN;

  private final SimNetwork network;
  private final Map<Integer, Connection> open = new HashMap<>();
  private final Map<Integer, Connection> byPort = new HashMap<>();
  private final List<Connection> ended = new ArrayList<>();
  private long turn;
  private long echoedBytes;
  private @Nullable SimFailure failure;

  SimLog(SimNetwork network) {
    this.network = network;
  }

  /** Notes what is wrong: what is thrown in a handler ends a connection, and not the run. */
  SimFailure failed(String message) {
    SimFailure found = new SimFailure(message);
    failure = failure == null ? found : failure;
    return found;
  }

  /** What was wrong first, or null. */
  @Nullable SimFailure failure() {
    return failure;
  }

  /** The server begins a turn. */
  void beginTurn() {
    turn++;
  }

  /** The connection from a client's port, or null if the server never got it. */
  @Nullable Connection ofPort(int port) {
    return byPort.get(port);
  }

  /** The connections that were closed since the last call. */
  List<Connection> takeEnded() {
    List<Connection> taken = List.copyOf(ended);
    ended.clear();
    return taken;
  }

  boolean hasEnded() {
    return !ended.isEmpty();
  }

  int connectionCount() {
    return byPort.size();
  }

  long echoedBytes() {
    return echoedBytes;
  }

  @Override
  public void connected(int fd, @Nullable SocketAddress peer) {
    Connection connection =
        new Connection(peer instanceof InetSocketAddress inet ? inet.getPort() : 0);
    if (open.put(fd, connection) != null) {
      throw failed("the server accepted fd " + fd + " twice");
    }
    byPort.put(connection.port, connection);
    note("server: fd " + fd + " connected from port " + connection.port);
  }

  @Override
  public void read(int fd, int sizeBytes) {
    Connection connection = connection(fd);
    connection.readBytes += sizeBytes;
    count(fd, connection);
    if (network.trace.isOn()) {
      note("server: fd " + fd + " read " + sizeBytes);
    }
  }

  @Override
  public void wrote(int fd, int sizeBytes) {
    Connection connection = connection(fd);
    connection.wroteBytes += sizeBytes;
    echoedBytes += sizeBytes;
    count(fd, connection);
    if (connection.wroteBytes > connection.readBytes) {
      throw failed("the server wrote more than it read on fd " + fd);
    }
    if (network.trace.isOn()) {
      note("server: fd " + fd + " wrote " + sizeBytes);
    }
  }

  @Override
  public void secured(int fd, String outcome) {
    throw new SimFailure("fd " + fd + " has TLS, which nobody asked for");
  }

  @Override
  public void closed(int fd, CloseReason reason, int errno, int unsentBytes, String detail) {
    Connection connection = connection(fd);
    open.remove(fd);
    connection.isOpen = false;
    connection.reason = reason;
    connection.errno = errno;
    ended.add(connection);
    note(
        "server: fd "
            + fd
            + " closed: "
            + reason.text()
            + (errno == 0 ? "" : " " + Errno.name(errno))
            + (unsentBytes == 0 ? "" : ", unsent " + unsentBytes));
    requireBalance(fd, connection, unsentBytes);
    if (connection.isDelivered() && unsentBytes > 0) {
      throw failed("fd " + fd + ": " + reason.text() + ", but bytes are unsent");
    }
  }

  @Override
  public void exhausted(int errno) {
    note("server: cannot accept: " + Errno.name(errno));
  }

  @Override
  public void recovered(long refusedCount) {
    note("server: accepts again, refused " + refusedCount);
  }

  @Override
  public void shed() {
    throw failed("the server sheds connections without a limit");
  }

  @Override
  public boolean isGathering() {
    return false;
  }

  @Override
  public boolean flush() {
    return true;
  }

  /** How much of what an open connection was sent was not sent back. */
  long owedBytes(int fd) {
    Connection connection = connection(fd);
    return connection.readBytes - connection.wroteBytes;
  }

  /** The books of one connection. */
  void requireBalance(int fd, int unsentBytes) {
    requireBalance(fd, connection(fd), unsentBytes);
  }

  /** Whether a connection that was paused, and has sent nothing since, has read something. */
  boolean hasReadWhilePaused(int fd, boolean paused) {
    Connection connection = connection(fd);
    boolean hasRead =
        connection.wasPaused
            && connection.wroteBytes == connection.pausedWroteBytes
            && connection.readBytes != connection.pausedReadBytes;
    connection.wasPaused = paused;
    connection.pausedReadBytes = connection.readBytes;
    connection.pausedWroteBytes = connection.wroteBytes;
    return hasRead;
  }

  private void requireBalance(int fd, Connection connection, int unsentBytes) {
    if (connection.readBytes - connection.wroteBytes != unsentBytes) {
      throw failed(
          "fd "
              + fd
              + ": read "
              + connection.readBytes
              + ", wrote "
              + connection.wroteBytes
              + ", but unsent are "
              + unsentBytes);
    }
  }

  private Connection connection(int fd) {
    Connection connection = open.get(fd);
    if (connection == null) {
      throw failed("the server uses fd " + fd + ", which is no connection of its");
    }
    return connection;
  }

  private void count(int fd, Connection connection) {
    network.progress++;
    if (connection.turn != turn) {
      connection.turn = turn;
      connection.callsInTurn = 0;
    }
    connection.callsInTurn++;
    if (connection.callsInTurn > MAX_CALLS_PER_TURN) {
      throw failed("fd " + fd + ": more than its share of calls in one turn");
    }
  }

  private void note(String what) {
    network.progress++;
    network.note(what);
  }
}
