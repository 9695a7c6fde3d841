package dev.pollux.cli;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.InetSocketAddress;
import java.util.Locale;

/**
 * A client of a simulated run: a small state machine that makes one call or two a step.
 *
 * <p>It sends its pattern in pieces of random size and checks every byte that comes back. After an
 * error it goes on reading to the end of what it can get, so that it knows what the server managed
 * to deliver.
 */
final class SimClient {

  /** What a client does, and how it leaves. */
  enum Behaviour {
    /** Sends, reads, half-closes when all is sent, reads to the end. */
    ORDERLY(true),
    /**
     * Sends without reading until it can send no more, or has sent all; then as the orderly one.
     */
    LATE_READER(true),
    /** Sends and reads, and closes when it has everything back, without saying so before. */
    COLLECTOR(true),
    /** Closes somewhere on the way. */
    QUITTER(false),
    /** Half-closes, and closes without reading to the end. */
    HASTY(false),
    /** Resets the connection somewhere on the way. */
    RESETTER(false);

    /** Whether everything must come back to it. */
    final boolean isFaithful;

    Behaviour(boolean isFaithful) {
      this.isFaithful = isFaithful;
    }
  }

  /** How far it is. */
  enum State {
    NEW,
    CONNECTING,
    OPEN,
    /** Over, as it was meant to. */
    COMPLETE,
    /** Over, because a call failed or the server ended the stream early. */
    FAILED
  }

  private static final Behaviour[] BEHAVIOURS = {
    Behaviour.ORDERLY,
    Behaviour.ORDERLY,
    Behaviour.LATE_READER,
    Behaviour.COLLECTOR,
    Behaviour.QUITTER,
    Behaviour.HASTY,
    Behaviour.RESETTER
  };

  private static final int MAX_BYTES = 1 << 14; // 16 KiB

  /** More than the buffers of two sockets and a paused server hold. */
  private static final int FLOOD_BYTES = 700_000;

  /** One run in so many has a client that sends so much. */
  private static final int FLOODS = 8;

  private static final int FLOOD_CHUNK_BYTES = 1 << 15; // 32 KiB
  private static final int STALLS_UNTIL_READING = 4;
  private static final int MAX_OPENS = 50;

  private final SimNetwork network;
  private final Sys sys;
  private final SimDice dice;
  private final int index;
  private final Behaviour behaviour;
  private final int totalBytes;
  private final int sendBytes;
  private final int receiveBytes;

  /** Where a quitter, a hasty one and a resetter leave. */
  private final int leaveAtBytes;

  private State state = State.NEW;
  private int fd = -1;
  private int port;
  private int openCount;
  private int sentBytes;
  private int receivedBytes;
  private int stallCount;
  private boolean halfClosed;
  private boolean reading;
  private int errno;

  SimClient(SimNetwork network, SimDice dice, int index, boolean mayFlood) {
    this.network = network;
    this.sys = network.sys;
    this.dice = dice;
    this.index = index;
    boolean floods = mayFlood && dice.oneIn(FLOODS);
    this.behaviour = floods && dice.oneIn(2) ? Behaviour.LATE_READER : dice.pick(BEHAVIOURS);
    this.totalBytes = floods ? FLOOD_BYTES : dice.oneIn(8) ? 0 : dice.upTo(MAX_BYTES);
    this.sendBytes = floods ? FLOOD_CHUNK_BYTES : piece(dice, totalBytes);
    this.receiveBytes = floods ? SimNetwork.BUFFER_BYTES : piece(dice, totalBytes);
    this.leaveAtBytes = dice.below(totalBytes + 1);
    this.reading = behaviour != Behaviour.LATE_READER;
  }

  /** The largest piece of a transfer: so that there are not more than about a hundred. */
  private static int piece(SimDice dice, int total) {
    return Math.max(dice.upTo(MAX_BYTES), total / 64 + 1);
  }

  boolean isOver() {
    return state == State.COMPLETE || state == State.FAILED;
  }

  boolean hasFailed() {
    return state == State.FAILED;
  }

  /** The error that it failed with; 0 if the server ended the stream early. */
  int errno() {
    return errno;
  }

  /** The local port, 0 before there is one. */
  int port() {
    return port;
  }

  int sentBytes() {
    return sentBytes;
  }

  int receivedBytes() {
    return receivedBytes;
  }

  /** Whether everything it sends must come back to it. */
  boolean isFaithful() {
    return behaviour.isFaithful;
  }

  /** Whether it ended the connection itself while the server might still send. */
  boolean hasLeft() {
    return isOver() && !behaviour.isFaithful && !hasFailed();
  }

  @Override
  public String toString() {
    return "client " + index;
  }

  /** Everything about it in one line. */
  String text() {
    return this
        + " ("
        + behaviour.name().toLowerCase(Locale.ROOT)
        + "): "
        + state.name().toLowerCase(Locale.ROOT)
        + (errno == 0 ? "" : " " + Errno.name(errno))
        + ", sent "
        + sentBytes
        + " of "
        + totalBytes
        + ", received "
        + receivedBytes;
  }

  /** A call or two. */
  void step() throws SysException {
    switch (state) {
      case NEW -> open();
      case CONNECTING -> connect();
      case OPEN -> move();
      case COMPLETE, FAILED -> {}
    }
  }

  /** Has waited too long. */
  void giveUp() {
    fail(Errno.ETIMEDOUT);
  }

  private void close() {
    if (fd >= 0) {
      int _ = sys.close(fd);
      fd = -1;
    }
  }

  private void open() throws SysException {
    int result = sys.socket(Linux.AF_INET, Linux.SOCK_STREAM | Linux.SOCK_NONBLOCK, 0);
    if (result < 0) {
      openCount++;
      if (openCount == MAX_OPENS) {
        fail(-result);
      }
      return;
    }
    fd = result;
    if (dice.oneIn(4)) {
      Sockets.setOption(sys, fd, Linux.SOL_SOCKET, Linux.SO_RCVBUF, dice.upTo(MAX_BYTES));
    }
    state = State.CONNECTING;
    connect();
  }

  private void connect() throws SysException {
    int result = network.connect(fd);
    if (port == 0) {
      port = ((InetSocketAddress) Sockets.localAddress(sys, fd)).getPort();
      note("connects from port " + port);
    }
    if (result == 0 || result == -Errno.EISCONN) {
      state = State.OPEN;
      network.progress++;
    } else if (result != -Errno.EINPROGRESS && result != -Errno.EALREADY) {
      fail(-result);
    }
  }

  private void move() throws SysException {
    boolean sends = errno == 0 && sentBytes < totalBytes && !halfClosed;
    if (sends && (!reading || dice.oneIn(2))) {
      send();
    } else if (reading) {
      receive();
    }
    if (state == State.OPEN && errno == 0) {
      leave();
    }
  }

  private void send() {
    int count = Math.min(1 + dice.below(sendBytes), totalBytes - sentBytes);
    network.fill(index, sentBytes, count);
    int n = sys.send(fd, network.buffer.address(), count, Linux.MSG_NOSIGNAL);
    if (n >= 0) {
      stallCount = 0;
      sentBytes += n;
      network.progress++;
      if (network.trace.isOn()) {
        note("sent " + n + ", together " + sentBytes);
      }
    } else if (n == -Errno.EAGAIN) {
      stallCount++;
      reading |= stallCount == STALLS_UNTIL_READING;
    } else {
      error(-n);
    }
  }

  private void receive() {
    int count = 1 + dice.below(receiveBytes);
    int n = sys.recv(fd, network.buffer.address(), count, 0);
    if (n > 0) {
      check(n);
    } else if (n == 0) {
      ended();
    } else if (n != -Errno.EAGAIN) {
      error(-n);
      finish(State.FAILED);
    }
  }

  private void check(int count) {
    int wrong = network.mismatch(index, receivedBytes, count);
    if (wrong >= 0) {
      throw new SimFailure(
          this
              + ": byte "
              + (receivedBytes + wrong)
              + " came back wrong: "
              + network.buffer.buffer().get(wrong));
    }
    receivedBytes += count;
    network.progress++;
    if (network.trace.isOn()) {
      note("received " + count + ", together " + receivedBytes);
    }
    if (receivedBytes > sentBytes) {
      throw new SimFailure(this + ": received more than it sent: " + text());
    }
  }

  private void ended() {
    note("received the end");
    boolean all = errno == 0 && halfClosed && receivedBytes == sentBytes;
    finish(all ? State.COMPLETE : State.FAILED);
  }

  /** What it does beside sending and reading. */
  private void leave() throws SysException {
    boolean allSent = sentBytes == totalBytes;
    switch (behaviour) {
      case ORDERLY, LATE_READER -> {
        if (allSent && !halfClosed) {
          reading = true;
          halfClose();
        }
      }
      case COLLECTOR -> {
        if (allSent && receivedBytes == totalBytes) {
          finish(State.COMPLETE);
        }
      }
      case QUITTER -> {
        if (sentBytes >= leaveAtBytes && dice.oneIn(2)) {
          finish(State.COMPLETE);
        }
      }
      case HASTY -> {
        if (halfClosed && dice.oneIn(4)) {
          finish(State.COMPLETE);
        } else if (sentBytes >= leaveAtBytes && !halfClosed) {
          halfClose();
        }
      }
      case RESETTER -> {
        if (sentBytes >= leaveAtBytes && dice.oneIn(2)) {
          note("resets");
          Sockets.linger(sys, fd, 0);
          finish(State.COMPLETE);
        }
      }
    }
  }

  private void halfClose() {
    note("half-closes");
    halfClosed = true;
    network.progress++;
    int result = sys.shutdown(fd, Linux.SHUT_WR);
    if (result < 0) {
      error(-result);
    }
  }

  /** The connection is broken; what came before can still be read. */
  private void error(int number) {
    note("meets " + Errno.name(number));
    errno = errno == 0 ? number : errno;
    reading = true;
    network.progress++;
  }

  private void fail(int number) {
    error(number);
    finish(State.FAILED);
  }

  private void finish(State end) {
    state = end;
    network.progress++;
    close();
    note("is over");
  }

  private void note(String what) {
    if (network.trace.isOn()) {
      network.note(this + " " + what);
    }
  }
}
