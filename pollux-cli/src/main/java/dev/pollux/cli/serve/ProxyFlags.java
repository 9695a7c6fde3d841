package dev.pollux.cli.serve;

import dev.pollux.cli.terminal.Arguments;
import dev.pollux.cli.terminal.Failure;
import dev.pollux.http.client.ClientOptions;
import dev.pollux.http.proxy.HostPolicy;
import dev.pollux.http.proxy.ProxyOptions;
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

  @SuppressWarnings("NullAway.Init")
  ProxyFlags() {}

  /** Whether there are targets. */
  boolean isProxy() {
    return !targets.isEmpty();
  }

  /** What does not go together; null if all does. */
  @Nullable String mistake() {
    boolean isSaid = host != null || health != null || timeoutNanos != null;
    return isSaid && !isProxy() ? "--proxy-… needs --proxy" : null;
  }

  /**
   * What was said of it.
   *
   * @param isTrusting whether what requests say of where they come from is kept, and added to
   */
  ProxySite open(boolean isTrusting, ProxySite.NanoClock clock, Consumer<String> told) {
    Duration timeout = Duration.ofNanos(timeoutNanos == null ? TIMEOUT_NANOS : timeoutNanos);
    ClientOptions client = ProxyOptions.DEFAULT.client();
    try {
      ProxyOptions options =
          ProxyOptions.DEFAULT
              .withClient(client.withHeadTime(timeout).withBodyTime(timeout))
              .withHostPolicy(host == null ? HostPolicy.CLIENT : host)
              .withTrustedForwarding(isTrusting)
              .withHealthPath(health);
      return new ProxySite(targets, options, clock, told);
    } catch (IllegalArgumentException e) {
      throw new Failure("cannot use --proxy: " + e.getMessage());
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
