package dev.pollux.net;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What must be true of one connection whatever happens to it, in plain lists and numbers: it knows
 * what was written and taken, what was sent by the peer, who asked for an end, and nothing of how
 * connections work.
 */
final class ProgramOracle {

  final List<String> wrong = new ArrayList<>();

  // What the program wrote, and the peer has read of it.
  private final Stream out = new Stream();
  private int lateBytes;
  private boolean outEnded;
  private boolean endAsked;
  private boolean waits;
  private boolean anyRefused;

  // What the program wants to hear of that: where in the stream each delivery stands.
  private final List<Integer> deliveries = new ArrayList<>();
  private int deliveredCount;
  private int deliveredBytes;
  private boolean deliveryLost;

  // What the peer wrote, and the handlers were given of it.
  private final Stream in = new Stream();
  private boolean peerEnded;
  private boolean peerReset;
  private boolean sentLate;

  // How it ended.
  private boolean readClosedTold;
  private boolean cleanEndSeen;
  private final Set<CloseReason> allowed = EnumSet.noneOf(CloseReason.class);
  private CloseCause cause;
  private int lostBytes;

  /** Bytes in order, and how many of them came out at the other end. */
  private static final class Stream {
    private final ByteArrayOutputStream all = new ByteArrayOutputStream();
    private byte[] known = {};
    private int arrived;

    void add(byte[] bytes) {
      all.writeBytes(bytes);
    }

    /** Whether what lies there are the next bytes that have not arrived. */
    boolean isNext(byte[] bytes) {
      if (arrived + bytes.length > all.size()) {
        return false;
      }
      if (known.length < all.size()) {
        known = all.toByteArray();
      }
      return Arrays.equals(bytes, 0, bytes.length, known, arrived, arrived + bytes.length);
    }

    boolean isComplete() {
      return arrived == all.size();
    }

    @Override
    public String toString() {
      return arrived + " of " + all.size();
    }
  }

  void require(boolean condition, String what) {
    if (!condition) {
      wrong.add(what + "; out " + out + ", in " + in + ", " + cause);
    }
  }

  // ---- the program

  /** A write or a file, which might have been taken, and what was answered. */
  void wrote(byte[] bytes, boolean mayBe, WriteResult result) {
    require(mayBe || !result.isTaken(), "taken, and there is no way to send it");
    waits |= result == WriteResult.FULL || result == WriteResult.REFUSED;
    anyRefused |= result == WriteResult.REFUSED;
    if (mayBe && result != WriteResult.REFUSED) { // if the connection broke meanwhile, a part of it
      require(!outEnded, "a write was taken after the end");
      out.add(bytes);
    } else if (!mayBe) {
      lateBytes += bytes.length;
    }
  }

  /** Whether a write was refused, so that something is to be seen of what follows. */
  boolean isAnyRefused() {
    return anyRefused;
  }

  /** Whoever waits for the next writable has it. */
  void writable() {
    waits = false;
  }

  /** Whether the peer has read all that was taken. */
  boolean isAllRead() {
    return out.isComplete();
  }

  /** The peer has read everything, and nothing else happens: nobody waits any more. */
  void calm() {
    require(!waits, "full or refused, and never writable again");
  }

  /** The program wants to hear when all that was taken so far has been sent; its number. */
  int askedWhenSent() {
    deliveries.add(out.all.size());
    return deliveries.size() - 1;
  }

  /** It hears so. */
  void delivered(int number, boolean sent) {
    require(number == deliveredCount, "deliveries out of order");
    require(!sent || !deliveryLost, "sent, after something was lost");
    deliveredCount = number + 1;
    deliveryLost |= !sent;
    if (sent) {
      deliveredBytes = deliveries.get(number);
    }
  }

  /** The program asked for an end, and the connection may tell one of these reasons for it. */
  void asked(CloseReason... reasons) {
    endAsked = true;
    allowed.addAll(List.of(reasons));
  }

  /** The program ended its half, or closed: nothing more is taken. */
  void endedOutput() {
    endAsked = true;
    outEnded = true;
  }

  boolean isOutputEnded() {
    return outEnded;
  }

  /** How much may be queued, at the most: what was taken and has not arrived, or not taken. */
  int missingBytes() {
    return out.all.size() - out.arrived + lateBytes;
  }

  // ---- the handler

  /**
   * Bytes were given: the next ones of the peer's, those that were left unread in front. After the
   * end was told, they can only be such.
   *
   * @param taken how many of them the handler reads
   */
  void given(ByteBuffer data, int taken) {
    byte[] bytes = new byte[data.remaining()];
    data.duplicate().get(bytes);
    require(in.isNext(bytes), "given " + bytes.length + " bytes that are not the next");
    in.arrived += taken;
  }

  void readClosed(int unreadBytes) {
    require(!readClosedTold, "the end was told twice");
    require(peerEnded, "an end was told that was none");
    require(in.arrived + unreadBytes == in.all.size(), "the end was told before all was given");
    readClosedTold = true;
  }

  /** Another handler, which is to hear of an end as well. */
  void handlerChanged() {
    readClosedTold = false;
  }

  void closed(CloseCause why, int lost) {
    require(cause == null, "closed twice");
    cause = why;
    lostBytes = lost;
    allDelivered();
  }

  /** From now on no delivery is told. */
  void allDelivered() {
    require(deliveredCount == deliveries.size(), "a delivery was not told");
  }

  // ---- the peer

  /** The peer sends, which may bring it an error in the place of the end, if that is asked for. */
  void peerSent(byte[] bytes) {
    in.add(bytes);
    sentLate |= endAsked;
  }

  void peerEnded() {
    peerEnded = true;
  }

  /** The peer is gone: by a reset, or a close, which is one for what it has not read. */
  void peerReset() {
    peerReset = true;
  }

  void peerRead(byte[] bytes) {
    require(out.isNext(bytes), "the peer read " + bytes.length + " bytes that are not the next");
    out.arrived += bytes.length;
  }

  /** The peer read the end of the stream, with TLS after a close_notify. */
  void peerReadEnd() {
    cleanEndSeen = true;
  }

  boolean isPeerEnded() {
    return peerEnded || peerReset;
  }

  // ---- at the end

  /** When it is over, and the peer has read all there was. */
  void check() {
    require(cause != null, "never closed");
    if (cause == null) {
      return;
    }
    CloseReason reason = cause.reason();
    if (cleanEndSeen) {
      require(out.isComplete(), "a clean end, and something is missing");
      require(out.arrived >= deliveredBytes, "what was sent has not arrived");
      require(endAsked, "an end that nobody asked for");
    }
    switch (reason) {
      case CLOSED, END_OF_STREAM -> {
        require(allowed.contains(reason), "nobody asked for that end");
        require(peerReset || out.isComplete(), "ended in order, and something is missing");
        require(peerReset || sentLate || cleanEndSeen, "ended in order, and the peer was not told");
        require(peerReset || lostBytes <= lateBytes, "ended in order, and lost " + lostBytes);
      }
      case LIMIT -> require(false, "a limit ended it");
      case RESET -> require(peerReset, "reset by nobody");
      default -> require(allowed.contains(reason), "nobody gave a reason for that end");
    }
    require(reason != CloseReason.END_OF_STREAM || peerEnded || peerReset, "an end of no stream");
  }

  @Override
  public String toString() {
    return "out " + out + ", in " + in + ", allowed " + allowed + ", " + cause;
  }
}
