package dev.pollux.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * The load as a child process: {@code echo_load.c}, which describes its commands.
 *
 * <p>Errors: an echo that is not what was sent, in count or content, ends it and is thrown.
 */
record EchoLoad(Child program) implements AutoCloseable {

  /**
   * How long a run takes and what it does.
   *
   * @param rate messages a second; 0 for as many as the server takes
   * @param warmupMillis before the window
   * @param windowMillis what is measured
   */
  record Terms(long rate, long warmupMillis, long windowMillis) {}

  /** What the load saw: the figures of its answer, in their order. */
  record Sample(List<Long> figures) {

    static final int FIGURES = 10;

    static Sample parse(String payload) throws IOException {
      List<Long> figures;
      try {
        figures = Arrays.stream(payload.split(" +", -1)).map(Long::valueOf).toList();
      } catch (NumberFormatException e) {
        throw new IOException("the figures of the load are not numbers: " + payload, e);
      }
      if (figures.size() != FIGURES) {
        throw new IOException("the load gave " + figures.size() + " figures, not " + FIGURES);
      }
      return new Sample(figures);
    }

    /** Messages a second. */
    double throughput() {
      return figures.get(0) * 1e9 / figures.get(1);
    }

    /** Messages answered at all, before and after the window, too. */
    long total() {
      return figures.get(4);
    }
  }

  /** Opens what a profile loads, beside so many that are idle; all have echoed a greeting then. */
  void connect(EchoProcess server, EchoProfile profile, int idle) throws IOException {
    if (profile != EchoProfile.CHURN) { // which opens its connections itself
      ask(
          "connect %d %d %d %d"
              .formatted(
                  server.port(),
                  profile.connections(),
                  profile.messageBytes(),
                  profile == EchoProfile.IDLE ? idle : 0));
    }
  }

  /** Opens idle connections, of which the server hears nothing; it has accepted all of them. */
  void open(EchoProcess server, int count) throws IOException {
    ask("open %d %d".formatted(server.port(), count));
  }

  /** Lets every connection that is open echo a message. */
  void greet() throws IOException {
    ask("greet");
  }

  /** Loads the connections opened before. */
  Sample run(EchoProcess server, EchoProfile profile, Terms terms) throws IOException {
    String command =
        profile == EchoProfile.CHURN
            ? "churn %d %d %d %d"
                .formatted(
                    server.pid(), server.port(), profile.connections(), profile.messageBytes())
            : "run %d %d".formatted(server.pid(), profile.depth());
    return Sample.parse(
        program.askC(
            "%s %d %d %d"
                .formatted(command, terms.rate(), terms.warmupMillis(), terms.windowMillis())));
  }

  /** Closes all connections. */
  void disconnect() throws IOException {
    ask("disconnect");
  }

  private void ask(String command) throws IOException {
    String _ = program.askC(command);
  }

  @Override
  public void close() throws IOException {
    program.close();
  }
}
