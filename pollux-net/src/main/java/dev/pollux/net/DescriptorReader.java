package dev.pollux.net;

import dev.pollux.sys.Ancillary;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import java.util.Iterator;

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
    if (came.truncated()) { // this process is out of descriptors: the kernel drops what is too much
      connection.closeNow(
          CloseCause.of(CloseReason.LIMIT, "descriptors arrived for which there was no room"));
    }
    Iterator<Integer> fds = came.fds().iterator();
    try {
      while (fds.hasNext() && connection.isOpen()) {
        hand(connection, handler, fds.next());
      }
    } finally {
      fds.forEachRemaining(sys::close);
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
