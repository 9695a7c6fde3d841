package dev.pollux.bench;

import dev.pollux.bench.EchoBenchmark.Processors;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
record EchoSyscalls(EchoServers servers, Processors processors) {

  /** Fewer calls than so many for each message are not shown: the JVM's own. */
  private static final double SHOWN = 0.005;

  private static final long WARM_UP_MILLIS = 2000;
  private static final long WINDOW_MILLIS = 700;

  /** Counts and prints a table for each profile but idle, whose calls are those of ping-pong. */
  void print(EchoBenchmark.Plan plan, Progress progress, Report report) throws IOException {
    if (Machine.command("strace").isEmpty()) {
      report.say("system calls: not counted, strace is not installed");
      return;
    }
    try (EchoLoad load = servers.load(processors.areApart(), processors.load())) {
      for (EchoProfile profile : plan.profiles()) {
        if (profile == EchoProfile.IDLE) {
          continue;
        }
        Map<String, Map<String, Double>> calls = new LinkedHashMap<>();
        for (String server : plan.servers()) {
          progress.show("system calls: %s, %s".formatted(profile.label(), server));
          try {
            calls.put(server, count(load, server, profile));
          } catch (UnsupportedOperationException e) {
            report.say(server + ": " + e.getMessage());
          }
        }
        progress.end();
        report.say("");
        report.say("%s: system calls for each %s".formatted(profile.label(), profile.each()));
        report.table(table(calls));
      }
    }
  }

  private Map<String, Double> count(EchoLoad load, String server, EchoProfile profile)
      throws IOException {
    Path file = Files.createTempFile("pollux-strace", ".txt");
    try (EchoProcess process = servers.start(server, processors.server())) {
      load.connect(process, profile, 0);
      EchoLoad.Sample _ = load.run(process, profile, new EchoLoad.Terms(0, 1, WARM_UP_MILLIS));
      Process strace = trace(process.pid(), file);
      EchoLoad.Sample sample;
      try {
        sample = load.run(process, profile, new EchoLoad.Terms(0, 1, WINDOW_MILLIS));
      } finally {
        boolean _ = strace.toHandle().destroy(); // it lets go and writes its summary
        int _ = Machine.exitCode(strace);
      }
      load.disconnect();
      Map<String, Double> result = new TreeMap<>();
      parse(Files.readAllLines(file))
          .forEach((call, count) -> result.put(call, (double) count / sample.total()));
      return result;
    } finally {
      Files.deleteIfExists(file);
    }
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
  static Table table(Map<String, Map<String, Double>> calls) {
    TreeSet<String> names = new TreeSet<>();
    List<String> heads = new ArrayList<>(List.of(""));
    List<String> sums = new ArrayList<>(List.of("all"));
    calls.forEach((server, counts) -> {
      counts.forEach((name, count) -> {
        if (count >= SHOWN) {
          names.add(name);
        }
      });
      heads.add(server);
      sums.add("%.3f".formatted(counts.values().stream().mapToDouble(each -> each).sum()));
    });
    Table table = new Table(1, heads.toArray(String[]::new));
    for (String name : names) {
      List<String> row = new ArrayList<>(List.of(name));
      calls
          .values()
          .forEach(of -> row.add(of.containsKey(name) ? "%.3f".formatted(of.get(name)) : "-"));
      table.row(row.toArray());
    }
    return table.row(sums.toArray());
  }
}
