package dev.pollux.guide;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Iterator;

/** Sends back what comes, and waits for peers that do not read: on java.nio. */
public final class NioEcho {

  public static void main(String[] args) throws IOException {
    try (Selector selector = Selector.open();
        ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080));
      System.out.println("listening on " + listener.getLocalAddress());
      serve(selector, listener);
    }
  }

  static void serve(Selector selector, ServerSocketChannel listener) throws IOException {
    listener.configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
    while (selector.isOpen()) {
      selector.select();
      if (!selector.isOpen()) {
        return;
      }
      Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
      while (keys.hasNext()) {
        SelectionKey key = keys.next();
        keys.remove(); // or it is there again after the next select
        if (!key.isValid()) {
          continue;
        }
        if (key.isAcceptable()) {
          accept(selector, listener);
        } else {
          echo(key);
        }
      }
    }
  }

  private static void accept(Selector selector, ServerSocketChannel listener) throws IOException {
    SocketChannel channel = listener.accept(); // throws when descriptors run out
    if (channel != null) {
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, ByteBuffer.allocateDirect(1 << 16));
    }
  }

  private static void echo(SelectionKey key) {
    SocketChannel channel = (SocketChannel) key.channel();
    ByteBuffer buffer = (ByteBuffer) key.attachment();
    try {
      if (key.isReadable() && channel.read(buffer) < 0) {
        channel.close();
        return;
      }
      buffer.flip();
      channel.write(buffer);
      buffer.compact();
      key.interestOps(buffer.position() > 0 ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    } catch (IOException e) {
      close(channel); // the peer reset it
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      System.getLogger("echo").log(System.Logger.Level.DEBUG, "close", e);
    }
  }
}
