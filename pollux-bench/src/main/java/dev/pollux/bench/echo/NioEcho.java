package dev.pollux.bench.echo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * An echo server on {@link Selector}, written by hand the way {@code echo_server.c} is: one read
 * and one write for each readiness, through one direct buffer that all connections share.
 *
 * <p>What a full socket does not take is kept with its key, and until it is gone the connection is
 * watched for writing only.
 */
final class NioEcho implements EchoServer {

  private final Selector selector;
  private final ServerSocketChannel listener;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final Thread thread = Thread.ofPlatform().name("echo").daemon().unstarted(this::run);

  private NioEcho(Selector selector, ServerSocketChannel listener) {
    this.selector = selector;
    this.listener = listener;
  }

  static NioEcho start() throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    listener.configureBlocking(false);
    Selector selector = Selector.open();
    listener.register(selector, SelectionKey.OP_ACCEPT);
    NioEcho server = new NioEcho(selector, listener);
    server.thread.start();
    return server;
  }

  @Override
  public int port() {
    return listener.socket().getLocalPort();
  }

  @Override
  public OptionalLong allocatedBytes() {
    return Allocation.of(thread);
  }

  private void run() {
    try {
      while (true) {
        int _ = selector.select(this::ready);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void ready(SelectionKey key) {
    if (key.isAcceptable()) {
      accept();
      return;
    }
    SocketChannel channel = (SocketChannel) key.channel();
    try {
      ByteBuffer rest = (ByteBuffer) key.attachment();
      if (rest == null) {
        echo(key, channel);
      } else {
        sendRest(key, channel, rest);
      }
    } catch (IOException e) {
      close(channel); // the peer reset the connection
    }
  }

  private void accept() {
    try {
      for (SocketChannel channel = next(); channel != null; channel = next()) {
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private @Nullable SocketChannel next() throws IOException {
    return listener.accept();
  }

  private void echo(SelectionKey key, SocketChannel channel) throws IOException {
    buffer.clear();
    if (channel.read(buffer) < 0) {
      channel.close();
      return;
    }
    buffer.flip();
    int _ = channel.write(buffer);
    if (buffer.hasRemaining()) {
      key.attach(ByteBuffer.allocateDirect(buffer.remaining()).put(buffer).flip());
      key.interestOps(SelectionKey.OP_WRITE);
    }
  }

  private static void sendRest(SelectionKey key, SocketChannel channel, ByteBuffer rest)
      throws IOException {
    int _ = channel.write(rest);
    if (!rest.hasRemaining()) {
      key.attach(null);
      key.interestOps(SelectionKey.OP_READ);
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
