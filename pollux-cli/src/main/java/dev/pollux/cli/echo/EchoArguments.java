package dev.pollux.cli.echo;

import dev.pollux.cli.terminal.Numbers;
import dev.pollux.net.AcceptMode;
import dev.pollux.poll.Backend;
import dev.pollux.poll.Trigger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the values of {@code pollux echo}'s options; null is what is none of them. */
final class EchoArguments {

  private static final int MAX_LOOPS = 1024;

  private EchoArguments() {}

  /** A backend, or null for the best. */
  record Choice(@Nullable Backend backend) {}

  static @Nullable Choice backend(String value) {
    return switch (value) {
      case "auto" -> new Choice(null);
      case "epoll" -> new Choice(Backend.EPOLL);
      case "poll" -> new Choice(Backend.POLL);
      case "select" -> new Choice(Backend.SELECT);
      default -> null;
    };
  }

  static @Nullable Trigger trigger(String value) {
    return switch (value) {
      case "level" -> Trigger.LEVEL;
      case "edge" -> Trigger.EDGE;
      default -> null;
    };
  }

  static @Nullable AcceptMode acceptMode(String value) {
    return switch (value) {
      case "acceptor" -> AcceptMode.ACCEPTOR;
      case "reuseport" -> AcceptMode.REUSEPORT;
      case "exclusive" -> AcceptMode.EXCLUSIVE;
      default -> null;
    };
  }

  /** How many loops: a number, or {@code auto} for one a processor. */
  static @Nullable Integer loops(String value) {
    int count =
        value.equals("auto") ? Runtime.getRuntime().availableProcessors() : Numbers.plain(value);
    return count >= 1 && count <= MAX_LOOPS ? count : null;
  }

  /** Who answers: so many threads, or {@code virtual} ones. */
  static @Nullable EchoWorkers workers(String value) {
    if (value.equals("virtual")) {
      return new EchoWorkers(EchoWorkers.VIRTUAL_COUNT, true);
    }
    int count = Numbers.plain(value);
    return count >= 1 && count <= EchoWorkers.MAX_PLATFORM ? new EchoWorkers(count, false) : null;
  }

  /** A time such as {@code 500ms}, {@code 10s}, {@code 5m}, in nanoseconds. */
  static @Nullable Long duration(String value) {
    int digits = 0;
    while (digits < value.length() && Character.isDigit(value.charAt(digits))) {
      digits++;
    }
    int count = digits == 0 ? -1 : Numbers.plain(value.substring(0, digits));
    long unit =
        switch (value.substring(digits)) {
          case "ms" -> 1_000_000L;
          case "s" -> 1_000_000_000L;
          case "m" -> 60_000_000_000L;
          case "h" -> 3_600_000_000_000L;
          default -> 0;
        };
    return count < 1 || unit == 0 || count > Long.MAX_VALUE / 2 / unit ? null : count * unit;
  }

  private static <T> T required(@Nullable T value, String text, String what) {
    if (value == null) {
      throw new TypeConversionException("'" + text + "' is not " + what);
    }
    return value;
  }

  /** Reads {@code auto} or a backend's name. */
  static final class BackendConverter implements ITypeConverter<Choice> {
    @Override
    public Choice convert(String value) {
      return required(backend(value), value, "auto, epoll, poll or select");
    }
  }

  /** Reads a trigger's name. */
  static final class TriggerConverter implements ITypeConverter<Trigger> {
    @Override
    public Trigger convert(String value) {
      return required(trigger(value), value, "level or edge");
    }
  }

  /** Reads a way to accept. */
  static final class AcceptConverter implements ITypeConverter<AcceptMode> {
    @Override
    public AcceptMode convert(String value) {
      return required(acceptMode(value), value, "acceptor, reuseport or exclusive");
    }
  }

  /** Reads a count of loops. */
  static final class LoopsConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return required(loops(value), value, "auto, or a number from 1 to " + MAX_LOOPS);
    }
  }

  /** Reads who answers. */
  static final class WorkersConverter implements ITypeConverter<EchoWorkers> {
    @Override
    public EchoWorkers convert(String value) {
      return required(
          workers(value), value, "virtual, or a number from 1 to " + EchoWorkers.MAX_PLATFORM);
    }
  }

  /** Reads a time. */
  static final class DurationConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String value) {
      return required(duration(value), value, "a time such as 500ms, 10s, 5m or 1h");
    }
  }
}
