package dev.pollux.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The echo servers that the benchmark can start. */
enum EchoContestant {
  /** Started by the launcher, with its defaults: what a user gets. */
  SHIPPED(EchoBars.SHIPPED),
  C(EchoBars.C),
  /**
   * With a second, idle thread: the kernel then takes references on files, as it does for a JVM.
   */
  C_THREAD(EchoBars.C_THREAD),
  POLLUX_LEVEL(EchoBars.POLLUX),
  POLLUX_EDGE("pollux-edge"),
  NIO(EchoBars.NIO),
  NETTY_EPOLL(EchoBars.NETTY),
  NETTY_IO_URING("netty-io_uring"),
  NETTY_NIO("netty-nio"),
  THREADS("threads");

  /**
   * The options of the JVM, the same for all servers: one heap, one collector. The last two are for
   * Netty, which is slower without Unsafe, and samples buffers for leaks unless told not to; the
   * others do not see them.
   */
  static final List<String> JVM_OPTIONS =
      List.of(
          "-Xms64m",
          "-Xmx256m",
          "-XX:+UseSerialGC",
          "-XX:-UsePerfData",
          "--enable-native-access=ALL-UNNAMED",
          "-Djdk.virtualThreadScheduler.parallelism=1",
          "--sun-misc-unsafe-memory-access=allow",
          "-Dio.netty.leakDetection.level=disabled");

  /** The main class of the servers, named and not used: they are another program. */
  private static final String MAIN = "dev.pollux.bench.echo.EchoMain";

  private final String label;

  EchoContestant(String label) {
    this.label = label;
  }

  static Optional<EchoContestant> named(String label) {
    return Arrays.stream(values()).filter(each -> each.label.equals(label)).findFirst();
  }

  String label() {
    return label;
  }

  /** {@code ./pollux}, beside the folder of this module. */
  static Path launcher() {
    return CProgram.moduleFolder().orElseThrow().resolveSibling("pollux");
  }

  /** The command of a main class of this program, in a JVM of its own. */
  static List<String> java(String main, String argument) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_OPTIONS);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main, argument));
    return command;
  }

  /**
   * Whether it answers questions on its standard input, as the servers in Java of this module do.
   */
  boolean answers() {
    return !isC() && this != SHIPPED;
  }

  boolean isC() {
    return this == C || this == C_THREAD;
  }

  /**
   * The command that starts the server.
   *
   * @param binary what {@code echo_server.c} was compiled to, if it was
   */
  List<String> command(Optional<Path> binary) {
    return switch (this) {
      case C -> List.of(binary.orElseThrow().toString(), "1");
      case C_THREAD -> List.of(binary.orElseThrow().toString(), "2");
      case SHIPPED ->
          // As many connections may wait as with the other servers; no line for each message.
          List.of(launcher().toString(), "echo", "--port", "0", "--backlog", "4096", "--quiet");
      default -> java(MAIN, label);
    };
  }
}
