package dev.pollux.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * The echo servers that are compared, and the programs in C that are needed for it: a server and
 * the one load that serves all.
 *
 * <p>Ownership: close removes what was compiled.
 */
final class EchoServers implements AutoCloseable {

  /** Started by the launcher, with its defaults: what a user gets. */
  static final String SHIPPED = "pollux";

  static final String C = "c";

  /**
   * With a second, idle thread: the kernel then takes references on files, as it does for a JVM.
   */
  static final String C_THREAD = "c-thread";

  static final String POLLUX = "pollux-level";
  static final String NIO = "nio";
  static final String NETTY = "netty-epoll";
  static final String THREADS = "threads";

  static final List<String> ALL =
      List.of(
          SHIPPED,
          C,
          C_THREAD,
          POLLUX,
          "pollux-edge",
          NIO,
          NETTY,
          "netty-io_uring",
          "netty-nio",
          THREADS);

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

  private static final String LOAD = "echo_load";
  private static final String SERVER = "echo_server";

  private final CPrograms programs;

  private EchoServers(CPrograms programs) {
    this.programs = programs;
  }

  static EchoServers open() throws IOException {
    return new EchoServers(CPrograms.compile(LOAD, SERVER));
  }

  /** Those that are wanted, once each. */
  static List<String> chosen(
      CommonOptions common, String option, List<String> names, List<String> of) {
    for (String name : names) {
      common.require(
          of.contains(name),
          option + " does not know '" + name + "'; it knows " + String.join(", ", of));
    }
    return names.stream().distinct().toList();
  }

  /** {@code ./pollux}, beside the folder of this module. */
  static Path launcher() throws IOException {
    return CPrograms.moduleFolder().resolveSibling("pollux");
  }

  /** The command of a main class of this program, in a JVM of its own. */
  static List<String> java(String main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_OPTIONS);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  /**
   * Starts a server and waits until it listens.
   *
   * @throws UnsupportedOperationException if it says that this machine lacks what it needs
   */
  EchoProcess start(String server, OptionalInt processor) throws IOException {
    return switch (server) {
      case C -> c("1", processor);
      case C_THREAD -> c("2", processor);
      // As many connections may wait as with the other servers; no line for each message.
      case SHIPPED ->
          EchoProcess.start(
              List.of(launcher().toString(), "echo", "--port", "0", "--backlog", "4096", "--quiet"),
              processor,
              false);
      default -> EchoProcess.start(java(MAIN, server), processor, true);
    };
  }

  private EchoProcess c(String threads, OptionalInt processor) throws IOException {
    return EchoProcess.start(List.of(programs.path(SERVER).toString(), threads), processor, false);
  }

  /**
   * Starts the load.
   *
   * @param spinning whether it never sleeps; for a processor of its own
   */
  EchoLoad load(boolean spinning, OptionalInt processor) throws IOException {
    return new EchoLoad(
        Child.start(
            List.of(programs.path(LOAD).toString(), spinning ? "spin" : "block"), processor));
  }

  @Override
  public void close() throws IOException {
    programs.close();
  }
}
