package dev.pollux.net;

/** Takes the descriptors that arrive on a Unix socket: {@link Connection#acceptDescriptors}. */
@FunctionalInterface
public interface DescriptorHandler {

  /**
   * A descriptor arrived. It is close-on-exec. Descriptors come in the order they were sent, each
   * no later than the bytes it was sent with.
   *
   * <p>Not guaranteed: that bytes sent before it have been received already; Linux gives both in
   * one read.
   *
   * <p>Ownership: it is the handler's from now on, to be closed or passed on; if this throws, it is
   * closed and so is the connection. What comes while the connection is being closed is closed.
   * Threads: the loop's.
   */
  void descriptorReceived(Connection connection, int descriptor);
}
