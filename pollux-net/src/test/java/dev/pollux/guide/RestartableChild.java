package dev.pollux.guide;

import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.Server;
import dev.pollux.sys.UnixAddress;
import java.net.InetSocketAddress;

/** {@link Restartable} at a place of the test's, and on any free port. */
public final class RestartableChild {

  private RestartableChild() {}

  /** Ends when a successor has come, as its example does. */
  public static void main(String[] args) throws Exception {
    UnixAddress place = UnixAddress.abstractName(args[0]);
    InetSocketAddress anywhere = new InetSocketAddress("127.0.0.1", 0);
    try (LoopGroup loops = LoopGroup.start(2, LoopOptions.DEFAULT);
        Server server = Restartable.start(loops, place, anywhere, _ -> new Echo())) {
      System.out.println("serving at " + server.address());
      server.stopped().join();
    }
    System.out.println("over");
  }
}
