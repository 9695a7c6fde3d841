import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What being watched costs a busy process: an echo server in C with many items, on one processor
 * with its clients, answers in turns with and without {@code ./pollux inspect PID --watch 1} on
 * another one. Printed: answers a second, and processor time of the server for an answer.
 *
 * <p>InspectCost.java ROOT ITEMS ROUNDS; see {@code ./dev inspect-cost}.
 */
final class InspectCost {

  private static final int SECONDS = 4; // of each half of a round
  private static final int STAT_USER = 11; // words behind the name
  private static final double MICROS_PER_TICK = 10_000;

  private static final CountDownLatch NEVER = new CountDownLatch(1);
  private static final AtomicLong ANSWERS = new AtomicLong();

  private record Half(double answersPerSecond, double microsPerAnswer) {}

  private InspectCost() {}

  public static void main(String[] args) throws Exception {
    Path root = Path.of(args[0]);
    int rounds = Integer.parseInt(args[2]);
    Path zoo = root.resolve("target/zoo");
    Files.createDirectories(zoo.getParent());
    Path source = root.resolve("pollux-inspect/src/test/c/zoo.c");
    check(new ProcessBuilder("cc", "-O1", "-pthread", "-o", zoo.toString(), source.toString()));
    Process server =
        new ProcessBuilder("taskset", "-c", "0", zoo.toString(), "busy", args[1])
            .redirectError(Redirect.INHERIT)
            .start();
    try {
      long pid = awaitReady(server);
      Thread.ofPlatform().daemon().start(() -> count(server.inputReader()));
      List<Double> answers = new ArrayList<>();
      List<Double> costs = new ArrayList<>();
      for (int i = 1; i <= rounds; i++) {
        Half alone = half(pid);
        Process inspect =
            new ProcessBuilder(
                    "taskset", "-c", "1", root + "/pollux", "inspect", pid + "", "--watch", "1")
                .redirectOutput(root.resolve("target/inspect-cost.log").toFile())
                .redirectError(Redirect.INHERIT)
                .start();
        Half watched = half(pid);
        inspect.destroy();
        inspect.waitFor();
        answers.add(watched.answersPerSecond / alone.answersPerSecond);
        costs.add(watched.microsPerAnswer / alone.microsPerAnswer);
        System.out.printf(
            Locale.ROOT,
            "round %d: %.0f answers/s alone, %.0f watched; %.2f µs of the server each, %.2f%n",
            i,
            alone.answersPerSecond,
            watched.answersPerSecond,
            alone.microsPerAnswer,
            watched.microsPerAnswer);
      }
      System.out.println(args[1] + " items, watched to alone: answers " + text(answers)
          + ", processor time an answer " + text(costs));
    } finally {
      server.descendants().forEach(ProcessHandle::destroyForcibly);
      server.destroyForcibly().waitFor();
    }
  }

  private static void check(ProcessBuilder command) throws Exception {
    int code = command.inheritIO().start().waitFor();
    if (code != 0) {
      throw new IOException(command.command() + " exited with " + code);
    }
  }

  private static long awaitReady(Process server) throws IOException {
    BufferedReader out = server.inputReader();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.equals("ready")) {
        return server.pid(); // taskset became it
      }
    }
    throw new IOException("the server did not get ready");
  }

  private static void count(BufferedReader out) {
    out.lines().filter(line -> line.startsWith("ops=")).forEach(line ->
        ANSWERS.addAndGet(Long.parseLong(line.substring("ops=".length()))));
  }

  private static Half half(long pid) throws Exception {
    boolean _ = NEVER.await(1, TimeUnit.SECONDS); // until it is as it will be
    long answers = ANSWERS.get();
    long ticks = ticks(pid);
    Instant begun = Instant.now();
    boolean _ = NEVER.await(SECONDS, TimeUnit.SECONDS);
    double seconds = Duration.between(begun, Instant.now()).toNanos() / 1e9;
    long done = Math.max(1, ANSWERS.get() - answers);
    return new Half(done / seconds, (ticks(pid) - ticks) * MICROS_PER_TICK / done);
  }

  private static long ticks(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return Long.parseLong(words[STAT_USER]) + Long.parseLong(words[STAT_USER + 1]);
  }

  /** The median, and the least and the greatest. */
  private static String text(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return String.format(
        Locale.ROOT,
        "%.3f (%.3f–%.3f)",
        sorted.get(sorted.size() / 2),
        sorted.getFirst(),
        sorted.getLast());
  }
}
