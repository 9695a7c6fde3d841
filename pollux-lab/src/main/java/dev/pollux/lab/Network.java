package dev.pollux.lab;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Poll;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The steps on TCP connections over loopback. */
final class Network {

  private static final int BACKLOG = 128;
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private final Sys sys;
  private final Handles handles;

  Network(Sys sys, Handles handles) {
    this.sys = sys;
    this.handles = handles;
  }

  /** Listeners on one port that the kernel chooses. */
  Outcome listen(List<String> names) throws SysException {
    InetSocketAddress address = loopback(0);
    for (String name : names) {
      handles.put(name, "socket", sys.socket(Linux.AF_INET, socketType(), 0));
      int fd = handles.fd(name);
      if (names.size() > 1) {
        Sockets.setOption(sys, fd, Linux.SOL_SOCKET, Linux.SO_REUSEPORT, 1);
      }
      Sockets.bind(sys, fd, address);
      Sockets.listen(sys, fd, BACKLOG);
      address = (InetSocketAddress) Sockets.localAddress(sys, fd);
    }
    return Outcome.of(Steps.OK);
  }

  /** A client whose connection is made. */
  Outcome connect(String name, String listener) throws SysException {
    return connect(name, Sockets.localAddress(sys, handles.fd(listener)));
  }

  private Outcome connect(String name, SocketAddress address) throws SysException {
    handles.put(name, "socket", sys.socket(Linux.AF_INET, socketType(), 0));
    int fd = handles.fd(name);
    if (!Sockets.connect(sys, fd, address)) {
      Poll poll = Poll.allocate(sys, 1);
      poll.set(0, fd, Linux.POLLOUT);
      int _ = poll.poll(ActRun.LIMIT_MILLIS);
      return Outcome.call(-Sockets.socketError(sys, fd));
    }
    return Outcome.of(Steps.OK);
  }

  /** Connects clients one after the other; which listeners got at least one. */
  Outcome spread(List<String> listeners, int connectionCount) throws SysException {
    SocketAddress address = Sockets.localAddress(sys, handles.fd(listeners.getFirst()));
    Set<Integer> got = new HashSet<>();
    for (int i = 0; i < connectionCount; i++) {
      Outcome outcome = connect("spread" + i, address);
      if (!outcome.result().isEmpty()) {
        return outcome;
      }
      got.add(acceptFromAny(listeners, i));
    }
    String many = got.size() == listeners.size() ? "all " : "only ";
    return Outcome.of(many + got.size());
  }

  private int acceptFromAny(List<String> listeners, int number) throws SysException {
    Poll poll = Poll.allocate(sys, listeners.size());
    for (int i = 0; i < listeners.size(); i++) {
      poll.set(i, handles.fd(listeners.get(i)), Linux.POLLIN);
    }
    int _ = poll.poll(ActRun.LIMIT_MILLIS);
    int index = 0;
    while (index < listeners.size() - 1 && poll.revents(index) == 0) {
      index++;
    }
    handles.put("served" + number, "accept4", Sockets.accept(sys, poll.fd(index)));
    return index;
  }

  private static int socketType() {
    return Linux.SOCK_STREAM | Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC;
  }

  private static InetSocketAddress loopback(int port) {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port);
    } catch (UnknownHostException e) {
      throw new AssertionError("four bytes are an address", e);
    }
  }
}
