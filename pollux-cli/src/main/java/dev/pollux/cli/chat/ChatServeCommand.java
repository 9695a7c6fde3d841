package dev.pollux.cli.chat;

import dev.pollux.cli.terminal.Failure;
import dev.pollux.cli.terminal.Places;
import dev.pollux.cli.terminal.Signals;
import dev.pollux.cli.terminal.Version;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.SocketSetup;
import dev.pollux.sys.Addresses;
import dev.pollux.sys.Errno;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pollux chat serve}: a {@link ChatRoom} on a server, until a signal. */
@Command(
    name = "serve",
    header = "The server of a chat.",
    description = {
      "",
      "Prints who comes and goes. Any line client can join: pollux chat join, or nc. SIGINT,"
          + " SIGTERM and a closed terminal stop it: the members are told, and what is on its way"
          + " to them is delivered, for two seconds at most; a second signal ends it at once.",
      ""
    },
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class ChatServeCommand implements Callable<Integer> {

  private static final int MAX_PORT = 65_535;
  private static final int MAX_LOOPS = 1024;
  private static final long LOOK_NANOS = 5_000_000; // 5 ms

  @Option(
      names = "--host",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description =
          "Address to listen on (default: ${DEFAULT-VALUE}); 0.0.0.0 for all of IPv4, :: for all.")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8081",
      description = "Port to listen on (default: ${DEFAULT-VALUE}); 0 for any free one.")
  private int port = 8081;

  @Option(
      names = "--loops",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many event loops serve the members (default: ${DEFAULT-VALUE}).")
  private int loops = 1;

  @Option(
      names = "--max-line",
      paramLabel = "BYTES",
      defaultValue = "1024",
      description = "How long a line may be (default: ${DEFAULT-VALUE}).")
  private int maxLine = ChatOptions.DEFAULT_LINE_BYTES;

  @Option(names = "--quiet", description = "Do not print who comes and goes.")
  private boolean quiet;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  ChatServeCommand() {}

  /** The command with its options set, without picocli; null if there is any doubt about one. */
  static @Nullable ChatServeCommand ofPlain(String[] arguments) {
    ChatServeCommand command = new ChatServeCommand();
    for (int i = 0; i < arguments.length; i++) {
      String name = arguments[i];
      if (name.equals("--quiet")) {
        command.quiet = true;
      } else if (++i == arguments.length || !command.set(name, arguments[i])) {
        return null;
      }
    }
    return command.mistake() == null ? command : null;
  }

  private boolean set(String name, String value) {
    switch (name) {
      case "--host" -> host = value;
      case "--port" -> port = ChatCommand.number(value);
      case "--loops" -> loops = ChatCommand.number(value);
      case "--max-line" -> maxLine = ChatCommand.number(value);
      default -> {
        return false;
      }
    }
    return !value.startsWith("-");
  }

  /** What is wrong with the options; null if nothing is. */
  private @Nullable String mistake() {
    if (host.isBlank()) {
      return "Invalid value for option '--host': it is empty";
    }
    if (port < 0 || port > MAX_PORT) {
      return range("--port", port, "0 to " + MAX_PORT);
    }
    if (loops < 1 || loops > MAX_LOOPS) {
      return range("--loops", loops, "1 to " + MAX_LOOPS);
    }
    if (maxLine < ChatOptions.MIN_LINE_BYTES || maxLine > ChatOptions.MAX_LINE_BYTES) {
      String range = ChatOptions.MIN_LINE_BYTES + " to " + ChatOptions.MAX_LINE_BYTES + " bytes";
      return range("--max-line", maxLine, range);
    }
    return null;
  }

  private static String range(String option, int value, String range) {
    return "Invalid value for option '" + option + "': " + value + " is not in " + range;
  }

  @Override
  public Integer call() throws SysException {
    String mistake = mistake();
    if (mistake != null) {
      throw new ParameterException(spec.commandLine(), mistake);
    }
    ChatOptions options = ChatOptions.DEFAULT.withMaxLineBytes(maxLine);
    InetSocketAddress address = new InetSocketAddress(resolve(), port);
    Sys sys = NativeSys.open();
    CountDownLatch stopAsked = new CountDownLatch(1);
    LoopOptions loopOptions =
        LoopOptions.DEFAULT.withErrorHandler((loop, what, cause) ->
            System.err.println("pollux chat: " + loop + ": " + what + " failed: " + cause));
    try (LoopGroup group = LoopGroup.start(sys, loops, loopOptions)) {
      ChatListener listener = quiet ? ChatListener.NONE : new ChatPrinter(System.out);
      ChatRoom room = new ChatRoom(group.loops(), options, listener);
      ServerOptions serverOptions =
          ServerOptions.at(address)
              .withSocket(SocketSetup.DEFAULT.withFamilies(Places.families(address)))
              .withConnection(options.connection())
              .withMaxConnections(options.maxMembers());
      try (Server server = listen(group, serverOptions, room)) {
        Signals.onStop(stopAsked::countDown);
        System.out.println(listeningLine(server, group));
        await(stopAsked);
        room.stop();
        server.stop();
        while (!server.isFinished()) { // bounded by ConnectionOptions.closeTotal
          LockSupport.parkNanos(LOOK_NANOS);
        }
      }
    }
    return 0;
  }

  private String listeningLine(Server server, LoopGroup group) {
    String backend = group.loops().getFirst().poller().backend().label();
    String count = loops == 1 ? "1 loop" : loops + " loops";
    return "listening on " + Addresses.text(server.address()) + " (" + backend + ", " + count + ")";
  }

  private static void await(CountDownLatch latch) {
    boolean waiting = true;
    while (waiting) {
      try {
        latch.await();
        waiting = false;
      } catch (InterruptedException _) {
        // nobody interrupts this thread; then it goes on
      }
    }
  }

  private static Server listen(LoopGroup group, ServerOptions options, ChatRoom room)
      throws SysException {
    try {
      return Server.start(group, options, room);
    } catch (SysException e) {
      String where = Addresses.text(options.address());
      throw new Failure("cannot listen on " + where + " (" + e.errnoName() + "): " + advice(e));
    }
  }

  private static String advice(SysException e) {
    return switch (e.errno()) {
      case Errno.EADDRINUSE ->
          "another process has this port; stop it, or choose another --port, or 0 for any";
      case Errno.EACCES -> "ports below 1024 need a privilege; choose a higher --port";
      case Errno.EADDRNOTAVAIL -> "this host does not have that address; choose another --host";
      default -> Errno.meaning(e.errno());
    };
  }

  private InetAddress resolve() {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException _) {
      throw new Failure(
          "cannot resolve --host " + host + ": use an address of this host, such as 127.0.0.1");
    }
  }
}
