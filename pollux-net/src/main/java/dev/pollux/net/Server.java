package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.poll.Capability;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SockAddr;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections, on one loop or on many.
 *
 * <pre>{@code
 * try (LoopGroup loops = LoopGroup.start(4, LoopOptions.DEFAULT);
 *     Server server = Server.start(loops, ServerOptions.at(address), connection -> new Echo())) {
 *   ...
 * }
 * }</pre>
 *
 * <p>Ownership: the listening descriptors are the server's, and so are its connections; the loops
 * stay the caller's. A Unix path stays in the file system after the close. Threads: any, unless a
 * method says otherwise.
 */
public final class Server implements AutoCloseable {

  private final ServerOptions options;
  private final HandlerFactory factory;
  private final ServerListener observer;
  private final List<EventLoop> loops;
  private final AtomicInteger connectionCount = new AtomicInteger();
  private final AtomicInteger next = new AtomicInteger();
  private final List<Integer> fds = new ArrayList<>();
  private final List<Member> members = new ArrayList<>();
  private @Nullable LoopGroup acceptor;
  private SocketAddress address;

  private Server(
      List<EventLoop> loops,
      ServerOptions options,
      HandlerFactory factory,
      ServerListener observer) {
    this.loops = loops;
    this.options = options;
    this.factory = factory;
    this.observer = observer;
    this.address = options.address();
  }
}
