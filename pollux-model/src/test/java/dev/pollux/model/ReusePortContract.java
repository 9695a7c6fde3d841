package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.net.SocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several sockets on one address, on any kernel. */
abstract class ReusePortContract {

  private static final int LISTENERS = 3;
  private static final int CLIENTS = 60;

  final Box box = new Box(sys());

  abstract Sys sys();

  @AfterEach
  void closeAll() {
    box.close();
  }

  private int sharing(int fd, SocketAddress address) {
    box.ok(box.set(fd, Linux.SOL_SOCKET, Linux.SO_REUSEPORT, 1));
    box.ok(box.bind(fd, address));
    return fd;
  }

  @Test
  void listeners_onOneAddress_shareTheConnections() {
    int[] listeners = new int[LISTENERS];
    SocketAddress address = Box.loopback(0);
    for (int i = 0; i < LISTENERS; i++) {
      listeners[i] = sharing(box.tcp(), address);
      box.ok(box.sys.listen(listeners[i], CLIENTS));
      address = box.localAddress(listeners[i]);
    }
    for (int i = 0; i < CLIENTS; i++) {
      int client = box.tcp();
      assertEquals("EINPROGRESS", Box.say(box.connect(client, address)));
      box.awaitMask(client, Linux.POLLOUT);
    }
    int total = 0;
    for (int listener : listeners) {
      int accepted = 0;
      int fd = accept(listener);
      while (fd >= 0) {
        box.keep(fd);
        accepted++;
        fd = accept(listener);
      }
      assertEquals("EAGAIN", Box.say(fd));
      assertTrue(accepted > 0, "a listener got nothing"); // by chance once in 10^10
      total += accepted;
    }
    assertEquals(CLIENTS, total);
  }

  private int accept(int listener) {
    return box.sys.accept4(listener, 0, 0, Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC);
  }

  @Test
  void listener_thatDoesNotShare_isRefused() {
    int listener = sharing(box.tcp(), Box.loopback(0));
    box.ok(box.sys.listen(listener, 1));
    int other = box.tcp();
    assertEquals(-Errno.EADDRINUSE, box.bind(other, box.localAddress(listener)));
    assertEquals(-Errno.EADDRINUSE, unshared(box.localAddress(listener)));
  }

  private int unshared(SocketAddress address) {
    int fd = box.tcp();
    box.ok(box.set(fd, Linux.SOL_SOCKET, Linux.SO_REUSEADDR, 1));
    return box.bind(fd, address);
  }

  @Test
  void datagrams_fromOneSender_goToOneOfThose() {
    int a = sharing(box.udp(), Box.loopback(0));
    int b = sharing(box.udp(), box.localAddress(a));
    int sender = box.udp();
    for (int i = 0; i < 4; i++) {
      assertEquals(1, box.sendTo(sender, "x", box.localAddress(a)));
    }
    int taken = -1;
    while (taken < 0) {
      taken = (box.mask(a) & Linux.POLLIN) != 0 ? a : (box.mask(b) & Linux.POLLIN) != 0 ? b : -1;
    }
    for (int i = 0; i < 4; i++) {
      box.awaitMask(taken, Linux.POLLIN);
      assertEquals("'x'", box.read(taken, 9));
    }
    assertEquals("EAGAIN", box.read(taken == a ? b : a, 9));
  }
}
