package dev.pollux.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Finds the addresses of a host name, for a {@link Connector}.
 *
 * <p>A test, or a simulation, has one of its own that answers at once: {@code (host, answer) ->
 * answer.resolved(addresses)}. For a look-up that blocks there is {@link LookupPool}.
 *
 * <p>Threads: {@link #resolve} is called on a loop's thread, and must not block it; the answer may
 * be given on any thread, also within the call.
 */
@FunctionalInterface
public interface Resolver {

  /**
   * The name service of this host, as Java knows it, on {@link LookupPool#SHARED}. Addresses of
   * IPv6 go first where this host has a way there from an address of the same kind; or as the
   * property {@code java.net.preferIPv6Addresses} says, if it is set when Java starts.
   */
  Resolver SYSTEM = LookupPool.SHARED;

  /**
   * Begins to look a name up. What it throws is a failure, as {@link Answer#failed} is.
   *
   * @param host a name; a literal address is nothing to look up, and is not asked for
   * @param answer to be given one answer, some time; what comes later is ignored
   */
  void resolve(String host, Answer answer);

  /** What somebody who waits for addresses is told. Any thread, once. */
  interface Answer {

    /** The addresses, the best one first; none is a failure, and so is null or a null in it. */
    void resolved(List<InetAddress> addresses);

    /** There is no answer. */
    void failed(Throwable cause);

    /** Whether it is still waited for; a look-up that nobody wants need not begin. Any thread. */
    default boolean isWanted() {
      return true;
    }
  }

  /** A look-up that blocks. */
  @FunctionalInterface
  interface Lookup {

    /** The addresses, the best one first. What it throws is a failure, and so is null. */
    List<InetAddress> addressesOf(String host) throws UnknownHostException;
  }
}
