package dev.pollux.examples;

import dev.pollux.poll.Events;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Poller;
import dev.pollux.poll.Registration;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** An echo server: the smallest complete program on the poller. */
public final class TinyEcho {

  public static void main(String[] args) throws IOException {
    Sys sys = NativeSys.open();
    int listener =
        Sockets.tcpListener(
            sys, new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080), 128);
    try (Poller poller = Poller.open()) {
      serve(sys, poller, poller.add(listener, Interest.READABLE, Trigger.LEVEL, null));
    }
  }

  static void serve(Sys sys, Poller poller, Registration listener) throws IOException {
    Events events = new Events();
    while (true) {
      poller.await(events, -1);
      while (events.next()) {
        Registration connection = events.registration();
        if (connection.attachment() instanceof IoBuffer buffer) {
          echo(sys, listener, connection, buffer);
        } else {
          int fd = Sockets.accept(sys, listener.fd());
          if (fd >= 0) {
            poller.add(fd, Interest.READABLE, Trigger.LEVEL, IoBuffer.allocate(4096));
          } else if (fd == -Errno.EMFILE || fd == -Errno.ENFILE) {
            listener.modify(Interest.NONE); // no descriptor is left: until one is closed
          }
        }
      }
    }
  }

  /** Reads, then writes until the buffer is empty again: a slow reader slows only itself. */
  static void echo(Sys sys, Registration listener, Registration connection, IoBuffer buffer)
      throws IOException {
    int fd = connection.fd();
    if (connection.interest() == Interest.READABLE) {
      int count = buffer.read(sys, fd);
      if (count == -Errno.EAGAIN) {
        return;
      }
      if (count <= 0) { // the end of the stream, or an error
        close(sys, listener, connection);
        return;
      }
      buffer.buffer().flip();
    }
    int count = buffer.write(sys, fd);
    if (count < 0 && count != -Errno.EAGAIN) {
      close(sys, listener, connection);
    } else if (buffer.buffer().hasRemaining()) {
      connection.modify(Interest.WRITABLE);
    } else {
      buffer.buffer().clear();
      connection.modify(Interest.READABLE);
    }
  }

  static void close(Sys sys, Registration listener, Registration connection) throws IOException {
    connection.remove();
    sys.close(connection.fd());
    listener.modify(Interest.READABLE);
  }
}
