package dev.pollux.cli.serve;

import dev.pollux.cli.terminal.Arguments;
import dev.pollux.cli.terminal.Failure;
import dev.pollux.cli.terminal.Places;
import dev.pollux.http.client.ClientOptions;
import dev.pollux.http.client.TlsFactory;
import dev.pollux.http.proxy.HostPolicy;
import dev.pollux.http.proxy.ProxyOptions;
import dev.pollux.http.proxy.ReverseProxy;
import dev.pollux.net.Tls;
import dev.pollux.net.TlsIdentity;
import dev.pollux.net.TlsTrust;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** Which servers answer, in the place of a folder, and how they are asked. */
final class ProxyFlags {

  private static final long TIMEOUT_NANOS = 60_000_000_000L;

  @Option(
      names = "--proxy",
      paramLabel = "TARGET",
      split = ",",
      description =
          "Have other servers answer, the one with the fewest requests first: http://host:port,"
              + " https://host:port or unix:/path; separated by commas, or said again.")
  private List<String> targets = new ArrayList<>();

  @Option(
      names = "--proxy-host",
      paramLabel = "WHOSE",
      converter = HostConverter.class,
      description = "With --proxy: Host as the client said it, or of the target (default: client).")
  private @Nullable HostPolicy host;

  @Option(
      names = "--proxy-health",
      paramLabel = "PATH",
      description = "With --proxy: ask targets for this path each two seconds how they are.")
  private @Nullable String health;

  @Option(
      names = "--proxy-timeout",
      paramLabel = "TIME",
      converter = Arguments.DurationConverter.class,
      description = "With --proxy: how long an answer may take to begin, and to go on (60s).")
  private @Nullable Long timeoutNanos;

  @Option(
      names = "--proxy-ca",
      paramLabel = "FILE",
      description =
          "With --proxy: the PEM file of the authorities that https targets are believed by, and no"
              + " other.")
  private @Nullable String authorities;

  @Option(
      names = "--proxy-cert",
      arity = "2",
      paramLabel = "FILE",
      description =
          "With --proxy: the PEM files of the certificates and of the key that are shown to https"
              + " targets.")
  private @Nullable List<String> identity;

  @SuppressWarnings("NullAway.Init")
  ProxyFlags() {}

  /** Whether there are targets. */
  boolean isProxy() {
    return !targets.isEmpty();
  }

  /** What does not go together; null if all does. */
  @Nullable String mistake() {
    boolean isSaid = host != null || health != null || timeoutNanos != null;
    isSaid |= authorities != null || identity != null;
    return isSaid && !isProxy() ? "--proxy-… needs --proxy" : null;
  }

  /** Which value cannot be; null if all can. */
  @Nullable String wrongValue() {
    if (identity != null && identity.size() > 2) {
      return "--proxy-cert is for one pair of files";
    }
    String option = "--proxy";
    try {
      if (isProxy()) {
        ReverseProxy.to(ProxyOptions.DEFAULT, targets).close();
      }
      option = "--proxy-health";
      var _ = ProxyOptions.DEFAULT.withHealthPath(health);
      return null;
    } catch (IllegalArgumentException e) {
      return "cannot use " + option + ": " + e.getMessage();
    }
  }

  /**
   * What was said of it.
   *
   * @param isTrusting whether what requests say of where they come from is kept, and added to
   */
  ProxySite open(boolean isTrusting, ProxySite.NanoClock clock, Consumer<String> told) {
    Duration timeout = Duration.ofNanos(timeoutNanos == null ? TIMEOUT_NANOS : timeoutNanos);
    ClientOptions client = ProxyOptions.DEFAULT.client().withTls(tls());
    ProxyOptions options =
        ProxyOptions.DEFAULT
            .withClient(client.withHeadTime(timeout).withBodyTime(timeout))
            .withHostPolicy(host == null ? HostPolicy.CLIENT : host)
            .withTrustedForwarding(isTrusting)
            .withHealthPath(health);
    return new ProxySite(targets, options, clock, told);
  }

  /** Who is believed, and what is shown. */
  private TlsFactory tls() {
    TlsTrust trust = authorities == null ? null : trust(authorities);
    TlsIdentity own = identity == null ? null : identity(identity);
    return (name, port) -> {
      Tls tls = TlsFactory.DEFAULT.of(name, port);
      tls = trust == null ? tls : tls.withTrust(trust);
      return own == null ? tls : tls.withIdentity(own);
    };
  }

  private static TlsTrust trust(String file) {
    try {
      return TlsTrust.ofPem(Places.file("--proxy-ca", file));
    } catch (IOException | IllegalArgumentException e) {
      throw new Failure("cannot use --proxy-ca: " + e.getMessage());
    }
  }

  private static TlsIdentity identity(List<String> files) {
    String option = "--proxy-cert";
    try {
      return TlsIdentity.ofPem(
          Places.file(option, files.getFirst()), Places.file(option, files.getLast()));
    } catch (IOException | IllegalArgumentException e) {
      throw new Failure("cannot use --proxy-cert: " + e.getMessage());
    }
  }

  /** Reads whose Host it is. */
  static final class HostConverter implements ITypeConverter<HostPolicy> {
    @Override
    public HostPolicy convert(String text) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "client" -> HostPolicy.CLIENT;
        case "target" -> HostPolicy.TARGET;
        default ->
            throw new picocli.CommandLine.TypeConversionException(
                "'" + text + "' is none of client and target");
      };
    }
  }
}
