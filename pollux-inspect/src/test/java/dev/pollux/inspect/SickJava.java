package dev.pollux.inspect;

import dev.pollux.sys.Epoll;
import dev.pollux.sys.EpollEvents;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A program in Java whose loop reads a part of what an edge told of, and waits again. */
final class SickJava {

  private static final int SENT = 100;
  private static final int READ = 10;

  private SickJava() {}

  /** Prints its descriptors and "ready", as the zoo does, and waits for ever. */
  public static void main(String[] args) throws Exception {
    Thread loop = new Thread(SickJava::run, "loop-1");
    loop.start();
    loop.join();
  }

  private static void run() {
    Sys sys = NativeSys.open();
    try (Epoll epoll = Epoll.create(sys)) {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      int listener = Sockets.tcpListener(sys, new InetSocketAddress(loopback, 0), 1);
      int peer = Sockets.connecting(sys, Sockets.localAddress(sys, listener));
      epoll.add(listener, Linux.EPOLLIN | Linux.EPOLLONESHOT, 0);
      MemorySegment bytes = Arena.ofAuto().allocate(SENT);
      EpollEvents events = EpollEvents.allocate(1);
      int _ = epoll.await(events, -1);
      int fd = SysException.check("accept", Sockets.accept(sys, listener));
      epoll.delete(listener);
      epoll.add(fd, Linux.EPOLLIN | Linux.EPOLLET, 1);
      int _ = sys.write(peer, bytes.address(), SENT);
      int _ = epoll.await(events, -1);
      int _ = sys.read(fd, bytes.address(), READ);
      System.out.println("epfd=" + epoll.fd() + "\nfd=" + fd + "\nready");
      int _ = epoll.await(events, -1);
    } catch (SysException e) {
      throw new IllegalStateException(e);
    }
  }
}
