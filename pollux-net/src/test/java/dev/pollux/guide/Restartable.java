package dev.pollux.guide;

import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.HandlerFactory;
import dev.pollux.net.Inheritance;
import dev.pollux.net.ListenFds;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.Shutdown;
import dev.pollux.net.Succession;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A service whose next version takes over while it runs. */
public final class Restartable {

  private static final UnixAddress PLACE = UnixAddress.abstractName("restartable");

  public static void main(String[] args) throws Exception {
    try (LoopGroup loops = LoopGroup.start(2, LoopOptions.DEFAULT);
        Server server = start(loops, PLACE, new InetSocketAddress(8080), _ -> new Echo());
        Shutdown _ = Shutdown.stopping(Duration.ofSeconds(20), server)) { // at SIGTERM
      server.stopped().join(); // a successor has come, and all is answered
    }
  }

  static Server start(
      LoopGroup loops, UnixAddress place, InetSocketAddress address, HandlerFactory factory)
      throws SysException {
    try (Inheritance given = Inheritance.claim(NativeSys.open(), place, Duration.ofSeconds(5))) {
      Server server = Server.start(loops, options(given, address), factory);
      while (given != null && !given.ready(List.of(server))) {
        System.err.println("the predecessor has not stopped yet; both serve");
      }
      Succession _ =
          Succession.offer(
              loops.loops().getFirst(),
              place,
              List.of(server),
              () -> server.stop(Duration.ofMinutes(1)));
      return server;
    }
  }

  /** From a predecessor, else from systemd, else a listener of its own. */
  private static ServerOptions options(@Nullable Inheritance given, InetSocketAddress address)
      throws SysException {
    if (given != null) {
      return ServerOptions.on(given.descriptors().getFirst());
    }
    List<ListenFds> started = ListenFds.of(NativeSys.open(), System.getenv());
    return started.isEmpty()
        ? ServerOptions.at(address)
        : ServerOptions.on(started.getFirst().fd());
  }
}
