package dev.pollux.bench;

import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;

/**
 * The load as a child process: {@code echo_load.c}, or the same in Java.
 *
 * <p>Errors: an echo that is not what was sent, in count or content, ends it and is thrown.
 */
final class EchoLoad implements AutoCloseable {

  private final CProgram program;

  private EchoLoad(CProgram program) {
    this.program = program;
  }

  static EchoLoad start(List<String> command, OptionalInt processor) throws IOException {
    return new EchoLoad(CProgram.start(command, processor));
  }

  /**
   * How long a run takes and what it does.
   *
   * @param rate messages a second; 0 for as many as the server takes
   * @param warmupMillis before the window
   * @param windowMillis what is measured
   */
  record Terms(long rate, long warmupMillis, long windowMillis) {}

  /** Opens connections; each has echoed a greeting when this returns. */
  void connect(EchoProcess server, EchoProfile profile, int idle) throws IOException {
    String _ =
        program.ask(
            "connect %d %d %d %d"
                .formatted(server.port(), profile.connections(), profile.messageBytes(), idle));
  }

  /** Loads the connections opened before; of idle ones nothing is heard. */
  EchoSample run(EchoProcess server, EchoProfile profile, Terms terms) throws IOException {
    String command = "run %d %d ".formatted(server.pid(), profile.depth());
    return EchoSample.parse(program.ask(command + times(terms)));
  }

  /** Connects, echoes one message and closes, again and again. */
  EchoSample churn(EchoProcess server, EchoProfile profile, Terms terms) throws IOException {
    String command =
        "churn %d %d %d %d "
            .formatted(server.pid(), server.port(), profile.connections(), profile.messageBytes());
    return EchoSample.parse(program.ask(command + times(terms)));
  }

  /** Closes all connections. */
  void disconnect() throws IOException {
    String _ = program.ask("disconnect");
  }

  private static String times(Terms terms) {
    return "%d %d %d".formatted(terms.rate(), terms.warmupMillis(), terms.windowMillis());
  }

  @Override
  public void close() throws IOException {
    program.close();
  }
}
