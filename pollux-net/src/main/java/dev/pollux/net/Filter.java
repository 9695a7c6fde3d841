package dev.pollux.net;

import java.nio.ByteBuffer;

/**
 * What stands between the wire and the handler of a connection: TLS.
 *
 * <p>Threads: the loop's.
 */
interface Filter {

  /** The stream is there. Calls the handler's {@code opened} when it is usable. */
  void begin();

  /** Bytes from the wire, all of which it takes. Plain ones go to {@link Connection#deliver}. */
  void received(ByteBuffer wire);

  /** The wire has ended. */
  void readClosed();

  /** Plain bytes from the program, all of which it takes; wire bytes go to {@link Stream#write}. */
  void write(ByteBuffer plain);

  /** The program writes no more: what says so on the wire, if anything. */
  void end();

  /** It is over. */
  void closed();
}
