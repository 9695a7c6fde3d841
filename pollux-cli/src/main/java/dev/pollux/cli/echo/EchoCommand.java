package dev.pollux.cli.echo;

import dev.pollux.cli.echo.EchoArguments.Choice;
import dev.pollux.cli.terminal.Arguments;
import dev.pollux.cli.terminal.Failure;
import dev.pollux.cli.terminal.Numbers;
import dev.pollux.cli.terminal.Places;
import dev.pollux.cli.terminal.Version;
import dev.pollux.net.AcceptMode;
import dev.pollux.net.Tls;
import dev.pollux.net.TlsIdentity;
import dev.pollux.poll.Backend;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pollux echo}: runs an {@link EchoServer} until a signal, see {@link EchoRun}. */
@Command(
    name = "echo",
    header = "An echo server, or one that answers a fixed line.",
    description = {
      "",
      "Logs connects, reads, writes and closes with their descriptor. SIGINT, SIGTERM and a closed"
          + " terminal stop it: pending output is delivered, for two seconds at most; a second"
          + " signal ends it at once.",
      ""
    },
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class EchoCommand implements Callable<Integer> {

  private static final String DEFAULT_HOST = "127.0.0.1";
  private static final int DEFAULT_PORT = 8080;
  private static final int MAX_PORT = 65_535;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description =
          "Address to listen on (default: "
              + DEFAULT_HOST
              + "); 0.0.0.0 for all of IPv4, :: for all.")
  private @Nullable String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port to listen on (default: " + DEFAULT_PORT + "); 0 for any free one.")
  private @Nullable Integer port;

  @Option(
      names = "--unix",
      paramLabel = "PATH",
      description = {
        "Listen on a Unix socket instead; the path is removed at the end. @NAME is a name in no",
        "file."
      })
  private @Nullable String unix;

  @Option(
      names = "--replace-stale",
      description = "With --unix: replace a socket that nobody listens at any more.")
  private boolean replaceStale;

  @Option(names = "--udp", description = "Echo datagrams instead.")
  private boolean udp;

  @Option(
      names = "--backend",
      paramLabel = "BACKEND",
      defaultValue = "auto",
      converter = EchoArguments.BackendConverter.class,
      description = "auto, epoll, poll, select or kqueue (default: ${DEFAULT-VALUE}).")
  private Choice backend = new Choice(null);

  @Option(
      names = "--trigger",
      paramLabel = "TRIGGER",
      defaultValue = "level",
      converter = EchoArguments.TriggerConverter.class,
      description = "level or edge (default: ${DEFAULT-VALUE}).")
  private Trigger trigger = Trigger.LEVEL;

  @Option(
      names = "--loops",
      paramLabel = "N",
      defaultValue = "1",
      converter = Arguments.LoopsConverter.class,
      description = "How many event loops, or auto: one a processor (default: ${DEFAULT-VALUE}).")
  private int loops = 1;

  @Option(
      names = "--accept",
      paramLabel = "MODE",
      converter = EchoArguments.AcceptConverter.class,
      description = "Who accepts for several loops: acceptor, reuseport or exclusive.")
  private @Nullable AcceptMode accept;

  @Option(
      names = "--workers",
      paramLabel = "N",
      converter = EchoArguments.WorkersConverter.class,
      description =
          "Answer on so many threads, or on virtual ones (virtual), instead of on the loops; what"
              + " one read brings is a request.")
  private @Nullable EchoWorkers workers;

  @Option(
      names = "--tls",
      arity = "2",
      paramLabel = "FILE",
      description = "Encrypt: the PEM files of the certificates and of the key.")
  private @Nullable List<String> tls;

  @Option(
      names = "--buffer",
      paramLabel = "BYTES",
      defaultValue = "1024",
      description = "Size of the read buffer (default: ${DEFAULT-VALUE}).")
  private int buffer = EchoOptions.DEFAULT_BUFFER_BYTES;

  @Option(
      names = "--backlog",
      paramLabel = "COUNT",
      defaultValue = "15",
      description = "Connections that may wait to be accepted (default: ${DEFAULT-VALUE}).")
  private int backlog = EchoOptions.DEFAULT_BACKLOG;

  @Option(
      names = "--max-connections",
      paramLabel = "COUNT",
      description = "Connections that may be open; one more is closed at once.")
  private @Nullable Integer maxConnections;

  @Option(
      names = "--idle-timeout",
      paramLabel = "TIME",
      converter = Arguments.DurationConverter.class,
      description =
          "Close what is silent, or reads nothing, for so long: 500ms, 10s (default: 10m, and 1m).")
  private @Nullable Long idleNanos;

  @Option(
      names = "--reply",
      paramLabel = "TEXT",
      description = "Answer this line to whatever arrives, instead of echoing it.")
  private @Nullable String reply;

  @Option(names = "--quiet", description = "Do not log connections.")
  private boolean quiet;

  @Option(
      names = "--stats",
      description =
          "Print figures every second: connections; accepted, reads, bytes and turns a second;"
              + " events a wait, busy loops, late timers (ms).")
  private boolean stats;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  public EchoCommand() {}

  /**
   * The command with its options set, without picocli: looking at the annotations would take more
   * time than everything else until the server listens.
   *
   * @return null if there is anything but known options, each once, with values in order; picocli
   *     then explains what is wrong, or shows the help
   */
  public static @Nullable EchoCommand ofPlain(String[] arguments) {
    EchoCommand command = new EchoCommand();
    String seen = " ";
    int i = 0;
    while (i < arguments.length) {
      String name = arguments[i];
      if (seen.contains(" " + name + " ")) {
        return null;
      }
      seen += name + " ";
      if (command.set(name)) {
        i++;
      } else if (i + 1 < arguments.length && command.set(name, arguments[i + 1])) {
        i += 2;
      } else {
        return null;
      }
    }
    return command.mistake() == null ? command : null;
  }

  /** Sets an option without a value; false if it is none. */
  private boolean set(String name) {
    switch (name) {
      case "--quiet" -> quiet = true;
      case "--stats" -> stats = true;
      case "--udp" -> udp = true;
      case "--replace-stale" -> replaceStale = true;
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Sets one option; false if there is any doubt about it. */
  private boolean set(String name, String value) {
    if (value.isEmpty() || value.startsWith("-")) {
      return false;
    }
    switch (name) {
      case "--host" -> host = value;
      case "--reply" -> reply = value;
      case "--unix" -> unix = value;
      case "--port" -> port = Numbers.plain(value);
      case "--buffer" -> buffer = Numbers.plain(value);
      case "--backlog" -> backlog = Numbers.plain(value);
      case "--max-connections" -> maxConnections = Numbers.plain(value);
      default -> {
        return setNamed(name, value);
      }
    }
    return true;
  }

  private boolean setNamed(String name, String value) {
    Object known =
        switch (name) {
          case "--backend" -> EchoArguments.backend(value);
          case "--trigger" -> EchoArguments.trigger(value);
          case "--loops" -> Arguments.loops(value);
          case "--workers" -> EchoArguments.workers(value);
          case "--accept" -> EchoArguments.acceptMode(value);
          case "--idle-timeout" -> Arguments.duration(value);
          default -> null;
        };
    switch (known) {
      case Choice choice -> backend = choice;
      case Trigger named -> trigger = named;
      case Integer count -> loops = count;
      case EchoWorkers chosen -> workers = chosen;
      case AcceptMode mode -> accept = mode;
      case Long nanos -> idleNanos = nanos;
      case null, default -> {
        return false;
      }
    }
    return true;
  }

  /** What is wrong with the options, alone or together; null if nothing is. */
  private @Nullable String mistake() {
    List<String> mistakes = new ArrayList<>();
    range(mistakes, port() >= 0 && port() <= MAX_PORT, "--port", port(), "0 to " + MAX_PORT);
    range(
        mistakes,
        buffer >= 1 && buffer <= EchoOptions.MAX_BUFFER_BYTES,
        "--buffer",
        buffer,
        "1 to " + EchoOptions.MAX_BUFFER_BYTES + " bytes");
    range(mistakes, backlog >= 1, "--backlog", backlog, "1 and more");
    Integer most = maxConnections;
    if (most != null) {
      range(mistakes, most >= 1, "--max-connections", most, "1 and more");
    }
    if (host != null && host.isBlank()) {
      mistakes.add("Invalid value for option '--host': it is empty");
    }
    if (unix != null && unix.isEmpty()) {
      mistakes.add("Invalid value for option '--unix': it is empty");
    }
    clash(mistakes, unix != null && host != null, "--unix", "--host");
    clash(mistakes, unix != null && port != null, "--unix", "--port");
    clash(mistakes, unix != null && accept == AcceptMode.REUSEPORT, "--unix", "--accept reuseport");
    if (replaceStale && unix == null) {
      mistakes.add("--replace-stale needs --unix");
    }
    clash(mistakes, udp && unix != null, "--udp", "--unix");
    clash(mistakes, udp && tls != null, "--udp", "--tls");
    clash(mistakes, udp && loops > 1, "--udp", "--loops");
    clash(mistakes, udp && workers != null, "--udp", "--workers");
    clash(mistakes, udp && most != null, "--udp", "--max-connections");
    clash(mistakes, udp && idleNanos != null, "--udp", "--idle-timeout");
    if (accept != null && loops == 1) {
      mistakes.add("--accept needs several loops: give --loops a number or auto");
    }
    Backend chosen = backend.backend();
    if (accept == AcceptMode.EXCLUSIVE && chosen != null && chosen != Backend.EPOLL) {
      mistakes.add("--accept exclusive needs --backend epoll");
    }
    return mistakes.isEmpty() ? null : mistakes.getFirst();
  }

  private static void range(
      List<String> mistakes, boolean right, String option, int value, String range) {
    if (!right) {
      mistakes.add("Invalid value for option '" + option + "': " + value + " is not in " + range);
    }
  }

  private static void clash(List<String> mistakes, boolean both, String one, String other) {
    if (both) {
      mistakes.add(one + " and " + other + " do not go together");
    }
  }

  @Override
  public Integer call() throws SysException {
    String mistake = mistake();
    if (mistake != null) {
      throw new ParameterException(spec.commandLine(), mistake);
    }
    Integer most = maxConnections;
    EchoOptions options =
        new EchoOptions(
            address(),
            backlog,
            trigger,
            buffer,
            reply == null ? null : Places.text("--reply", reply),
            accept == null ? AcceptMode.ACCEPTOR : accept,
            most == null ? Integer.MAX_VALUE : most,
            idleNanos == null ? 0 : idleNanos,
            EchoOptions.GRACE_NANOS,
            identity(),
            replaceStale);
    return new EchoRun(NativeSys.open(), options, backend.backend(), loops, workers, quiet, stats)
        .serve(udp);
  }

  @Override
  public String toString() {
    return "host "
        + host
        + ", port "
        + port
        + ", unix "
        + unix
        + ", udp "
        + udp
        + ", backend "
        + backend
        + ", trigger "
        + trigger
        + ", loops "
        + loops
        + ", workers "
        + workers
        + ", accept "
        + accept
        + ", buffer "
        + buffer
        + ", backlog "
        + backlog
        + ", most "
        + maxConnections
        + ", idle "
        + idleNanos
        + ", reply "
        + reply
        + ", quiet "
        + quiet
        + ", stats "
        + stats
        + ", replace "
        + replaceStale;
  }

  private int port() {
    return port == null ? DEFAULT_PORT : port;
  }

  private SocketAddress address() {
    String path = unix;
    if (path != null) {
      return Places.unix("--unix", path);
    }
    String name = host == null ? DEFAULT_HOST : host;
    try {
      return new InetSocketAddress(InetAddress.getByName(name), port());
    } catch (UnknownHostException _) {
      throw new Failure(
          "cannot resolve --host " + name + ": use an address of this host, such as 127.0.0.1");
    }
  }

  private @Nullable Tls identity() {
    List<String> files = tls;
    if (files == null) {
      return null;
    }
    try {
      return Tls.server(
          TlsIdentity.ofPem(
              Places.file("--tls", files.get(0)), Places.file("--tls", files.get(1))));
    } catch (IOException | IllegalArgumentException e) {
      throw new Failure("cannot use --tls: " + e.getMessage());
    }
  }
}
