package dev.pollux.net;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The addresses of a host, the best family first. The C library has them in an order that suits
 * this host; Java puts IPv4 first whatever that says, unless its property {@value #PROPERTY} is
 * set. Within each family it keeps the order, so all that is to be found out is which goes first.
 *
 * <p>Threads: any. Blocking: while a name is looked up.
 *
 * <p>Source: RFC 6724, section 6, the rules 1, 2, 5 and 6; RFC 8305, section 4.
 */
final class AddressOrder {

  static final String PROPERTY = "java.net.preferIPv6Addresses";

  private static final int ANY_PORT = 9; // nothing is sent
  private static final int UNIQUE_LOCAL = 0xfc; // fc00::/7
  private static final int UNIQUE_LOCAL_MASK = 0xfe;

  private AddressOrder() {}

  /** Those that the name service of this host tells. */
  static List<InetAddress> system(String host) throws UnknownHostException {
    List<InetAddress> found = List.of(InetAddress.getAllByName(host));
    boolean isSaid = System.getProperty(PROPERTY) != null; // then it is as the program wants it
    return isSaid ? found : ordered(found, AddressOrder::isSuited);
  }

  /** Those of IPv6 first, if the first one of them is suited. */
  static List<InetAddress> ordered(List<InetAddress> found, Predicate<Inet6Address> isSuited) {
    List<InetAddress> six = new ArrayList<>();
    List<InetAddress> four = new ArrayList<>();
    for (InetAddress each : found) {
      (each instanceof Inet6Address ? six : four).add(each);
    }
    if (six.isEmpty() || four.isEmpty() || !isSuited.test((Inet6Address) six.getFirst())) {
      return found;
    }
    six.addAll(four);
    return six;
  }

  /** Whether there is a way there, and an address of the same kind to come from. */
  static boolean isSuited(Inet6Address target) {
    try (DatagramChannel probe = DatagramChannel.open(StandardProtocolFamily.INET6)) {
      var _ = probe.connect(new InetSocketAddress(target, ANY_PORT));
      InetAddress from = ((InetSocketAddress) probe.getLocalAddress()).getAddress();
      return from instanceof Inet6Address six && kind(six) == kind(target);
    } catch (IOException | UnsupportedOperationException _) { // no way, or no IPv6 at all
      return false;
    }
  }

  private static int kind(Inet6Address address) {
    if ((address.getAddress()[0] & UNIQUE_LOCAL_MASK) == UNIQUE_LOCAL) {
      return 1;
    }
    return address.isLinkLocalAddress() ? 2 : address.isLoopbackAddress() ? 3 : 0;
  }
}
