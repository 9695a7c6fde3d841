package dev.pollux.net;

import dev.pollux.sys.Linux;
import dev.pollux.sys.MessageBatch;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;

/**
 * The limits and habits of a {@link DatagramEndpoint}; start from {@link #DEFAULT}.
 *
 * <p>An endpoint takes {@code (receiveBatch + sendCapacity) * datagramBytes} of native memory, and
 * some 350 bytes more for each.
 *
 * @param datagramBytes the longest datagram: a longer one is truncated when it comes, and refused
 *     when it is to be sent
 * @param receiveBatch how many datagrams one system call receives at most
 * @param receivePerTurn how many datagrams one turn of the loop receives at most; what is left
 *     comes in the next turn
 * @param sendCapacity how many datagrams may wait to be sent; one more is dropped
 * @param reuseAddress SO_REUSEADDR: several sockets may be bound to one multicast address
 * @param reusePort SO_REUSEPORT: several sockets share one address, and what comes is spread among
 *     them
 * @param broadcast SO_BROADCAST: it may send to broadcast addresses
 * @param edge whether it is watched by edges instead of by level
 * @param kernelReceiveBytes SO_RCVBUF; 0 for the kernel's default
 * @param kernelSendBytes SO_SNDBUF; 0 for the kernel's default
 */
public record DatagramOptions(
    int datagramBytes,
    int receiveBatch,
    int receivePerTurn,
    int sendCapacity,
    boolean reuseAddress,
    boolean reusePort,
    boolean broadcast,
    boolean edge,
    int kernelReceiveBytes,
    int kernelSendBytes) {

  /** What an endpoint does unless told otherwise. */
  public static final DatagramOptions DEFAULT =
      new DatagramOptions(2048, 32, 128, 256, false, false, false, false, 0, 0);

  /** Checks every limit. */
  public DatagramOptions {
    require(datagramBytes >= 1, "datagramBytes", datagramBytes);
    require(
        receiveBatch >= 1 && receiveBatch <= MessageBatch.MAX_MESSAGES,
        "receiveBatch",
        receiveBatch);
    require(receivePerTurn >= 1, "receivePerTurn", receivePerTurn);
    require(
        sendCapacity >= 1 && sendCapacity <= MessageBatch.MAX_MESSAGES,
        "sendCapacity",
        sendCapacity);
    require(kernelReceiveBytes >= 0, "kernelReceiveBytes", kernelReceiveBytes);
    require(kernelSendBytes >= 0, "kernelSendBytes", kernelSendBytes);
  }

  /** As this, with another longest datagram. */
  public DatagramOptions withDatagramBytes(int bytes) {
    return new DatagramOptions(
        bytes,
        receiveBatch,
        receivePerTurn,
        sendCapacity,
        reuseAddress,
        reusePort,
        broadcast,
        edge,
        kernelReceiveBytes,
        kernelSendBytes);
  }

  /** As this, receiving so many at once, and so many in a turn. */
  public DatagramOptions withReceive(int batch, int perTurn) {
    return new DatagramOptions(
        datagramBytes,
        batch,
        perTurn,
        sendCapacity,
        reuseAddress,
        reusePort,
        broadcast,
        edge,
        kernelReceiveBytes,
        kernelSendBytes);
  }

  /** As this, with room for so many to wait. */
  public DatagramOptions withSendCapacity(int capacity) {
    return new DatagramOptions(
        datagramBytes,
        receiveBatch,
        receivePerTurn,
        capacity,
        reuseAddress,
        reusePort,
        broadcast,
        edge,
        kernelReceiveBytes,
        kernelSendBytes);
  }

  /** As this, sharing its address so. */
  public DatagramOptions withReuse(boolean address, boolean port) {
    return new DatagramOptions(
        datagramBytes,
        receiveBatch,
        receivePerTurn,
        sendCapacity,
        address,
        port,
        broadcast,
        edge,
        kernelReceiveBytes,
        kernelSendBytes);
  }

  /** As this, allowed to broadcast or not. */
  public DatagramOptions withBroadcast(boolean allowed) {
    return new DatagramOptions(
        datagramBytes,
        receiveBatch,
        receivePerTurn,
        sendCapacity,
        reuseAddress,
        reusePort,
        allowed,
        edge,
        kernelReceiveBytes,
        kernelSendBytes);
  }

  /** As this, watched by edges or by level. */
  public DatagramOptions withEdge(boolean edges) {
    return new DatagramOptions(
        datagramBytes,
        receiveBatch,
        receivePerTurn,
        sendCapacity,
        reuseAddress,
        reusePort,
        broadcast,
        edges,
        kernelReceiveBytes,
        kernelSendBytes);
  }

  /** As this, with buffers of these sizes in the kernel. */
  public DatagramOptions withKernelBuffers(int receiveBytes, int sendBytes) {
    return new DatagramOptions(
        datagramBytes,
        receiveBatch,
        receivePerTurn,
        sendCapacity,
        reuseAddress,
        reusePort,
        broadcast,
        edge,
        receiveBytes,
        sendBytes);
  }

  /** Sets what is an option of the socket. */
  void apply(Sys sys, int fd) throws SysException {
    set(sys, fd, Linux.SO_REUSEADDR, reuseAddress ? 1 : 0);
    set(sys, fd, Linux.SO_REUSEPORT, reusePort ? 1 : 0);
    set(sys, fd, Linux.SO_BROADCAST, broadcast ? 1 : 0);
    set(sys, fd, Linux.SO_RCVBUF, kernelReceiveBytes);
    set(sys, fd, Linux.SO_SNDBUF, kernelSendBytes);
  }

  private static void set(Sys sys, int fd, int name, int value) throws SysException {
    if (value != 0) { // 0 is the kernel's default of all of them
      Sockets.setOption(sys, fd, Linux.SOL_SOCKET, name, value);
    }
  }

  private static void require(boolean right, String what, int value) {
    if (!right) {
      throw new IllegalArgumentException(what + ": " + value + " is out of range");
    }
  }
}
