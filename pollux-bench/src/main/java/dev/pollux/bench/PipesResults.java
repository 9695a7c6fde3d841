package dev.pollux.bench;

import dev.pollux.poll.Backend;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** All samples of the pipes benchmark, and the figures drawn from them. */
final class PipesResults {

  /** One sample: who measured which point in which round. */
  record Entry(PipesSpec spec, Contestant contestant, int round, PipesSample sample) {}

  private final List<Entry> entries = new ArrayList<>();

  void add(PipesSpec spec, Contestant contestant, int round, PipesSample sample) {
    entries.add(new Entry(spec, contestant, round, sample));
  }

  /** The backends measured, in the order of measuring. */
  List<Backend> backends() {
    return entries.stream().map(entry -> entry.spec().backend()).distinct().toList();
  }

  /** The sizes measured, in the order of measuring. */
  List<Integer> sizes() {
    return entries.stream().map(entry -> entry.spec().pairs()).distinct().toList();
  }

  /** Whether the contestant took part. */
  boolean has(Contestant contestant) {
    return entries.stream().anyMatch(entry -> entry.contestant() == contestant);
  }

  /** The median of all runs of all rounds, in nanoseconds; NaN if the point was not measured. */
  double median(Backend backend, int pairs, Contestant contestant) {
    return Stats.median(times(backend, pairs, contestant));
  }

  /** The fastest of all runs of all rounds, in nanoseconds. */
  double minimum(Backend backend, int pairs, Contestant contestant) {
    return Stats.minimum(times(backend, pairs, contestant));
  }

  /** Processor time for each byte read, the firing included, in nanoseconds. */
  double cpuNanosPerByte(Backend backend, int pairs, Contestant contestant) {
    return Stats.median(
        of(backend, pairs, contestant)
            .map(entry -> (double) entry.sample().cpuNanos() / entry.sample().bytes())
            .toList());
  }

  /**
   * Waits in a run: the only system calls whose number is not given, as each byte is sent once and
   * read once.
   */
  double waitsPerRun(Backend backend, int pairs, Contestant contestant) {
    return Stats.median(
        of(backend, pairs, contestant)
            .map(entry -> (double) entry.sample().waits() / entry.sample().nanos().size())
            .toList());
  }

  /**
   * Java's time over the other's, one for each round: the two were measured one right after the
   * other, so that noise of the machine meets both.
   */
  List<Double> pairedRatios(Backend backend, int pairs, Contestant other) {
    List<Double> ratios = new ArrayList<>();
    of(backend, pairs, Contestant.JAVA)
        .forEach(java ->
            of(backend, pairs, other)
                .filter(theirs -> theirs.round() == java.round())
                .forEach(theirs -> ratios.add(java.sample().median() / theirs.sample().median())));
    return ratios;
  }

  /** The median of the paired ratios, if there are any. */
  OptionalDouble ratio(Backend backend, int pairs, Contestant other) {
    List<Double> ratios = pairedRatios(backend, pairs, other);
    return ratios.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Stats.median(ratios));
  }

  /** The raw data: one line for each run. */
  void writeCsv(Path file) throws IOException {
    try (Writer out = Files.newBufferedWriter(file)) {
      out.write("backend,pairs,active,writes,contestant,round,run,nanos\n");
      for (Entry entry : entries) {
        PipesSpec spec = entry.spec();
        List<Long> nanos = entry.sample().nanos();
        for (int run = 0; run < nanos.size(); run++) {
          out.write(
              "%s,%d,%d,%d,\"%s\",%d,%d,%d%n"
                  .formatted(
                      spec.backend().label(),
                      spec.pairs(),
                      spec.active(),
                      spec.writes(),
                      entry.contestant().label(),
                      entry.round(),
                      run + 1,
                      nanos.get(run)));
        }
      }
    }
  }

  private List<Long> times(Backend backend, int pairs, Contestant contestant) {
    return of(backend, pairs, contestant)
        .flatMap(entry -> entry.sample().nanos().stream())
        .toList();
  }

  private Stream<Entry> of(Backend backend, int pairs, Contestant contestant) {
    return entries.stream()
        .filter(entry ->
            entry.spec().backend() == backend
                && entry.spec().pairs() == pairs
                && entry.contestant() == contestant);
  }
}
