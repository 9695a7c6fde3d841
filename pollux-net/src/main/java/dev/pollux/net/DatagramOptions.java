package dev.pollux.net;

import dev.pollux.sys.Linux;
import dev.pollux.sys.MessageBatch;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The limits and habits of a {@link DatagramEndpoint}; start from {@link #DEFAULT}, and change one
 * value after the other.
 *
 * <p>An endpoint takes {@code (receiveBatch + sendCapacity) * datagramBytes} of native memory, and
 * some 350 bytes more for each.
 *
 * <p>Immutable. Threads: any.
 *
 * <p>Errors: each {@code with} throws IllegalArgumentException for a value out of bounds.
 */
public final class DatagramOptions {

  /** What an endpoint does unless told otherwise. */
  public static final DatagramOptions DEFAULT = new DatagramOptions(new Values());

  /** Final, and not written to any more: so the options may be passed on without precautions. */
  private final Values values;

  private DatagramOptions(Values values) {
    this.values = values;
  }

  /** As this, with another longest datagram; at least 1 byte. */
  public DatagramOptions withDatagramBytes(int datagramBytes) {
    int bytes = OptionChecks.atLeast("datagramBytes", datagramBytes, 1);
    return with(v -> v.datagramBytes = bytes);
  }

  /**
   * The longest datagram: a longer one is truncated when it comes, and refused when it is to be
   * sent. By default 2,048 bytes.
   */
  public int datagramBytes() {
    return values.datagramBytes;
  }

  /** As this, receiving so many at once: from 1 to {@link MessageBatch#MAX_MESSAGES}. */
  public DatagramOptions withReceiveBatch(int receiveBatch) {
    int count = OptionChecks.within("receiveBatch", receiveBatch, 1, MessageBatch.MAX_MESSAGES);
    return with(v -> v.receiveBatch = count);
  }

  /** How many datagrams one system call receives at most. By default 32. */
  public int receiveBatch() {
    return values.receiveBatch;
  }

  /** As this, receiving so many a turn; at least 1. */
  public DatagramOptions withReceivePerTurn(int receivePerTurn) {
    int count = OptionChecks.atLeast("receivePerTurn", receivePerTurn, 1);
    return with(v -> v.receivePerTurn = count);
  }

  /**
   * How many datagrams one turn of the loop receives at most; what is left comes in the next turn.
   * By default 128.
   */
  public int receivePerTurn() {
    return values.receivePerTurn;
  }

  /** As this, with room for so many to wait: from 1 to {@link MessageBatch#MAX_MESSAGES}. */
  public DatagramOptions withSendCapacity(int sendCapacity) {
    int count = OptionChecks.within("sendCapacity", sendCapacity, 1, MessageBatch.MAX_MESSAGES);
    return with(v -> v.sendCapacity = count);
  }

  /**
   * How many datagrams may wait to be sent; one more is dropped. By default 256. For Unix peers
   * that have no room as many again may wait, a quarter of it for each.
   */
  public int sendCapacity() {
    return values.sendCapacity;
  }

  /** As this, sending datagrams of one size together or not. */
  public DatagramOptions withSendSegments(boolean sendSegments) {
    return with(v -> v.sendSegments = sendSegments);
  }

  /**
   * UDP: whether several datagrams of one size to one peer, one after the other, pass the kernel as
   * one, which cuts them at the end (GSO, {@code UDP_SEGMENT}). Each is a datagram as ever, to whom
   * it goes. Where the kernel cannot, or refuses it once, as it does where they are longer than the
   * way takes, each goes by itself. By default not: it pays for many of one size to one peer.
   */
  public boolean sendSegments() {
    return values.sendSegments;
  }

  /** As this, receiving datagrams of one size together or not. */
  public DatagramOptions withReceiveSegments(boolean receiveSegments) {
    return with(v -> v.receiveSegments = receiveSegments);
  }

  /**
   * UDP: whether datagrams of one size that came from one peer in a row leave the kernel as one
   * (GRO, {@code UDP_GRO}), and so by fewer calls. The handler is given each by itself, as ever; a
   * turn may receive more than {@link #receivePerTurn}, by what came together with the last. Where
   * the kernel cannot, nothing changes. By default not: it takes 64 KiB for each of {@link
   * #receiveBatch}.
   */
  public boolean receiveSegments() {
    return values.receiveSegments;
  }

  /** As this, sharing its address or not. */
  public DatagramOptions withReuseAddress(boolean reuseAddress) {
    return with(v -> v.reuseAddress = reuseAddress);
  }

  /** SO_REUSEADDR: several sockets may be bound to one multicast address. By default not. */
  public boolean reuseAddress() {
    return values.reuseAddress;
  }

  /** As this, sharing its port or not. */
  public DatagramOptions withReusePort(boolean reusePort) {
    return with(v -> v.reusePort = reusePort);
  }

  /**
   * SO_REUSEPORT: several sockets share one address, and what comes is spread among them. By
   * default not.
   */
  public boolean reusePort() {
    return values.reusePort;
  }

  /** As this, replacing a stale path or not. */
  public DatagramOptions withReplaceStale(boolean replaceStale) {
    return with(v -> v.replaceStale = replaceStale);
  }

  /**
   * Unix sockets: whether a path is removed first where a socket lies that is nobody's any more, as
   * by {@link SocketSetup#replaceStale}. By default not.
   */
  public boolean replaceStale() {
    return values.replaceStale;
  }

  /** As this, with other families behind a wildcard address. */
  public DatagramOptions withFamilies(IpFamilies families) {
    Objects.requireNonNull(families, "families");
    return with(v -> v.families = families);
  }

  /** What a wildcard address stands for; of no meaning for any other. By default both. */
  public IpFamilies families() {
    return values.families;
  }

  /** As this, hearing all groups of this host or not. */
  public DatagramOptions withAllGroups(boolean allGroups) {
    return with(v -> v.allGroups = allGroups);
  }

  /**
   * Whether an endpoint at a wildcard or a group's address hears every group that any socket of
   * this host has joined ({@code IP_MULTICAST_ALL}, {@code IPV6_MULTICAST_ALL}), which is what most
   * sockets of Linux do unless told otherwise. By default not: those that it has {@linkplain
   * DatagramEndpoint#join joined}. One of these options said by {@link #withOption} comes before.
   */
  public boolean allGroups() {
    return values.allGroups;
  }

  /** As this, allowed to broadcast or not. */
  public DatagramOptions withBroadcast(boolean broadcast) {
    return with(v -> v.broadcast = broadcast);
  }

  /** SO_BROADCAST: it may send to broadcast addresses. By default not. */
  public boolean broadcast() {
    return values.broadcast;
  }

  /** As this, watched by edges or by level. */
  public DatagramOptions withEdge(boolean edge) {
    return with(v -> v.edge = edge);
  }

  /** Whether it is watched by edges instead of by level. By default not. */
  public boolean edge() {
    return values.edge;
  }

  /** As this, with another buffer for receiving; 0 for the kernel's default. */
  public DatagramOptions withKernelReceiveBytes(int kernelReceiveBytes) {
    int bytes = OptionChecks.atLeast("kernelReceiveBytes", kernelReceiveBytes, 0);
    return with(v -> v.kernelReceiveBytes = bytes);
  }

  /**
   * SO_RCVBUF; 0, the default, for the kernel's. More than {@code net.core.rmem_max} is as much as
   * that, and the kernel does not say so; a process with CAP_NET_ADMIN passes that limit by
   * SO_RCVBUFFORCE, see {@link #withOption}.
   */
  public int kernelReceiveBytes() {
    return values.kernelReceiveBytes;
  }

  /** As this, with another buffer for sending; 0 for the kernel's default. */
  public DatagramOptions withKernelSendBytes(int kernelSendBytes) {
    int bytes = OptionChecks.atLeast("kernelSendBytes", kernelSendBytes, 0);
    return with(v -> v.kernelSendBytes = bytes);
  }

  /**
   * SO_SNDBUF; 0, the default, for the kernel's. More than {@code net.core.wmem_max} is as much as
   * that; there is SO_SNDBUFFORCE. Of a Unix socket what its peers have not read counts, at 768
   * bytes or more for each.
   */
  public int kernelSendBytes() {
    return values.kernelSendBytes;
  }

  /**
   * As this, with one more option of the socket, set before the address is bound, after those that
   * were said before.
   */
  public DatagramOptions withOption(SocketSetup.Option option) {
    Objects.requireNonNull(option, "option");
    return with(v -> v.options = Stream.concat(v.options.stream(), Stream.of(option)).toList());
  }

  /** What {@link #withOption} was told, in that order. Default: nothing. */
  public List<SocketSetup.Option> options() {
    return values.options;
  }

  /** Whether the program sets this option by itself. */
  boolean hasOption(int level, int name) {
    return values.options.stream().anyMatch(each -> each.level() == level && each.name() == name);
  }

  /** Sets what is an option of the socket. */
  void apply(Sys sys, int fd) throws SysException {
    set(sys, fd, Linux.SO_REUSEADDR, reuseAddress() ? 1 : 0);
    set(sys, fd, Linux.SO_REUSEPORT, reusePort() ? 1 : 0);
    set(sys, fd, Linux.SO_BROADCAST, broadcast() ? 1 : 0);
    set(sys, fd, Linux.SO_RCVBUF, kernelReceiveBytes());
    set(sys, fd, Linux.SO_SNDBUF, kernelSendBytes());
    for (SocketSetup.Option each : values.options) {
      Sockets.setOption(sys, fd, each.level(), each.name(), each.value());
    }
  }

  private static void set(Sys sys, int fd, int name, int value) throws SysException {
    if (value != 0) { // 0 is the kernel's default of all of them
      Sockets.setOption(sys, fd, Linux.SOL_SOCKET, name, value);
    }
  }

  @Override
  public String toString() {
    return new StringJoiner(", ", "DatagramOptions[", "]")
        .add("datagramBytes=" + datagramBytes())
        .add("receiveBatch=" + receiveBatch())
        .add("receivePerTurn=" + receivePerTurn())
        .add("sendCapacity=" + sendCapacity())
        .add("sendSegments=" + sendSegments())
        .add("receiveSegments=" + receiveSegments())
        .add("reuseAddress=" + reuseAddress())
        .add("reusePort=" + reusePort())
        .add("replaceStale=" + replaceStale())
        .add("families=" + families())
        .add("allGroups=" + allGroups())
        .add("broadcast=" + broadcast())
        .add("edge=" + edge())
        .add("kernelReceiveBytes=" + kernelReceiveBytes())
        .add("kernelSendBytes=" + kernelSendBytes())
        .add("options=" + values.options)
        .toString();
  }

  private DatagramOptions with(Consumer<Values> change) {
    Values copy = values.copy();
    change.accept(copy);
    return new DatagramOptions(copy);
  }

  /** The values, and what they are by default. Written only by who has the sole copy. */
  private static final class Values implements Cloneable {
    int datagramBytes = 2048;
    int receiveBatch = 32;
    int receivePerTurn = 128;
    int sendCapacity = 256;
    boolean sendSegments;
    boolean receiveSegments;
    boolean reuseAddress;
    boolean reusePort;
    boolean replaceStale;
    IpFamilies families = IpFamilies.BOTH;
    boolean allGroups;
    boolean broadcast;
    boolean edge;
    int kernelReceiveBytes;
    int kernelSendBytes;
    List<SocketSetup.Option> options = List.of();

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
