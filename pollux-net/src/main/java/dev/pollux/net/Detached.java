package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What is left of a connection that was {@linkplain Connection#detach detached}.
 *
 * <p>Ownership: all of it is whose this is.
 *
 * @param fd the descriptor, open, non-blocking and watched by nobody
 * @param unread what was read from it and left by the handler: it comes before what is in the
 *     kernel
 * @param outputEnded whether the end of the stream was sent: nothing can be written any more
 * @param failure why nothing can be written though no end was sent: the peer is gone, and the
 *     kernel has said so, which it does once; what came before that may still lie in the
 *     descriptor. Null as long as nothing failed
 */
public record Detached(
    int fd, ByteBuffer unread, boolean outputEnded, @Nullable CloseCause failure) {

  /** A connected, non-blocking stream descriptor of which nothing was read or ended. */
  public static Detached of(int fd) {
    return new Detached(fd, ByteBuffer.allocate(0), false, null);
  }

  /** What there is to be given away of a connection; an end that was asked for is sent first. */
  static Detached from(Link link) {
    CloseCause failure = link.ending.broken();
    boolean ended = failure == null && link.ending.isEndAsked();
    if (ended) {
      int _ = link.local.sys().shutdown(link.fd, Linux.SHUT_WR);
    }
    return new Detached(link.fd, link.input.rest(), ended, failure);
  }

  /** As {@link #adopt(EventLoop, ConnectionOptions, Tls, ConnectionHandler)} without TLS. */
  public Connection adopt(EventLoop loop, ConnectionOptions options, ConnectionHandler handler)
      throws SysException {
    return adopt(loop, options, null, handler);
  }

  /**
   * Goes on with it as a connection of this loop, from whichever loop it comes. What is unread is
   * given to the handler, or with TLS to the handshake, before anything else, in a turn of the new
   * connection; {@link ConnectionHandler#opened} is called before this returns, unless there is a
   * handshake. Threads: the loop's.
   *
   * @throws SysException if it cannot be watched; all of it then stays the caller's
   * @throws IllegalArgumentException if TLS is asked for and the end of the stream was sent
   */
  public Connection adopt(
      EventLoop loop, ConnectionOptions options, @Nullable Tls tls, ConnectionHandler handler)
      throws SysException {
    loop.requireInLoop("Detached.adopt");
    if (tls != null && outputEnded) {
      throw new IllegalArgumentException("no handshake on fd " + fd + ", which has ended");
    }
    Connection connection = new Connection(loop, fd, null, options, handler, false);
    Channel channel = connection.channel();
    if (tls != null) {
      tls.install(connection);
    }
    Connecting.setNoDelay(channel.link);
    Link link = connection.link();
    try {
      if (unread.hasRemaining()) {
        link.input.unread().putBack(unread);
      }
      channel.register(); // the last that throws: now the descriptor is the connection's
    } catch (Throwable t) {
      link.input.clear();
      throw t;
    }
    if (outputEnded) {
      link.ending.outputEnded();
    }
    if (failure != null) {
      link.ending.outputBroken(failure);
    }
    channel.start();
    if (failure != null && !link.ending.isOver()) {
      link.readTheRest();
    }
    return connection;
  }
}
