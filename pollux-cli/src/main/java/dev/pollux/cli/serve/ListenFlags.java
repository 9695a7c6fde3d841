package dev.pollux.cli.serve;

import dev.pollux.cli.terminal.Arguments;
import dev.pollux.cli.terminal.Failure;
import dev.pollux.cli.terminal.Places;
import dev.pollux.http.ForwardedFor;
import dev.pollux.http.HttpLimits;
import dev.pollux.http.HttpOptions;
import dev.pollux.http.Readiness;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where it listens, how it speaks, and what it bounds. */
final class ListenFlags {

  private static final String DEFAULT_HOST = "127.0.0.1";
  private static final int DEFAULT_PORT = 8080;
  private static final int MAX_RATE = 1_000_000_000; // one in a nanosecond

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
      description = "Listen on a Unix socket instead; @NAME is a name in no file.")
  private @Nullable String unix;

  @Option(
      names = "--replace-stale",
      description = "With --unix: replace a socket that nobody listens at any more.")
  private boolean replaceStale;

  @Option(
      names = "--loops",
      paramLabel = "N",
      defaultValue = "1",
      converter = Arguments.LoopsConverter.class,
      description = "How many event loops, or auto: one a processor (default: ${DEFAULT-VALUE}).")
  private int loops = 1;

  @Option(
      names = "--tls",
      arity = "2",
      paramLabel = "FILE",
      description =
          "Encrypt: the PEM files of the certificates and of the key. SIGHUP reads them again.")
  private @Nullable List<String> tls;

  @Option(
      names = "--tls-self-signed",
      description =
          "Encrypt with a certificate made for this run, which nobody trusts: for trials.")
  private boolean selfSigned;

  @Option(
      names = "--redirect-https",
      paramLabel = "PORT",
      description = "With TLS: send who comes to this port without it to the other one.")
  private @Nullable Integer redirectPort;

  @Option(
      names = "--public-port",
      paramLabel = "PORT",
      description =
          "With --redirect-https: the port that clients are sent to, where it is another one"
              + " outside of a container or router (default: the one with TLS).")
  private @Nullable Integer publicPort;

  @Option(
      names = "--proxy-protocol",
      description = "Take the address of each client from a PROXY header, which must be there.")
  private boolean proxyProtocol;

  @Option(
      names = "--trust-forwarded",
      paramLabel = "HOPS",
      description = "Take it from X-Forwarded-For, of so many proxies in front.")
  private @Nullable Integer hops;

  @Option(
      names = "--max-connections",
      paramLabel = "COUNT",
      description = "Connections that may be open (default: 10000); one more is closed at once.")
  private @Nullable Integer maxConnections;

  @Option(
      names = "--max-per-address",
      paramLabel = "COUNT",
      description = "Connections of one address (default: no bound).")
  private int maxPerAddress;

  @Option(
      names = "--max-rate",
      paramLabel = "COUNT",
      description = "Requests a second of one address (default: no bound); 429 beyond.")
  private @Nullable Integer maxRate;

  @Option(
      names = "--max-requests",
      paramLabel = "COUNT",
      description = "Requests of a connection before it is ended (default: 1000).")
  private @Nullable Integer maxRequests;

  @SuppressWarnings("NullAway.Init")
  ListenFlags() {}

  /** What is wrong with them, alone or together; null if nothing is. */
  @Nullable String mistake() {
    List<String> mistakes = new ArrayList<>();
    Arguments.range(mistakes, "--port", port, 0, Arguments.MAX_PORT);
    Arguments.range(mistakes, "--redirect-https", redirectPort, 0, Arguments.MAX_PORT);
    Arguments.range(mistakes, "--public-port", publicPort, 1, Arguments.MAX_PORT);
    Arguments.range(mistakes, "--max-connections", maxConnections, 1, Integer.MAX_VALUE);
    Arguments.range(mistakes, "--max-per-address", maxPerAddress, 0, Integer.MAX_VALUE);
    Arguments.range(mistakes, "--max-rate", maxRate, 1, MAX_RATE);
    Arguments.range(mistakes, "--max-requests", maxRequests, 1, Integer.MAX_VALUE);
    Arguments.range(mistakes, "--trust-forwarded", hops, 1, ForwardedFor.MAX_HOPS);
    clash(mistakes, unix != null && host != null, "--unix", "--host");
    clash(mistakes, unix != null && port != null, "--unix", "--port");
    if (tls != null && tls.size() > 2) {
      mistakes.add("--tls is for one pair of files");
    }
    clash(mistakes, tls != null && selfSigned, "--tls", "--tls-self-signed");
    clash(mistakes, proxyProtocol && hops != null, "--proxy-protocol", "--trust-forwarded");
    clash(mistakes, unix != null && redirectPort != null, "--unix", "--redirect-https");
    if (replaceStale && unix == null) {
      mistakes.add("--replace-stale needs --unix");
    }
    if (redirectPort != null && !isTls()) {
      mistakes.add("--redirect-https needs --tls or --tls-self-signed");
    }
    if (publicPort != null && redirectPort == null) {
      mistakes.add("--public-port needs --redirect-https");
    }
    return mistakes.isEmpty() ? null : mistakes.getFirst();
  }

  private static void clash(List<String> mistakes, boolean both, String one, String other) {
    if (both) {
      mistakes.add(one + " and " + other + " do not go together");
    }
  }

  /** What is wrong with another port beside those; null if nothing is. */
  @Nullable String mistake(String option, @Nullable Integer other) {
    List<String> mistakes = new ArrayList<>();
    int requests = unix == null ? port() : 0;
    same(mistakes, "--port", requests, option, other);
    same(mistakes, "--port", requests, "--redirect-https", redirectPort);
    same(mistakes, option, other, "--redirect-https", redirectPort);
    return mistakes.isEmpty() ? null : mistakes.getFirst();
  }

  private static void same(
      List<String> mistakes,
      String one,
      @Nullable Integer port,
      String other,
      @Nullable Integer its) {
    if (port != null && port != 0 && port.equals(its)) {
      mistakes.add(one + " and " + other + " are both " + port + ": each wants a port of its own");
    }
  }

  private int port() {
    return port == null ? DEFAULT_PORT : port;
  }

  boolean replacesStale() {
    return replaceStale;
  }

  int loops() {
    return loops;
  }

  boolean isTls() {
    return tls != null || selfSigned;
  }

  @Nullable List<String> tls() {
    return tls;
  }

  @Nullable Integer redirectPort() {
    return redirectPort;
  }

  /** Where TLS is for clients; null if that is the port that it listens on. */
  @Nullable Integer publicPort() {
    return publicPort;
  }

  @Nullable Integer hops() {
    return hops;
  }

  @Nullable Integer maxRate() {
    return maxRate;
  }

  @Nullable Integer maxConnections() {
    return maxConnections;
  }

  /** Where requests come. */
  SocketAddress address() {
    String path = unix;
    return path != null ? Places.unix("--unix", path) : address(port());
  }

  /** Another port of the same host. */
  InetSocketAddress address(int otherPort) {
    String name = host == null ? DEFAULT_HOST : host;
    try {
      return new InetSocketAddress(InetAddress.getByName(name), otherPort);
    } catch (UnknownHostException _) {
      throw new Failure(
          "cannot resolve --host " + name + ": use an address of this host, such as 127.0.0.1");
    }
  }

  HttpOptions http(Readiness readiness) {
    HttpLimits limits =
        maxRequests == null ? HttpLimits.DEFAULT : HttpLimits.DEFAULT.withRequests(maxRequests);
    return HttpOptions.DEFAULT
        .withLimits(limits)
        .withReadiness(readiness)
        .withProxyProtocol(proxyProtocol)
        .withMaxConnectionsPerAddress(maxPerAddress);
  }
}
