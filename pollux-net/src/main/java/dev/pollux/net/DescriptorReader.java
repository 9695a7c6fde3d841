package dev.pollux.net;

import dev.pollux.sys.Ancillary;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import java.util.List;

/** Reads from a Unix socket what carries descriptors. Threads: the loop's. */
final class DescriptorReader {

  private DescriptorReader() {}

  /**
   * Reads once, and hands over what descriptors came; those that nobody takes are closed.
   *
   * @param target where the bytes go
   * @return how many bytes, 0 at the end, or -errno
   */
  static int read(Connection connection, DescriptorHandler handler, ByteBuffer target) {
    Sys sys = connection.loop().sys();
    Ancillary.Received came;
    try {
      came = Ancillary.receive(sys, connection.fd(), target, Ancillary.MAX_FDS);
    } catch (SysException e) {
      return -e.errno();
    }
    List<Integer> fds = came.fds();
    int next = 0;
    try {
      if (came.truncated()) { // out of descriptors: the kernel drops what is too much
        connection.reset(
            CloseCause.of(CloseReason.LIMIT, "descriptors arrived for which there was no room"));
      }
      while (next < fds.size() && connection.isOpen()) {
        hand(connection, handler, fds.get(next++));
      }
    } finally {
      for (; next < fds.size(); next++) {
        int _ = sys.close(fds.get(next));
      }
    }
    return came.bytes();
  }

  private static void hand(Connection connection, DescriptorHandler handler, int descriptor) {
    boolean taken = false;
    try {
      handler.descriptorReceived(connection, descriptor);
      taken = true;
    } finally {
      if (!taken) {
        int _ = connection.loop().sys().close(descriptor);
      }
    }
  }
}
