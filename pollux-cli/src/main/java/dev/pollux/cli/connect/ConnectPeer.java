package dev.pollux.cli.connect;

import java.nio.ByteBuffer;

/**
 * The other side of a {@link ConnectClient}: what it sends to. What it hears it is told by its
 * methods. Threads: the loop's.
 */
interface ConnectPeer {

  /**
   * Sends what remains of these bytes, as far as there is room.
   *
   * @return whether more may follow; if not, {@link ConnectClient#roomAgain} is called, and what
   *     remains is to be given again
   */
  boolean send(ByteBuffer bytes);

  /** Nothing more is sent, after what was. */
  void end();

  /** Hears nothing until told to go on. */
  void pause();

  /** Hears again. */
  void resume();

  /** How many bytes were heard of, and are still to be given to the client. */
  int unreadBytes();

  /** How many bytes wait to be sent. */
  int unsentBytes();

  /** Everything is said and heard: ends in order, which {@link ConnectClient#over} tells. */
  void close();
}
