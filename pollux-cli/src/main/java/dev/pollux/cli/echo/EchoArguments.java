package dev.pollux.cli.echo;

import dev.pollux.cli.terminal.Arguments;
import dev.pollux.cli.terminal.Numbers;
import dev.pollux.net.AcceptMode;
import dev.pollux.poll.Backend;
import dev.pollux.poll.Trigger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;

/** Reads the values of {@code pollux echo}'s options; null is what is none of them. */
final class EchoArguments {

  private EchoArguments() {}

  /** A backend, or null for the best. */
  record Choice(@Nullable Backend backend) {}

  static @Nullable Choice backend(String value) {
    return switch (value) {
      case "auto" -> new Choice(null);
      case "epoll" -> new Choice(Backend.EPOLL);
      case "poll" -> new Choice(Backend.POLL);
      case "select" -> new Choice(Backend.SELECT);
      case "kqueue" -> new Choice(Backend.KQUEUE);
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

  /** Who answers: so many threads, or {@code virtual} ones. */
  static @Nullable EchoWorkers workers(String value) {
    if (value.equals("virtual")) {
      return new EchoWorkers(EchoWorkers.VIRTUAL_COUNT, true);
    }
    int count = Numbers.plain(value);
    return count >= 1 && count <= EchoWorkers.MAX_PLATFORM ? new EchoWorkers(count, false) : null;
  }

  /** Reads {@code auto} or a backend's name. */
  static final class BackendConverter implements ITypeConverter<Choice> {
    @Override
    public Choice convert(String value) {
      return Arguments.required(backend(value), value, "auto, epoll, poll, select or kqueue");
    }
  }

  /** Reads a trigger's name. */
  static final class TriggerConverter implements ITypeConverter<Trigger> {
    @Override
    public Trigger convert(String value) {
      return Arguments.required(trigger(value), value, "level or edge");
    }
  }

  /** Reads a way to accept. */
  static final class AcceptConverter implements ITypeConverter<AcceptMode> {
    @Override
    public AcceptMode convert(String value) {
      return Arguments.required(acceptMode(value), value, "acceptor, reuseport or exclusive");
    }
  }

  /** Reads who answers. */
  static final class WorkersConverter implements ITypeConverter<EchoWorkers> {
    @Override
    public EchoWorkers convert(String value) {
      return Arguments.required(
          workers(value), value, "virtual, or a number from 1 to " + EchoWorkers.MAX_PLATFORM);
    }
  }
}
