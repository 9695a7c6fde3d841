package dev.pollux.bench;

import dev.pollux.bench.Samples.Row;
import dev.pollux.poll.Backend;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the rows of the pipes benchmark show. */
final class PipesReport {

  static final double MAX_EPOLL_GROWTH = 1.5;
  static final double MAX_JAVA_OVER_C = 1.05;
  static final double MIN_LINEAR_FIT = 0.95;

  /** How much of the time at the largest N is due to N, at least, if the growth is to be seen. */
  static final double MIN_LINEAR_SHARE = 0.5;

  /** The sizes at which Java is compared with C. */
  static final List<Integer> COMPARED_SIZES = List.of(1000, 8000);

  /** A row is a turn; {@code nanos} has the time of each of its runs. */
  static final List<String> COLUMNS =
      List.of(
          "backend",
          "pairs",
          "active",
          "writes",
          "who",
          "round",
          "bytes",
          "cpu_nanos",
          "waits",
          "nanos");

  /** Each has its own colour and marker, whichever take part. */
  private static final List<String> BACKENDS =
      Arrays.stream(Backend.values()).map(Backend::label).toList();

  private static final int SMALLEST = 100;
  private static final int TERMS_ACTIVE = 100;
  private static final double MICROS = 1e-3;

  private final Samples rows;

  PipesReport(Samples rows) {
    this.rows = rows;
  }

  /** Adds what Java or {@code pipes.c} answered: {@code BYTES CPU_NANOS WAITS TIME_NANOS...}. */
  static void add(Samples rows, JavaPipes.Spec point, String who, int round, String answer)
      throws IOException {
    String[] words = answer.split(" ", 4);
    String place = "%s, %d pairs, %s: ".formatted(point.backend().label(), point.pairs(), who);
    if (words.length < 4 || !answer.matches("[0-9 ]+")) {
      throw new IOException(place + "not understood: " + answer);
    }
    if (Long.parseLong(words[0]) != point.expectedBytes()) {
      throw new IOException(place + words[0] + " bytes were read, not " + point.expectedBytes());
    }
    int times = words[3].split(" ", -1).length;
    if (times != point.runs()) {
      throw new IOException(place + times + " times, not " + point.runs());
    }
    rows.add(
        point.backend().label(),
        point.pairs(),
        point.active(),
        point.writes(),
        who,
        round,
        words[0],
        words[1],
        words[2],
        words[3]);
  }

  void print(Report report) {
    boolean c = has(CThreads.C);
    boolean two = has(CThreads.C2);
    List<String> heads = new ArrayList<>(List.of("", "N", "Java µs"));
    heads.addAll(c ? List.of("C µs", "Java / C") : List.of());
    heads.addAll(two ? List.of("C2 µs", "Java / C2") : List.of());
    heads.add("CPU ns/B");
    heads.addAll(c ? List.of("C's") : List.of());
    Table table = new Table(1, heads.toArray(String[]::new));
    for (String backend : rows.values("backend")) {
      for (int pairs : rows.where("backend", backend).sizes("pairs")) {
        Samples point = point(backend, pairs);
        List<String> cells = new ArrayList<>(List.of(backend, String.valueOf(pairs)));
        cells.add(micros(point, CThreads.JAVA));
        for (String other : List.of(CThreads.C, CThreads.C2)) {
          if (has(other)) {
            cells.add(micros(point, other));
            cells.add(point.ratio("who", CThreads.JAVA, other, PipesReport::nanos).cell("%.3f"));
          }
        }
        cells.add(cpu(point, CThreads.JAVA));
        cells.addAll(c ? List.of(cpu(point, CThreads.C)) : List.of());
        table.row(cells.toArray());
      }
    }
    report.table(table);
    report.say(
        terms()
            + ". "
            + rows.medians()
            + " Of a round, the median of its runs. Ratios: of two turns in a row. CPU: time of the"
            + " thread for each byte read, the firing included.");
  }

  List<Bar> bars() {
    List<Bar> bars = new ArrayList<>();
    bars.add(epollIsFlat());
    bars.addAll(areLinear(Backend.POLL));
    bars.addAll(areLinear(Backend.SELECT));
    for (int size : COMPARED_SIZES) {
      Samples point = point(Backend.EPOLL.label(), size);
      Spread one = point.ratio("who", CThreads.JAVA, CThreads.C, PipesReport::nanos);
      bars.add(
          Bar.atMost(
                  MAX_JAVA_OVER_C,
                  "%.3f",
                  "pipes epoll N = %d: Java / C with an idle second thread".formatted(size),
                  point.ratio("who", CThreads.JAVA, CThreads.C2, PipesReport::nanos))
              .needs(BarOptions.ROUNDS, "epoll, this N, and that C program")
              .with(
                  "; %s times C with one thread; waits a run: %s, C2 %s"
                      .formatted(
                          one.cell("%.3f"),
                          waits(point, CThreads.JAVA),
                          waits(point, CThreads.C2))));
    }
    return bars;
  }

  private Bar epollIsFlat() {
    Samples epoll = rows.where("backend", Backend.EPOLL.label()).where("active", TERMS_ACTIVE);
    List<Integer> sizes = epoll.sizes("pairs");
    int largest = sizes.isEmpty() ? SMALLEST : sizes.getLast();
    Spread growth =
        largest <= SMALLEST
            ? Spread.NONE
            : epoll
                .where("who", CThreads.JAVA)
                .ratio("pairs", largest, SMALLEST, PipesReport::nanos);
    Spread c = epoll.where("who", CThreads.C).ratio("pairs", largest, SMALLEST, PipesReport::nanos);
    return Bar.atMost(
            MAX_EPOLL_GROWTH,
            "%.2f",
            "epoll is flat: the time at the largest N over that at N = " + SMALLEST,
            growth)
        .needs(1, "epoll, N = 100, a larger N, and --active 100")
        .with(c.isEmpty() ? "" : "; C: " + c.text("%.2f"));
  }

  /** Round by round: a line through its points, and the line's share of the last one. */
  private List<Bar> areLinear(Backend backend) {
    List<Double> fits = new ArrayList<>();
    List<Double> shares = new ArrayList<>();
    Samples all = rows.where("backend", backend.label()).where("who", CThreads.JAVA);
    List<Integer> sizes = all.sizes("pairs");
    for (String round : sizes.size() < 3 ? List.<String>of() : all.values("round")) {
      Samples of = all.where("round", round);
      double[] times =
          sizes.stream()
              .mapToDouble(n -> of.where("pairs", n).spread(PipesReport::nanos).median())
              .toArray();
      Spread.Line line =
          Spread.line(sizes.stream().mapToDouble(Integer::intValue).toArray(), times);
      fits.add(line.fit());
      shares.add(line.slope() * (sizes.getLast() - sizes.getFirst()) / times[times.length - 1]);
    }
    String needs = backend.label() + " and three sizes";
    return List.of(
        Bar.atLeast(
                MIN_LINEAR_FIT,
                "%.3f",
                backend.label() + " grows linearly with N: R² of a line",
                Spread.of(fits))
            .needs(1, needs),
        Bar.atLeast(
                MIN_LINEAR_SHARE,
                "%.2f",
                backend.label() + " grows with N: the share of the time at the largest",
                Spread.of(shares))
            .needs(1, needs));
  }

  Chart chart() {
    Chart chart =
        new Chart(
            "Time of a run against watched pairs: " + terms(),
            "watched socket pairs, N",
            "µs a run, median, least and greatest round");
    for (String backend : rows.values("backend")) {
      int style = BACKENDS.indexOf(backend);
      for (String who : List.of(CThreads.JAVA, CThreads.C)) {
        Samples of = rows.where("backend", backend).where("who", who);
        List<Integer> sizes = of.sizes("pairs");
        if (!sizes.isEmpty()) {
          chart.series(
              backend + ", " + who,
              style,
              who.equals(CThreads.JAVA) ? 0 : 1,
              sizes.stream().map(Integer::doubleValue).toList(),
              sizes.stream()
                  .map(n -> of.where("pairs", n).spread(PipesReport::nanos).times(MICROS))
                  .toList());
        }
      }
    }
    return chart;
  }

  /** What stands below the table and above the chart of a run, the same at both. */
  private String terms() {
    return "A = %s, W = %s, %d rounds"
        .formatted(
            String.join(" ", rows.values("active")),
            String.join(" ", rows.values("writes")),
            rows.values("round").size());
  }

  private Samples point(String backend, int pairs) {
    return rows.where("backend", backend).where("pairs", pairs);
  }

  private boolean has(String who) {
    return !rows.where("who", who).isEmpty();
  }

  private static double nanos(Row turn) {
    return turn.numbers("nanos").median();
  }

  private static String micros(Samples point, String who) {
    return point.where("who", who).spread(PipesReport::nanos).times(MICROS).cell("%.1f");
  }

  private static String cpu(Samples point, String who) {
    return point.where("who", who).spread(row -> row.ratio("cpu_nanos", "bytes")).cell("%.0f");
  }

  /** The only system calls whose number is not given: each byte is sent once and read once. */
  private static String waits(Samples point, String who) {
    return point
        .where("who", who)
        .spread(row -> row.number("waits") / row.numbers("nanos").count())
        .cell("%.1f");
  }
}
