package dev.pollux.junit.guide;

import dev.pollux.loop.EventLoop;
import dev.pollux.sys.SysException;
import java.net.InetSocketAddress;
import java.util.List;

/** A counter that several nodes share; this is one of them. */
interface SharedCounter {

  /** Makes one. */
  @FunctionalInterface
  interface Maker {
    SharedCounter make(EventLoop loop, InetSocketAddress at, List<InetSocketAddress> others)
        throws SysException;
  }

  void add(long amount);

  long total();
}
