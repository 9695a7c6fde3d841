package dev.pollux.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What loads the HTTP servers, a process for each run: wrk(1) where it sends as fast as it is
 * answered, h2load(1) at a fixed rate; or for both one of this module's own, which is no match for
 * a fast server. What they have no word for is loaded by one in C: {@code http_load.c}, and {@code
 * ws_load.c} for WebSockets.
 *
 * @param isOwn whether it is the module's own
 * @param programs those in C, compiled as far as scenarios need them
 */
record HttpLoad(boolean isOwn, OptionalInt processor, CPrograms programs) {

  /** What installs wrk and h2load. */
  static final String INSTALL = "apt-get install wrk nghttp2-client";

  private static final long PATIENCE_MILLIS = 30_000;
  private static final String OWN = "dev.pollux.bench.http.HttpOwnLoad";
  private static final Pattern RESULT =
      Pattern.compile("^result (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)$", Pattern.MULTILINE);
  private static final Pattern DONE =
      Pattern.compile(
          "^requests: \\d+ total, \\d+ started, (\\d+) done, (\\d+) succeeded,", Pattern.MULTILINE);

  /** The program in C that sends what a scenario has, if it is one. */
  static List<String> program(HttpScenario scenario) {
    if (scenario.isOfSockets()) {
      return List.of("ws_load");
    }
    return scenario.sums() == null ? List.of() : List.of("http_load");
  }

  /** Whether wrk and h2load are installed. */
  static boolean isInstalled() {
    return Machine.command("wrk").isPresent() && Machine.command("h2load").isPresent();
  }

  /** Whether a load sends what a scenario has: the module's own asks for one thing, without TLS. */
  static boolean sends(boolean isOwn, HttpScenario scenario) {
    return !isOwn || !(scenario.isOfFiles() || scenario.isTls());
  }

  /** What a run saw; latencies are in nanoseconds, from the sending on. */
  record Sample(long requests, long nanos, long p50, long p99) {

    /** Requests a second. */
    double throughput() {
      return requests * 1e9 / nanos;
    }
  }

  /**
   * Gets ready to load a server with requests, the next when the last was answered: idle
   * connections are open when this returns, and those that are not begin with {@link Run#begin}.
   */
  Run closed(HttpScenario scenario, int port, int seconds) throws IOException {
    if (!program(scenario).isEmpty()) {
      return Run.ready(ofProgram(scenario, port, seconds), processor);
    }
    if (isOwn) {
      return own(scenario, port, seconds, 0);
    }
    Path script = CPrograms.moduleFolder().resolve("src/main/lua/http_load.lua");
    Path suites = script.resolveSibling("http_load.cnf");
    List<String> command = new ArrayList<>(List.of("env", "OPENSSL_CONF=" + suites, "wrk", "-t1"));
    command.addAll(List.of("-c" + scenario.connections(), "-d" + seconds + "s"));
    if (scenario.isTls()) {
      command.addAll(List.of("--timeout", "10s")); // 64 handshakes of a JVM that is cold take some
    }
    command.addAll(List.of("-s", script.toString(), scenario.url(port), "--"));
    command.addAll(List.of(String.valueOf(scenario.depth()), String.valueOf(scenario.bodyBytes())));
    command.addAll(scenario.paths());
    return Run.start(command, processor, null);
  }

  private List<String> ofProgram(HttpScenario scenario, int port, int seconds) {
    List<String> command = new ArrayList<>();
    command.add(programs.path(program(scenario).getFirst()).toString());
    command.add(String.valueOf(port));
    command.add(String.valueOf(scenario.connections()));
    HttpScenario.Sums sums = scenario.sums();
    if (sums == null) {
      command.add(String.valueOf(scenario.depth()));
    } else {
      command.addAll(List.of(String.valueOf(sums.idle()), String.valueOf(sums.requests())));
      command.add(sums.isMixed() ? "mix" : "get");
    }
    command.add(String.valueOf(seconds));
    return command;
  }

  /** Begins to load a server with so many requests a second, of one at a time and no body. */
  Run fixed(HttpScenario scenario, int port, long rate, int seconds) throws IOException {
    if (isOwn) {
      return own(scenario, port, seconds, rate);
    }
    Path log = Files.createTempFile("pollux-h2load", ".txt");
    String each = String.valueOf((double) rate / scenario.connections());
    List<String> command = new ArrayList<>(List.of("h2load", "--h1", "-t1"));
    command.addAll(List.of("-c" + scenario.connections(), "-D" + seconds, "--rps=" + each));
    command.addAll(List.of("--log-file=" + log, scenario.url(port)));
    return Run.start(command, processor, log);
  }

  private Run own(HttpScenario scenario, int port, int seconds, long rate) throws IOException {
    List<Long> arguments =
        List.of(
            (long) port,
            (long) scenario.connections(),
            (long) scenario.depth(),
            (long) scenario.bodyBytes(),
            (long) seconds,
            rate);
    String[] words = arguments.stream().map(String::valueOf).toArray(String[]::new);
    return Run.start(EchoServers.java(OWN, words), processor, null);
  }

  /**
   * A load that runs.
   *
   * <p>Ownership: close ends it.
   */
  static final class Run implements AutoCloseable {

    private final Process process;
    private final @Nullable Path log;

    /** Whether it waits for a line before it begins, and for the end of its input at its end. */
    private final boolean isLed;

    private Run(Process process, @Nullable Path log, boolean isLed) {
      this.process = process;
      this.log = log;
      this.isLed = isLed;
    }

    /** One that waits for {@link #begin}. */
    private static Run ready(List<String> command, OptionalInt processor) throws IOException {
      List<String> tied = Machine.tied(command, processor);
      Run run = new Run(new ProcessBuilder(tied).redirectErrorStream(true).start(), null, true);
      boolean isReady = false;
      try {
        String line = run.line();
        if (!line.equals("ready")) {
          throw new IOException("the load failed: " + line);
        }
        isReady = true;
        return run;
      } finally {
        if (!isReady) {
          run.close();
        }
      }
    }

    /** The next line that it prints, and nothing of what follows. */
    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      InputStream in = process.getInputStream();
      for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
        var _ = line.append((char) c);
      }
      return line.toString();
    }

    /** Begins, if it has not begun by itself. */
    void begin() throws IOException {
      if (isLed) {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
      }
    }

    private static Run start(List<String> command, OptionalInt processor, @Nullable Path log)
        throws IOException {
      List<String> tied = Machine.tied(command, processor);
      return new Run(new ProcessBuilder(tied).redirectErrorStream(true).start(), log, false);
    }

    /** Lets it go on for so long, if it does not end before. */
    void goOn(long millis) throws IOException {
      try {
        boolean _ = process.waitFor(millis, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while the load ran", e);
      }
    }

    /** Waits until it has seen all: what that was. */
    Sample sample() throws IOException {
      if (isLed) {
        String line = line();
        return line.startsWith("connections ") ? parse(line()) : parse(line);
      }
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (Machine.exitCode(process) != 0) {
        throw new IOException("the load failed: " + text.strip().replace("\n", " | "));
      }
      Path times = log;
      return times == null ? parse(text) : parse(text, Files.readAllLines(times));
    }

    @Override
    public void close() throws IOException {
      if (isLed) {
        process.getOutputStream().close();
        goOn(PATIENCE_MILLIS); // while the server ends its connections
      }
      boolean _ = process.toHandle().destroy();
      int _ = Machine.exitCode(process);
      if (log != null) {
        Files.deleteIfExists(log);
      }
    }
  }

  /** What wrk's script prints, and the module's own load. */
  static Sample parse(String text) throws IOException {
    Matcher result = RESULT.matcher(text);
    if (!result.find()) {
      throw new IOException("the load gave no result: " + text.strip().replace("\n", " | "));
    }
    if (!result.group(5).equals("0")) {
      throw new IOException("the load met " + result.group(5) + " errors");
    }
    return new Sample(number(result, 1), number(result, 2), number(result, 3), number(result, 4));
  }

  private static long number(Matcher result, int group) {
    return Long.parseLong(result.group(group));
  }

  /**
   * What h2load prints, and its log: a line for each answer, of the time of sending, the status and
   * the time until it was there, in microseconds.
   */
  static Sample parse(String text, List<String> log) throws IOException {
    Matcher done = DONE.matcher(text);
    if (!done.find() || log.isEmpty()) {
      throw new IOException("the load gave no result: " + text.strip().replace("\n", " | "));
    }
    if (!done.group(1).equals(done.group(2))) {
      throw new IOException("of " + done.group(1) + " answers " + done.group(2) + " are good");
    }
    long[] times = new long[log.size()];
    long first = Long.MAX_VALUE;
    long last = 0;
    for (int i = 0; i < times.length; i++) {
      String[] words = log.get(i).split("\t", -1);
      times[i] = TimeUnit.MICROSECONDS.toNanos(Long.parseLong(words[2]));
      long sent = Long.parseLong(words[0]);
      first = Math.min(first, sent);
      last = Math.max(last, sent);
    }
    Arrays.sort(times);
    return new Sample(
        times.length,
        TimeUnit.MICROSECONDS.toNanos(last - first),
        times[times.length / 2],
        times[(int) (times.length * 99L / 100)]);
  }
}
