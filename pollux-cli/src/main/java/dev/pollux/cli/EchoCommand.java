package dev.pollux.cli;

import dev.pollux.poll.Backend;
import dev.pollux.poll.Poller;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Errno;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code pollux echo}: runs an {@link EchoServer} until a signal. */
@Command(
    name = "echo",
    header = "An echo server, or one that answers a fixed line.",
    description = {
      "",
      "Logs connects, reads, writes and closes with their descriptor. SIGINT and SIGTERM stop it:"
          + " pending output is delivered, for two seconds at most; a second signal ends it at"
          + " once.",
      ""
    },
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class EchoCommand implements Callable<Integer> {

  private static final int MAX_PORT = 65_535;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description = "Address to listen on (default: ${DEFAULT-VALUE}); 0.0.0.0 or :: for all.")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description = "Port to listen on (default: ${DEFAULT-VALUE}); 0 for any free one.")
  private int port = 8080;

  @Option(
      names = "--backend",
      paramLabel = "BACKEND",
      defaultValue = "auto",
      converter = BackendConverter.class,
      description = "auto, epoll, poll or select (default: ${DEFAULT-VALUE}).")
  private Choice backend = new Choice(null);

  @Option(
      names = "--trigger",
      paramLabel = "TRIGGER",
      defaultValue = "level",
      converter = TriggerConverter.class,
      description = "level, edge or oneshot (default: ${DEFAULT-VALUE}).")
  private Trigger trigger = Trigger.LEVEL;

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
      names = "--reply",
      paramLabel = "TEXT",
      description = "Answer this line to whatever arrives, instead of echoing it.")
  private @Nullable String reply;

  @Option(names = "--quiet", description = "Do not log connections.")
  private boolean quiet;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  EchoCommand() {}

  /**
   * The command with its options set, without picocli: looking at the annotations would take more
   * time than everything else until the server listens.
   *
   * @return null if there is anything but known options, each once, with values in order; picocli
   *     then explains what is wrong, or shows the help
   */
  static @Nullable EchoCommand ofPlain(String[] arguments) {
    EchoCommand command = new EchoCommand();
    String seen = " ";
    int i = 0;
    while (i < arguments.length) {
      String name = arguments[i];
      if (seen.contains(" " + name + " ")) {
        return null;
      }
      seen += name + " ";
      if (name.equals("--quiet")) {
        command.quiet = true;
        i++;
      } else if (i + 1 < arguments.length && command.set(name, arguments[i + 1])) {
        i += 2;
      } else {
        return null;
      }
    }
    return command;
  }

  /** Sets one option; false if there is any doubt about it. */
  private boolean set(String name, String value) {
    if (value.isEmpty() || value.startsWith("-")) {
      return false;
    }
    switch (name) {
      case "--host" -> host = value;
      case "--reply" -> reply = value;
      case "--port" -> port = number(value);
      case "--buffer" -> buffer = number(value);
      case "--backlog" -> backlog = number(value);
      case "--backend" -> {
        Choice known = choice(value);
        backend = known == null ? backend : known;
        return known != null;
      }
      case "--trigger" -> {
        Trigger known = trigger(value);
        trigger = known == null ? trigger : known;
        return known != null;
      }
      default -> {
        return false;
      }
    }
    return inRange();
  }

  /** -1 for what is no plain number. */
  private static int number(String digits) {
    int value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (digit < 0 || digit > 9 || (i > 0 && value == 0) || value > EchoOptions.MAX_BUFFER_BYTES) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  private boolean inRange() {
    return port >= 0
        && port <= MAX_PORT
        && buffer >= 1
        && buffer <= EchoOptions.MAX_BUFFER_BYTES
        && backlog >= 1;
  }

  @Override
  public Integer call() throws SysException {
    check(port >= 0 && port <= MAX_PORT, "--port", port, "0 to " + MAX_PORT);
    check(
        buffer >= 1 && buffer <= EchoOptions.MAX_BUFFER_BYTES,
        "--buffer",
        buffer,
        "1 to " + EchoOptions.MAX_BUFFER_BYTES + " bytes");
    check(backlog >= 1, "--backlog", backlog, "1 and more");
    InetSocketAddress address = new InetSocketAddress(resolve(), port);
    Sys sys = NativeSys.open();
    Backend wanted = backend.backend();
    try (Poller poller = wanted == null ? Poller.open(sys) : Poller.open(sys, wanted)) {
      return serve(sys, poller, new EchoOptions(address, backlog, trigger, buffer, reply));
    }
  }

  @Override
  public String toString() {
    return "host "
        + host
        + ", port "
        + port
        + ", backend "
        + backend
        + ", trigger "
        + trigger
        + ", buffer "
        + buffer
        + ", backlog "
        + backlog
        + ", reply "
        + reply
        + ", quiet "
        + quiet;
  }

  private int serve(Sys sys, Poller poller, EchoOptions options) throws SysException {
    TextLog log = TextLog.onStandardOutput(sys, quiet);
    try (EchoServer server = open(sys, poller, options, log)) {
      Signals.onStop(server::stop);
      log.line(listeningLine(server.address(), poller.backend(), trigger));
      while (!server.isFinished()) {
        server.runOnce(-1);
      }
    }
    return 0;
  }

  static String listeningLine(InetSocketAddress address, Backend backend, Trigger trigger) {
    String name = trigger.name().toLowerCase(Locale.ROOT);
    return "listening on " + TextLog.text(address) + " (" + backend.label() + ", " + name + ")";
  }

  private static EchoServer open(Sys sys, Poller poller, EchoOptions options, TextLog log)
      throws SysException {
    try {
      return EchoServer.open(sys, poller, options, log);
    } catch (SysException e) {
      throw new Failure(
          "cannot listen on "
              + TextLog.text(options.address())
              + " ("
              + e.errnoName()
              + "): "
              + advice(e));
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

  private void check(boolean right, String option, int value, String range) {
    if (!right) {
      throw new ParameterException(
          spec.commandLine(),
          "Invalid value for option '" + option + "': " + value + " is not in " + range);
    }
  }

  /** A backend, or null for the best. */
  record Choice(@Nullable Backend backend) {}

  private static @Nullable Choice choice(String value) {
    return switch (value) {
      case "auto" -> new Choice(null);
      case "epoll" -> new Choice(Backend.EPOLL);
      case "poll" -> new Choice(Backend.POLL);
      case "select" -> new Choice(Backend.SELECT);
      default -> null;
    };
  }

  private static @Nullable Trigger trigger(String value) {
    return switch (value) {
      case "level" -> Trigger.LEVEL;
      case "edge" -> Trigger.EDGE;
      case "oneshot" -> Trigger.ONESHOT;
      default -> null;
    };
  }

  /** Reads {@code auto} or a backend's name. */
  static final class BackendConverter implements ITypeConverter<Choice> {
    @Override
    public Choice convert(String value) {
      Choice choice = choice(value);
      if (choice == null) {
        throw new TypeConversionException("'" + value + "' is not auto, epoll, poll or select");
      }
      return choice;
    }
  }

  /** Reads a trigger's name. */
  static final class TriggerConverter implements ITypeConverter<Trigger> {
    @Override
    public Trigger convert(String value) {
      Trigger trigger = trigger(value);
      if (trigger == null) {
        throw new TypeConversionException("'" + value + "' is not level, edge or oneshot");
      }
      return trigger;
    }
  }
}
