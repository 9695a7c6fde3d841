package dev.pollux.cli.connect;

import dev.pollux.cli.terminal.Look;
import dev.pollux.cli.terminal.Places;
import dev.pollux.cli.terminal.StandardStreams;
import dev.pollux.cli.terminal.Target;
import dev.pollux.cli.terminal.Version;
import dev.pollux.loop.EventLoop;
import dev.pollux.net.ConnectOptions;
import dev.pollux.net.Tls;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pollux connect}: an interactive client, see {@link ConnectClient}. */
@Command(
    name = "connect",
    header = "An interactive client: sends what is typed, prints what arrives.",
    description = {
      "",
      "On a terminal a line q or Q quits, and lines that arrive begin with <. At the end of the"
          + " input, which may be a pipe, it closes its writing half, and prints on until the"
          + " server closes; the input is sent to its end, also when the server says no more.",
      ""
    },
    customSynopsis = {
      "pollux connect [OPTIONS] HOST:PORT",
      "  or:  pollux connect [OPTIONS] HOST PORT",
      "  or:  pollux connect [OPTIONS] --unix PATH"
    },
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class ConnectCommand implements Callable<Integer> {

  static final String NAME = "pollux connect";

  private static final int MAX_TIMEOUT_SECONDS = 86_400; // a day

  @Parameters(
      arity = "0..2",
      paramLabel = "HOST:PORT",
      description = "The server; an IPv6 address in brackets: [::1]:8080.")
  private List<String> place = new ArrayList<>();

  @Option(
      names = "--unix",
      paramLabel = "PATH",
      description = "Connect to a Unix socket instead; @NAME is a name in no file.")
  private @Nullable String unix;

  @Option(
      names = "--udp",
      description =
          "Send datagrams instead, one a line; after the end of the input it listens until nothing"
              + " has come for a second.")
  private boolean udp;

  @Option(names = "--tls", description = "Encrypt, and have the server prove that it is HOST.")
  private boolean tls;

  @Option(
      names = "--trust",
      paramLabel = "FILE",
      description =
          "With --tls: the PEM file of the authorities to believe, or of the server's own"
              + " certificate (default: those that the JDK believes).")
  private @Nullable String trust;

  @Option(
      names = "--server-name",
      paramLabel = "NAME",
      description = "With --tls: whom to ask for (default: HOST; localhost with --unix).")
  private @Nullable String serverName;

  @Option(
      names = "--insecure",
      description = "With --tls: believe anybody. Whoever is in between can read along.")
  private boolean insecure;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = {
        "How long connecting may take (default: ${DEFAULT-VALUE}); the addresses of a name share"
            + " it."
      })
  private int timeout = 10;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  public ConnectCommand() {}

  @Override
  public Integer call() throws SysException {
    String mistake = mistake();
    if (mistake != null) {
      throw new ParameterException(spec.commandLine(), mistake);
    }
    Target target = unix == null ? target() : null;
    Sys sys = NativeSys.open();
    if (insecure) {
      System.err.println(NAME + ": the server does not prove who it is (--insecure)");
    }
    try (ConnectClient client = ConnectClient.open(sys, manner(sys, NAME, false))) {
      return client.run((loop, opened) -> begin(loop, opened, target));
    }
  }

  private Target target() {
    try {
      return Target.of(place);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
    }
  }

  /** What is wrong with the options; null if nothing is. */
  private @Nullable String mistake() {
    if (timeout < 1 || timeout > MAX_TIMEOUT_SECONDS) {
      return "Invalid value for option '--timeout': "
          + timeout
          + " is not in 1 to "
          + MAX_TIMEOUT_SECONDS
          + " seconds";
    }
    if (unix != null && !place.isEmpty()) {
      return "--unix and HOST:PORT do not go together";
    }
    if (udp && (unix != null || tls)) {
      return "--udp and " + (tls ? "--tls" : "--unix") + " do not go together";
    }
    if (!tls && (insecure || trust != null || serverName != null)) {
      String which = insecure ? "--insecure" : trust != null ? "--trust" : "--server-name";
      return which + " needs --tls";
    }
    return insecure && trust != null ? "--insecure and --trust do not go together" : null;
  }

  private void begin(EventLoop loop, ConnectClient client, @Nullable Target target)
      throws SysException {
    String path = unix;
    if (target == null) {
      String name = path == null ? "" : path;
      ConnectOptions options = ConnectOptions.to(Places.unix("--unix", name));
      connect(loop, client, options, "localhost", 1, name);
    } else if (udp) {
      DatagramPeer.open(loop, client, resolved(target), target.toString());
    } else {
      ConnectOptions options = ConnectOptions.to(target.host(), target.port());
      connect(loop, client, options, target.host(), target.port(), target.toString());
    }
  }

  private void connect(
      EventLoop loop,
      ConnectClient client,
      ConnectOptions options,
      String host,
      int port,
      String name)
      throws SysException {
    Tls encrypted = null;
    if (tls) {
      String asked = serverName == null ? host : serverName;
      encrypted =
          insecure ? ConnectTls.unverified(asked, port) : ConnectTls.verified(asked, port, trust);
      encrypted = encrypted.withHandshakeTime(Duration.ofSeconds(timeout));
    }
    ConnectOptions all = options.withTimeout(Duration.ofSeconds(timeout)).withTls(encrypted);
    StreamPeer.connect(loop, client, all, name);
  }

  private static InetSocketAddress resolved(Target target) {
    try {
      return new InetSocketAddress(InetAddress.getByName(target.host()), target.port());
    } catch (UnknownHostException _) {
      throw ConnectFailures.unresolved(target.toString());
    }
  }

  /** How a client behaves on the standard streams. */
  public static ConnectClient.Manner manner(Sys sys, String command, boolean endsWithServer) {
    boolean isTyped = StandardStreams.isTerminal(sys, StandardStreams.STDIN);
    boolean isShown = isTyped && StandardStreams.isTerminal(sys, StandardStreams.STDOUT);
    return new ConnectClient.Manner(
        command,
        StandardStreams.STDIN,
        StandardStreams.STDOUT,
        isTyped,
        isShown ? LineMarks.of(Look.isColoured(StandardStreams.STDOUT)) : LineMarks.none(),
        endsWithServer);
  }
}
