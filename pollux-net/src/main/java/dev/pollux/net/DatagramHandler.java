package dev.pollux.net;

import dev.pollux.sys.SysException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a program makes of a {@link DatagramEndpoint}.
 *
 * <p>Threads: every method is called on the loop's thread, and must not block it. None is called
 * from within a call of the program on the endpoint.
 *
 * <p>Errors: what is thrown here costs the datagram at hand and nothing else, because anybody may
 * send one: it is {@linkplain DatagramStats#failed counted} and {@linkplain
 * dev.pollux.loop.EventLoop#report reported} to the loop, at most once a second, and the endpoint
 * goes on.
 */
public interface DatagramHandler {

  /**
   * A datagram came.
   *
   * @param data its bytes, from position to limit: the endpoint's own memory, good until this
   *     method returns
   * @param peer who sent it; null if the sender has no name, which Unix sockets need not have
   * @param truncated whether it was longer than {@link DatagramOptions#datagramBytes}; the rest is
   *     lost
   */
  void received(
      DatagramEndpoint endpoint, ByteBuffer data, @Nullable SocketAddress peer, boolean truncated);

  /**
   * An error was told that belongs to no datagram that is still here: ECONNREFUSED, say, when
   * nobody listens where a connected endpoint sent to. It stays open and goes on.
   */
  default void failed(DatagramEndpoint endpoint, SysException cause) {}

  /**
   * A datagram that {@link DatagramEndpoint#send} took was refused by the kernel and is dropped:
   * EMSGSIZE if it is longer than the kernel sends, ENOBUFS if it has no memory now, EAGAIN if too
   * much waits for Unix peers that do not read. The endpoint stays open and goes on with the next
   * one.
   *
   * @param peer to whom it was to go; null for the connected peer
   */
  default void unsent(
      DatagramEndpoint endpoint, @Nullable SocketAddress peer, SysException cause) {}

  /** After {@link DatagramEndpoint#send} said false: half of the room it lacked is free again. */
  default void drained(DatagramEndpoint endpoint) {}

  /**
   * The endpoint is closed; nothing is called after this.
   *
   * @param cause why, if it was not {@link DatagramEndpoint#close}
   */
  default void closed(DatagramEndpoint endpoint, @Nullable Throwable cause) {}
}
