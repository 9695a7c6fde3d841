package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who may be bound to a port beside whom: all orders of three sockets, on both kernels. */
class SharedPortTest {

  /** What decides it: the address, and what the socket shares. */
  private record Bound(String host, boolean v6Only, boolean reuses, boolean shares) {

    int family() {
      return host.contains(":") ? Linux.AF_INET6 : Linux.AF_INET;
    }

    /** A socket that is about to be bound so. */
    int open(Box box) {
      int fd = box.keep(box.sys.socket(family(), Linux.SOCK_STREAM | Linux.SOCK_CLOEXEC, 0));
      if (family() == Linux.AF_INET6) {
        box.ok(box.set(fd, Linux.IPPROTO_IPV6, Linux.IPV6_V6ONLY, v6Only ? 1 : 0));
      }
      share(box, fd, reuses, shares);
      return fd;
    }
  }

  private static void share(Box box, int fd, boolean reuses, boolean shares) {
    box.ok(box.set(fd, Linux.SOL_SOCKET, Linux.SO_REUSEADDR, reuses ? 1 : 0));
    box.ok(box.set(fd, Linux.SOL_SOCKET, Linux.SO_REUSEPORT, shares ? 1 : 0));
  }

  private static List<Bound> bounds() {
    List<Bound> all = new ArrayList<>();
    for (int options = 0; options < 4; options++) {
      boolean reuses = (options & 1) != 0;
      boolean shares = (options & 2) != 0;
      for (String host : List.of("0.0.0.0", "127.0.0.1", "127.0.0.2", "::", "::1")) {
        all.add(new Bound(host, false, reuses, shares));
      }
      all.add(new Bound("::", true, reuses, shares));
    }
    return all;
  }

  private final NativeSys kernel = NativeSys.open();
  private final ModelSys model = ModelSys.virtual(1, Faults.none());

  private static final int NOBODY = -1;

  @Test
  void binds_ofThree_inEveryOrder_areAsOfTheKernel() {
    checkAllOrders(bounds(), NOBODY);
  }

  /** The port remembers that it was shared. */
  @Test
  void binds_ofThreeThatShare_ofWhomOneGivesItUp_areAsOfTheKernel() {
    List<Bound> sharers = bounds().stream().filter(Bound::shares).toList();
    checkAllOrders(sharers, 0);
    checkAllOrders(sharers, 1);
  }

  private void checkAllOrders(List<Bound> bounds, int givesUp) {
    int port = freePort();
    for (Bound first : bounds) {
      for (Bound second : bounds) {
        for (Bound third : bounds) {
          List<Bound> order = List.of(first, second, third);
          if (!expected(port, order, givesUp).equals(found(port, order, givesUp))) {
            port = freePort(); // the other one may have been taken by somebody
            List<String> expected = expected(port, order, givesUp);
            assertEquals(expected, found(port, order, givesUp), order::toString);
          }
        }
      }
    }
  }

  /** One that nobody has, at any address. */
  private int freePort() {
    try (Box box = new Box(kernel)) {
      int fd = box.keep(kernel.socket(Linux.AF_INET6, Linux.SOCK_STREAM | Linux.SOCK_CLOEXEC, 0));
      box.ok(box.bind(fd, new InetSocketAddress(InetAddress.ofLiteral("::"), 0)));
      return ((InetSocketAddress) box.localAddress(fd)).getPort();
    }
  }

  private List<String> expected(int port, List<Bound> order, int givesUp) {
    return results(new Box(kernel), port, order, givesUp);
  }

  private List<String> found(int port, List<Bound> order, int givesUp) {
    return results(new Box(model), port, order, givesUp);
  }

  /** What each bind gives; one of the sockets shares nothing any more once it is bound. */
  private static List<String> results(Box box, int port, List<Bound> order, int givesUp) {
    List<String> results = new ArrayList<>();
    try (box) {
      for (Bound each : order) {
        int fd = each.open(box);
        InetAddress host = InetAddress.ofLiteral(each.host());
        results.add(Box.say(box.bind(fd, new InetSocketAddress(host, port))));
        if (results.size() == givesUp + 1) {
          share(box, fd, false, false);
        }
      }
    }
    return results;
  }
}
