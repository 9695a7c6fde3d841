package dev.pollux.inspect;

import java.util.Locale;

/**
 * A socket, as the tables of its network show it.
 *
 * <p>Source: proc_pid_net(5), sock_diag(7).
 *
 * @param inode which names it
 * @param protocol {@code tcp}, {@code udp}, {@code unix} and so on, as the table is called
 * @param state of the protocol
 * @param local its address, or its path
 * @param remote its peer's address; empty if it has none, or none is known
 * @param unread bytes that wait to be read, connections that wait at a listener; -1 if unknown
 * @param unsent bytes that the peer does not have yet, at a listener how many may wait; -1 if
 *     unknown
 * @param timer what TCP waits for
 * @param retransmits how often the oldest byte was sent again, or the window was asked for
 * @param idleMillis since anything came of the peer; -1 if unknown
 * @param moved bytes that came and went, of TCP; -1 if unknown
 * @param dropped what a listener had no room for, since it was made; -1 if unknown
 */
public record SocketState(
    long inode,
    String protocol,
    State state,
    String local,
    String remote,
    long unread,
    long unsent,
    Timer timer,
    int retransmits,
    long idleMillis,
    long moved,
    long dropped) {

  /** The states that tell something; what other protocols have is mapped to them. */
  public enum State {
    /** Both may send. */
    ESTABLISHED,
    /** The connect is in progress. */
    CONNECTING,
    /** Connections may come. */
    LISTENING,
    /** The peer has ended its side, and this side is open. */
    CLOSE_WAIT,
    /** This side has ended, and the peer's has not. */
    FIN_WAIT,
    /** Both have ended, and something is on its way. */
    CLOSING,
    /** It is over, and the kernel keeps the port. */
    TIME_WAIT,
    /** This side has given up both directions. */
    SHUT,
    /** Not connected, or over: it was reset, or both have ended. */
    CLOSED,
    /** It has no connection, and needs none. */
    OPEN,
    /** No table has it: see {@link #unlisted}. */
    UNKNOWN
  }

  /** What TCP waits for. */
  public enum Timer {
    /** Nothing. */
    NONE,
    /** The peer's word that it has what was sent. */
    RETRANSMIT,
    /** To ask whether the peer lives. */
    KEEPALIVE,
    /** The end of TIME_WAIT. */
    TIME_WAIT,
    /** Room at the peer's, which does not read. */
    ZERO_WINDOW
  }

  /** Whether connections wait at it. */
  public boolean isListening() {
    return state == State.LISTENING;
  }

  /** Whether a read would not block: bytes, connections or an end are there. */
  public boolean isReadable() {
    return unread > 0 || state == State.CLOSE_WAIT || state == State.CLOSING || isHungUp();
  }

  /** Whether it is hung up: both sides have ended, or it was never connected. */
  public boolean isHungUp() {
    return state == State.CLOSED || state == State.SHUT;
  }

  /** In words: {@code tcp 127.0.0.1:80 - 127.0.0.1:5000 established}. */
  public String text() {
    if (state == State.UNKNOWN) {
      return "socket in no table";
    }
    String ends = remote.isEmpty() ? local : local + " - " + remote;
    String queues =
        isListening()
            ? (unread < 0 ? "" : ", " + unread + (unsent < 0 ? "" : " of " + unsent) + " wait")
            : (unread > 0 ? ", " + unread + " B unread" : "")
                + (unsent > 0 ? ", " + unsent + " B unsent" : "");
    return protocol + (ends.isEmpty() ? "" : " " + ends) + " " + word() + queues;
  }

  private String word() {
    return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * One that is in no table: of TCP and not connected, or over; of a protocol that lists none, or
   * none that is not bound; or of another network.
   */
  public static SocketState unlisted(long inode) {
    return new SocketState(
        inode, "socket", State.UNKNOWN, "", "", -1, -1, Timer.NONE, 0, -1, -1, -1);
  }

  /** The same with other queues. */
  public SocketState withQueues(long unreadBytes, long unsentBytes) {
    return copy(state, unreadBytes, unsentBytes, idleMillis, moved, dropped);
  }

  /** The same with what TCP tells of its peer. */
  public SocketState withTraffic(long idle, long bytes) {
    return copy(state, unread, unsent, idle, bytes, dropped);
  }

  /** The same with what it had no room for. */
  public SocketState withDropped(long count) {
    return copy(state, unread, unsent, idleMillis, moved, count);
  }

  /** The same in another state. */
  public SocketState in(State other) {
    return copy(other, unread, unsent, idleMillis, moved, dropped);
  }

  private SocketState copy(
      State newState, long newUnread, long newUnsent, long idle, long bytes, long drops) {
    return new SocketState(
        inode,
        protocol,
        newState,
        local,
        remote,
        newUnread,
        newUnsent,
        timer,
        retransmits,
        idle,
        bytes,
        drops);
  }
}
