package dev.pollux.net;

import dev.pollux.sys.SockAddr;
import java.net.SocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is said to the kernel of a socket before it is bound, listens or connects, where it is too
 * late for it afterwards; start from {@link #DEFAULT}, and change one value after the other. An
 * accepted connection has the options of its listener.
 *
 * <p>Immutable. Threads: any.
 *
 * <p>Errors: each {@code with} throws IllegalArgumentException for a value out of bounds. What the
 * kernel refuses shows where the socket is opened, as a {@link dev.pollux.sys.SysException} with
 * the name of the option; then nothing is left open.
 */
public final class SocketSetup {

  /** As a socket is unless told otherwise. */
  public static final SocketSetup DEFAULT = new SocketSetup(new Values());

  /**
   * An option of setsockopt(2) that is an int.
   *
   * @param level such as SOL_SOCKET, IPPROTO_TCP, IPPROTO_IP
   * @param name its number there
   * @param value what it is set to
   */
  public record Option(int level, int name, int value) {}

  private final Values values;

  private SocketSetup(Values values) {
    this.values = values;
  }

  /** As this, with other families behind a wildcard address. */
  public SocketSetup withFamilies(IpFamilies families) {
    Objects.requireNonNull(families, "families");
    return with(v -> v.families = families);
  }

  /** What a wildcard address stands for; of no meaning for any other. By default both. */
  public IpFamilies families() {
    return values.families;
  }

  /** As this, with another buffer for receiving; 0 for the kernel's default. */
  public SocketSetup withKernelReceiveBytes(int kernelReceiveBytes) {
    int bytes = OptionChecks.atLeast("kernelReceiveBytes", kernelReceiveBytes, 0);
    return with(v -> v.kernelReceiveBytes = bytes);
  }

  /**
   * SO_RCVBUF; 0, the default, for the kernel's, which grows with the traffic. TCP fixes the scale
   * of its window when it connects, which is why this is to be said before. More than {@code
   * net.core.rmem_max} is as much as that, and the kernel does not say so; a process with
   * CAP_NET_ADMIN passes that limit by SO_RCVBUFFORCE, see {@link #withOption}.
   */
  public int kernelReceiveBytes() {
    return values.kernelReceiveBytes;
  }

  /** As this, with another buffer for sending; 0 for the kernel's default. */
  public SocketSetup withKernelSendBytes(int kernelSendBytes) {
    int bytes = OptionChecks.atLeast("kernelSendBytes", kernelSendBytes, 0);
    return with(v -> v.kernelSendBytes = bytes);
  }

  /**
   * SO_SNDBUF; 0, the default, for the kernel's. More than {@code net.core.wmem_max} is as much as
   * that; there is SO_SNDBUFFORCE.
   */
  public int kernelSendBytes() {
    return values.kernelSendBytes;
  }

  /** As this, with SO_REUSEADDR on or off. */
  public SocketSetup withReuseAddress(boolean reuseAddress) {
    return with(v -> v.reuseAddress = reuseAddress);
  }

  /**
   * SO_REUSEADDR: whether an address may be bound on which connections of an earlier process have
   * ended a moment ago. By default so; asked for only where an address is bound.
   */
  public boolean reuseAddress() {
    return values.reuseAddress;
  }

  /** As this, with SO_REUSEPORT on or off. */
  public SocketSetup withReusePort(boolean reusePort) {
    return with(v -> v.reusePort = reusePort);
  }

  /**
   * SO_REUSEPORT: whether other sockets, which say so too, may have the same address; the kernel
   * spreads the connections. By default not, unless {@link AcceptMode#REUSEPORT} needs it.
   */
  public boolean reusePort() {
    return values.reusePort;
  }

  /** As this, replacing a stale path or not. */
  public SocketSetup withReplaceStale(boolean replaceStale) {
    return with(v -> v.replaceStale = replaceStale);
  }

  /**
   * Whether a Unix path is removed first where a socket lies that is nobody's any more, as a
   * process leaves it that was killed: the server's, or a client's own. What is no socket, or is in
   * use, also bound and not listening yet, is left alone, and the address is in use. By default
   * not. Not guaranteed: anything, if two start at the same path at once.
   */
  public boolean replaceStale() {
    return values.replaceStale;
  }

  /** As this, with the address a client connects from; null lets the kernel choose. */
  public SocketSetup withLocalAddress(@Nullable SocketAddress localAddress) {
    SocketAddress ours = localAddress == null ? null : Opening.ours(localAddress);
    if (ours != null) {
      int _ = SockAddr.family(ours); // which refuses what is unresolved or unknown
    }
    return with(v -> v.localAddress = ours);
  }

  /**
   * From where a client connects: an address of this host, with port 0 for any that is free towards
   * the server ({@code IP_BIND_ADDRESS_NO_PORT}); a wildcard address, which is that of the server's
   * family, for a port alone; or a Unix address. By default null: the kernel chooses.
   */
  public @Nullable SocketAddress localAddress() {
    return values.localAddress;
  }

  /**
   * As this, with one more option of setsockopt(2) that is an int, after those that were said
   * before.
   *
   * @param level such as SOL_SOCKET, IPPROTO_TCP
   */
  public SocketSetup withOption(int level, int name, int value) {
    Option option = new Option(level, name, value);
    return with(v -> v.options = Stream.concat(v.options.stream(), Stream.of(option)).toList());
  }

  /** What {@link #withOption} was told, in that order. Default: nothing. */
  public List<Option> options() {
    return values.options;
  }

  @Override
  public String toString() {
    return new StringJoiner(", ", "SocketSetup[", "]")
        .add("families=" + families())
        .add("kernelReceiveBytes=" + kernelReceiveBytes())
        .add("kernelSendBytes=" + kernelSendBytes())
        .add("reuseAddress=" + reuseAddress())
        .add("reusePort=" + reusePort())
        .add("replaceStale=" + replaceStale())
        .add("localAddress=" + localAddress())
        .add("options=" + options())
        .toString();
  }

  private SocketSetup with(Consumer<Values> change) {
    Values copy = values.copy();
    change.accept(copy);
    return new SocketSetup(copy);
  }

  /** The values, and what they are by default. Written only by who has the sole copy. */
  private static final class Values implements Cloneable {
    IpFamilies families = IpFamilies.BOTH;
    int kernelReceiveBytes;
    int kernelSendBytes;
    boolean reuseAddress = true;
    boolean reusePort;
    boolean replaceStale;
    @Nullable SocketAddress localAddress;
    List<Option> options = List.of();

    /** By clone, which forgets no value. */
    Values copy() {
      try {
        return (Values) clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
