package dev.pollux.net;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What stands between the wire and the handler of a connection: TLS.
 *
 * <p>Threads: the loop's.
 */
interface Filter {

  /** The stream is there. Calls {@link Channel#secured} when it is usable. */
  void begin();

  /** Whether {@link #begin} was called. */
  boolean hasBegun();

  /**
   * Bytes from the wire; what it leaves is kept, and given again in front of more. Plain bytes go
   * to the handler. Called without new bytes after a pause.
   */
  void received(ByteBuffer wire);

  /** How much of the wire it may have to see at once. */
  int wireBytes();

  /** The plain bytes that the handler left unread. */
  Unread unread();

  /** Whether {@link #received} has something for the handler even without new bytes. */
  boolean hasUnread();

  /** Whether {@link #received} tells an end that no pause holds back: nothing is left before it. */
  boolean isEndDue();

  /** Whether it can do something with bytes now; else it asks for them when it can. */
  boolean wantsInput();

  /** How long its handshake may take; 0 is as long as it likes. */
  long handshakeNanos();

  /** The handshake took longer; what to say of it. Nothing is held back any more. */
  CloseCause timedOut();

  /** Whether the peer said that it sends no more. */
  boolean isReadClosed();

  /** Another handler is there, which is to hear of an end as well. */
  void handlerChanged();

  /** The wire has ended. */
  void readClosed();

  /** Plain bytes from the program, all of which it takes; but for those it has no memory for. */
  void write(ByteBuffer plain);

  /** A file from the program. */
  void write(FileRegion file);

  /** Goes on with what it holds back, as far as the queue of the stream has room. */
  void pump();

  /** How many plain bytes it holds back. */
  int heldBytes();

  /** How many plain bytes it holds back, with those of files. */
  long level();

  /** How many files it holds back. */
  int queuedFiles();

  /** Takes a mark behind what it holds back; false if that is nothing. */
  boolean hold(Delivery mark, boolean lost);

  /** Whether nothing is held back, and what says so on the wire was written if {@link #end} was. */
  boolean isDrained();

  /** The program writes no more: what says so on the wire, after everything else. */
  void end();

  /**
   * {@link #end} was called, and nothing will be received any more: what has to wait for the peer
   * is lost.
   *
   * @return what to say of it, or null if nothing was lost
   */
  @Nullable CloseCause abandon();

  /** It is over: memory and files are given back. */
  void closed();
}
