package dev.pollux.cli.serve;

import dev.pollux.cli.terminal.Arguments;
import dev.pollux.cli.terminal.Failure;
import dev.pollux.cli.terminal.Places;
import dev.pollux.http.log.AccessLog;
import dev.pollux.http.log.AccessLogFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** What operators see, and how it ends. */
final class OperatorFlags {

  private static final long DRAIN_NANOS = 30_000_000_000L;
  private static final String STANDARD_OUTPUT = "-";

  @Option(
      names = "--access-log",
      paramLabel = "FILE",
      description = "A line for each request to this file or FIFO, or - for standard output.")
  private @Nullable String accessLog;

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      converter = FormatConverter.class,
      description = "common, combined or json (default: combined).")
  private AccessLogFormat format = AccessLogFormat.COMBINED;

  @Option(
      names = "--metrics",
      paramLabel = "PORT",
      description =
          "A port for /metrics (Prometheus), /health/live and /health/ready, on the same host.")
  private @Nullable Integer metricsPort;

  @Option(
      names = "--delay",
      paramLabel = "TIME",
      converter = Arguments.PauseConverter.class,
      description =
          "At the end, how long /health/ready says no before it stops to accept: 500ms, 10s"
              + " (default: 0s).")
  private long delayNanos;

  @Option(
      names = "--drain",
      paramLabel = "TIME",
      converter = Arguments.DurationConverter.class,
      description = "How long answers may take after that (default: 30s).")
  private long drainNanos = DRAIN_NANOS;

  @Option(
      names = "--stats",
      description =
          "Print figures every second: connections; accepted, requests and bytes a second; busy"
              + " loops, late timers (ms), lost log lines.")
  private boolean stats;

  @SuppressWarnings("NullAway.Init")
  OperatorFlags() {}

  /** Reads a format. */
  static final class FormatConverter implements ITypeConverter<AccessLogFormat> {
    @Override
    public AccessLogFormat convert(String value) {
      AccessLogFormat known =
          switch (value) {
            case "common" -> AccessLogFormat.COMMON;
            case "combined" -> AccessLogFormat.COMBINED;
            case "json" -> AccessLogFormat.JSON;
            default -> null;
          };
      return Arguments.required(known, value, "common, combined or json");
    }
  }

  @Nullable String mistake() {
    List<String> mistakes = new ArrayList<>();
    Arguments.range(mistakes, "--metrics", metricsPort, 0, Arguments.MAX_PORT);
    if (!mistakes.isEmpty()) {
      return mistakes.getFirst();
    }
    return format != AccessLogFormat.COMBINED && accessLog == null
        ? "--log-format " + format.name().toLowerCase(Locale.ROOT) + " needs --access-log"
        : null;
  }

  @Nullable Integer metricsPort() {
    return metricsPort;
  }

  long delayNanos() {
    return delayNanos;
  }

  long drainNanos() {
    return drainNanos;
  }

  boolean hasStats() {
    return stats;
  }

  /** The log, if there is to be one. */
  @Nullable AccessLog openLog(Consumer<String> problems) {
    String file = accessLog;
    if (file == null) {
      return null;
    }
    if (file.equals(STANDARD_OUTPUT)) {
      return AccessLog.toStandardOutput(format, problems);
    }
    try {
      return AccessLog.toFile(Places.file("--access-log", file), format, problems);
    } catch (IOException e) {
      throw new Failure("cannot write --access-log: " + e.getMessage());
    }
  }
}
