package dev.pollux.bench;

import dev.pollux.bench.EchoBenchmark.Processors;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The system calls of echo servers for each message, counted by strace(1).
 *
 * <p>A phase of its own: a server that is traced is slow, so nothing else of it is measured. Its
 * load waits for it, so its batches are larger and its waits fewer than without.
 */
final class EchoSyscalls {

  /** Fewer calls than so many for each message are not shown: the JVM's own. */
  private static final double SHOWN = 0.005;

  private static final long WARM_UP_MILLIS = 2000;
  private static final long WINDOW_MILLIS = 700;

  private final EchoPrograms programs;
  private final Processors processors;

  EchoSyscalls(EchoPrograms programs, Processors processors) {
    this.programs = programs;
    this.processors = processors;
  }

  /** Counts and prints a table for each profile but idle, whose calls are those of ping-pong. */
  void print(
      List<EchoProfile> profiles, List<EchoContestant> servers, Progress progress, PrintWriter out)
      throws IOException {
    if (Machine.command("strace").isEmpty()) {
      out.println("system calls: not counted, strace is not installed");
      return;
    }
    try (EchoLoad load = EchoLoad.start(programs.load(processors.areApart()), processors.load())) {
      for (EchoProfile profile : profiles) {
        if (profile == EchoProfile.IDLE) {
          continue;
        }
        Map<EchoContestant, Map<String, Double>> calls = new EnumMap<>(EchoContestant.class);
        for (EchoContestant server : servers) {
          progress.show("system calls: %s, %s".formatted(profile.label(), server.label()));
          try {
            calls.put(server, count(load, server, profile));
          } catch (UnsupportedOperationException e) {
            out.println(server.label() + ": " + e.getMessage());
          }
        }
        progress.end();
        String each = profile == EchoProfile.CHURN ? "connection" : "message";
        out.printf("%n%s: system calls for each %s%n", profile.label(), each);
        table(calls).forEach(out::println);
      }
    }
  }

  private Map<String, Double> count(EchoLoad load, EchoContestant server, EchoProfile profile)
      throws IOException {
    boolean asked = server.answers();
    List<String> command = server.command(programs.server());
    Path file = Files.createTempFile("pollux-strace", ".txt");
    try (EchoProcess process = EchoProcess.start(command, processors.server(), asked)) {
      boolean churn = profile == EchoProfile.CHURN;
      if (!churn) {
        load.connect(process, profile, 0);
      }
      EchoSample _ = run(load, process, profile, WARM_UP_MILLIS);
      Process strace = trace(process.pid(), file);
      EchoSample sample;
      try {
        sample = run(load, process, profile, WINDOW_MILLIS);
      } finally {
        boolean _ = strace.toHandle().destroy(); // it lets go and writes its summary
        int _ = Machine.exitCode(strace);
      }
      if (!churn) {
        load.disconnect();
      }
      Map<String, Double> result = new TreeMap<>();
      parse(Files.readAllLines(file))
          .forEach((call, count) -> result.put(call, (double) count / sample.total()));
      return result;
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static EchoSample run(
      EchoLoad load, EchoProcess process, EchoProfile profile, long millis) throws IOException {
    EchoLoad.Terms terms = new EchoLoad.Terms(0, 1, millis);
    return profile == EchoProfile.CHURN
        ? load.churn(process, profile, terms)
        : load.run(process, profile, terms);
  }

  private static Process trace(long pid, Path file) throws IOException {
    Process strace =
        new ProcessBuilder("strace", "-f", "-c", "-o", file.toString(), "-p", String.valueOf(pid))
            .start();
    BufferedReader messages = strace.errorReader(StandardCharsets.UTF_8);
    String line = messages.readLine();
    if (line == null || !line.contains("attached")) {
      strace.destroy();
      int _ = Machine.exitCode(strace);
      throw new IOException("strace says: " + line);
    }
    return strace;
  }

  /** How often each call was made, from the summary of {@code strace -c}. */
  static Map<String, Long> parse(List<String> summary) throws IOException {
    Map<String, Long> result = new TreeMap<>();
    for (String line : summary) {
      String[] words = line.strip().split(" +", -1);
      // % time, seconds, usecs/call, calls, errors if there were any, name
      boolean isRow = words.length >= 5 && words[3].matches("\\d+");
      if (isRow && !words[words.length - 1].equals("total")) {
        result.put(words[words.length - 1], Long.parseLong(words[3]));
      }
    }
    if (result.isEmpty()) {
      throw new IOException("strace counted nothing: " + String.join(" | ", summary));
    }
    return result;
  }

  /** A row for each call that one of the servers makes often enough, and their sum. */
  static List<String> table(Map<EchoContestant, Map<String, Double>> calls) {
    TreeSet<String> names = new TreeSet<>();
    calls
        .values()
        .forEach(of ->
            of.entrySet().stream()
                .filter(each -> each.getValue() >= SHOWN)
                .forEach(each -> names.add(each.getKey())));
    List<String> rows = new ArrayList<>();
    StringBuilder head = new StringBuilder("%-15s".formatted(""));
    calls.keySet().forEach(server -> head.append(" %14s".formatted(server.label())));
    rows.add(head.toString());
    for (String name : names) {
      StringBuilder row = new StringBuilder("%-15s".formatted(name));
      calls
          .values()
          .forEach(
              of -> row.append(" %14s".formatted(of.containsKey(name) ? text(of.get(name)) : "-")));
      rows.add(row.toString());
    }
    StringBuilder all = new StringBuilder("%-15s".formatted("all"));
    calls
        .values()
        .forEach(of ->
            all.append(
                " %14s"
                    .formatted(text(of.values().stream().mapToDouble(Double::doubleValue).sum()))));
    rows.add(all.toString());
    return rows;
  }

  private static String text(double count) {
    return "%.3f".formatted(count);
  }
}
