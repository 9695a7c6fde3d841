package dev.pollux.cli.sim;

import dev.pollux.cli.echo.CloseReason;
import dev.pollux.cli.echo.EchoLog;
import dev.pollux.cli.echo.EchoOptions;
import dev.pollux.sys.Errno;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hears what the echo server of a {@link SimRun} does, keeps the books of each connection, and
 * checks that they balance: what was read was written, or is still unsent, in every moment.
 */
final class EchoBooks implements EchoLog {

  /** A connection as the server sees it. */
  static final class Account {
    final @Nullable SocketAddress peer;
    long readBytes;
    long wroteBytes;
    CloseReason reason = CloseReason.ERROR;
    int errno;
    private int callsInTurn;
    private int mostCallsInTurn;
    private long turn;
    private boolean isOpen = true;
    private boolean wasPaused;
    private long pausedReadBytes;
    private long pausedWroteBytes;
    private long mustReadBytes;

    Account(@Nullable SocketAddress peer) {
      this.peer = peer;
    }

    /** Whether the server has delivered everything that it read. */
    boolean isDelivered() {
      return !isOpen && (reason == CloseReason.END_OF_STREAM || reason == CloseReason.STOPPED);
    }

    /** So much more has arrived: whoever delivers everything must have read it. */
    void mustRead(int sizeBytes) {
      mustReadBytes = readBytes + sizeBytes;
    }

    /** How much of what it was sent was not sent back. */
    long owedBytes() {
      return readBytes - wroteBytes;
    }

    /** Whether it was paused before, has sent nothing since, and has read something. */
    boolean hasReadWhilePaused(boolean isPaused) {
      boolean hasRead = wasPaused && wroteBytes == pausedWroteBytes && readBytes != pausedReadBytes;
      wasPaused = isPaused;
      pausedReadBytes = readBytes;
      pausedWroteBytes = wroteBytes;
      return hasRead;
    }
  }

  /**
   * In one turn a connection may do its work twice, in the flush phase and for an event: writes,
   * reads, and writes of what was read, each within its budget.
   */
  private static final int MAX_CALLS_PER_TURN = 6 * EchoOptions.READS_PER_TURN;

  private final SimRun run;
  private final Map<Integer, Account> open = new HashMap<>();
  private final Map<SocketAddress, Account> byPeer = new HashMap<>();
  private final List<Account> ended = new ArrayList<>();
  private long turn;

  EchoBooks(SimRun run) {
    this.run = run;
  }

  /** A turn of the server is over. */
  void nextTurn() {
    turn++;
  }

  /** That of a peer, or null if the server never got it. */
  @Nullable Account of(@Nullable SocketAddress peer) {
    return byPeer.get(peer);
  }

  /** That of a connection which is open. */
  Account of(int fd) {
    Account account = open.get(fd);
    if (account == null) {
      String what = "the server uses fd " + fd + ", which is no connection of its";
      run.fail(what);
      throw new IllegalStateException(what);
    }
    return account;
  }

  /** Those that were closed since the last call. */
  List<Account> takeEnded() {
    List<Account> taken = List.copyOf(ended);
    ended.clear();
    return taken;
  }

  @Override
  public void connected(int fd, @Nullable SocketAddress peer) {
    note("fd " + fd + " connected from " + peer);
    Account account = new Account(peer);
    if (open.put(fd, account) != null) {
      run.fail("the server accepted fd " + fd + " twice");
    }
    if (peer instanceof InetSocketAddress) {
      byPeer.put(peer, account);
    }
  }

  @Override
  public void read(int fd, int sizeBytes) {
    Account account = of(fd);
    account.readBytes += sizeBytes;
    count(account);
  }

  @Override
  public void wrote(int fd, int sizeBytes) {
    Account account = of(fd);
    account.wroteBytes += sizeBytes;
    count(account);
    if (account.owedBytes() < 0) {
      run.fail("the server wrote more than it read on fd " + fd);
    }
  }

  private void count(Account account) {
    run.moved();
    if (account.turn != turn) {
      account.turn = turn;
      account.callsInTurn = 0;
    }
    account.callsInTurn++;
    account.mostCallsInTurn = Math.max(account.mostCallsInTurn, account.callsInTurn);
  }

  @Override
  public void secured(int fd, String outcome) {
    run.fail("fd " + fd + " has TLS, which nobody asked for");
  }

  @Override
  public void closed(int fd, CloseReason reason, int errno, int unsentBytes, String detail) {
    Account account = of(fd);
    open.remove(fd);
    account.isOpen = false;
    account.reason = reason;
    account.errno = errno;
    ended.add(account);
    String error = errno == 0 ? "" : " " + Errno.name(errno);
    note("fd " + fd + " closed: " + reason.text() + error + ", unsent " + unsentBytes);
    requireBalance(fd, account, unsentBytes);
    requireShare(fd, account);
    if (account.isDelivered() && unsentBytes > 0) {
      run.fail("fd " + fd + ": " + reason.text() + ", but bytes are unsent");
    }
    if (account.isDelivered() && account.readBytes < account.mustReadBytes) {
      run.fail(
          String.format(
              Locale.ROOT,
              "fd %d: %s, but of %d bytes that had arrived %d were read",
              fd,
              reason.text(),
              account.mustReadBytes,
              account.readBytes));
    }
  }

  /** Also one whose peer is gone keeps to its share. */
  void requireShare(int fd, Account account) {
    if (account.mostCallsInTurn > MAX_CALLS_PER_TURN) {
      run.fail("fd " + fd + ": more than its share of calls in one turn");
    }
  }

  /** The books of one connection. */
  void requireBalance(int fd, Account account, int unsentBytes) {
    if (account.owedBytes() != unsentBytes) {
      run.fail(
          String.format(
              Locale.ROOT,
              "fd %d: read %d, wrote %d, but unsent are %d",
              fd,
              account.readBytes,
              account.wroteBytes,
              unsentBytes));
    }
  }

  @Override
  public void exhausted(int errno) {
    note("cannot accept: " + Errno.name(errno));
  }

  @Override
  public void recovered(long refusedCount) {
    note("accepts again, refused " + refusedCount);
  }

  @Override
  public void shed() {
    run.fail("the server sheds connections without a limit");
  }

  @Override
  public boolean isGathering() {
    return false;
  }

  @Override
  public boolean flush() {
    return true;
  }

  private void note(String what) {
    run.moved();
    run.sim().note("server: " + what);
  }
}
