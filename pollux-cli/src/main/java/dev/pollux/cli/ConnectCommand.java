package dev.pollux.cli;

import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code pollux connect}: an interactive client, see {@link ConnectClient}. */
@Command(
    name = "connect",
    header = "An interactive client: sends what is typed, prints what arrives.",
    description = {
      "",
      "A line q or Q quits. At the end of a piped input it closes its writing half, and prints on"
          + " until the server closes.",
      ""
    },
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class ConnectCommand implements Callable<Integer> {

  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final int MAX_TIMEOUT_SECONDS = 86_400; // a day

  @Parameters(
      index = "0",
      paramLabel = "HOST:PORT",
      converter = TargetConverter.class,
      description = "The server; an IPv6 address in brackets: [::1]:8080.")
  private @Nullable Target target;

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
  ConnectCommand() {}

  @Override
  public Integer call() throws SysException {
    Target server = target;
    if (server == null || timeout < 1 || timeout > MAX_TIMEOUT_SECONDS) {
      throw new ParameterException(
          spec.commandLine(),
          "Invalid value for option '--timeout': "
              + timeout
              + " is not in 1 to "
              + MAX_TIMEOUT_SECONDS
              + " seconds");
    }
    InetAddress[] hosts;
    try {
      hosts = InetAddress.getAllByName(server.host());
    } catch (UnknownHostException _) {
      throw new Failure("cannot resolve " + server.host() + ": check the name, or use an address");
    }
    Sys sys = NativeSys.open();
    long deadline = sys.nanoTime() + timeout * NANOS_PER_SECOND;
    try (ConnectClient client = connect(sys, hosts, server, deadline, "pollux connect")) {
      return client.run();
    }
  }

  /**
   * Connects to the first address that answers. Only connecting is tried again: once a session has
   * begun, what was sent belongs to that one server. Each address may take its share of the time
   * left, so that one that is silent leaves some to the others.
   */
  static ConnectClient connect(
      Sys sys, InetAddress[] hosts, Target server, long deadlineNanos, String command)
      throws SysException {
    @Nullable Failure failure = null;
    for (int i = 0; i < hosts.length; i++) {
      InetSocketAddress address = new InetSocketAddress(hosts[i], server.port());
      long now = sys.nanoTime();
      long shareNanos = Math.max(0, deadlineNanos - now) / (hosts.length - i);
      try {
        return ConnectClient.open(sys, address, now + shareNanos, command);
      } catch (Failure e) {
        failure = e; // the next address may do better
      }
    }
    throw failure != null ? failure : new Failure("no address for " + server.host());
  }

  /** A host and a port. */
  record Target(String host, int port) {}

  /** Reads {@code host:port} and {@code [ipv6]:port}. */
  static final class TargetConverter implements ITypeConverter<Target> {

    private static final int MAX_PORT = 65_535;

    @Override
    public Target convert(String value) {
      int colon = value.lastIndexOf(':');
      String host = colon < 0 ? "" : value.substring(0, colon);
      if (host.startsWith("[") && host.endsWith("]")) {
        host = host.substring(1, host.length() - 1);
      } else if (host.indexOf(':') >= 0) {
        throw new TypeConversionException(
            "'" + value + "' has an IPv6 address without brackets; write [ADDRESS]:PORT");
      }
      int port = port(value.substring(colon + 1));
      if (host.isEmpty() || port < 1) {
        throw new TypeConversionException(
            "'" + value + "' is not HOST:PORT with a port of 1 to " + MAX_PORT);
      }
      return new Target(host, port);
    }

    private static int port(String digits) {
      try {
        int port = Integer.parseInt(digits);
        return port <= MAX_PORT ? port : 0;
      } catch (NumberFormatException _) {
        return 0;
      }
    }
  }
}
