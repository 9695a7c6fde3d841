package dev.pollux.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All samples of the echo benchmark, and the figures drawn from them. */
final class EchoResults {

  /** How a sample was taken. */
  enum Phase {
    /** As many messages as the server takes. */
    CLOSED,
    /** A fixed rate, the same for all servers. */
    FIXED,
    /** Of a process that has done nothing else; for its memory. */
    FRESH;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One sample.
   *
   * @param server the label of the server
   * @param rate messages a second that were due; 0 in a closed loop
   * @param usage of the whole run, warm-up included, and the memory at its end
   * @param allocated bytes on the heap in the whole run, if known
   */
  record Entry(
      EchoProfile profile,
      String server,
      int round,
      Phase phase,
      long rate,
      EchoSample sample,
      EchoUsage usage,
      OptionalLong allocated) {

    /** Bytes on the heap; NaN if not known. */
    double allocatedBytes() {
      return allocated.isEmpty() ? Double.NaN : allocated.getAsLong();
    }

    double cpuPerMessage() {
      return sample.cpuPerMessage();
    }

    /** Processor time in user mode for each message, in nanoseconds. */
    double userPerMessage() {
      return cpuPerMessage() * usage.userShare();
    }

    /** Processor time in the kernel for each message, in nanoseconds. */
    double systemPerMessage() {
      return cpuPerMessage() * (1 - usage.userShare());
    }

    double residentBytes() {
      return usage.residentBytes();
    }

    /** Bytes on the heap for each message; NaN if not known. */
    double allocatedPerMessage() {
      return allocated.isEmpty() ? Double.NaN : (double) allocated.getAsLong() / sample.total();
    }
  }

  private static final String HEAD =
      "profile,server,round,phase,rate,messages,nanos,server_cpu_nanos,load_cpu_nanos,total,"
          + "p50_nanos,p99_nanos,p999_nanos,max_nanos,recorded,user_ticks,system_ticks,rss_bytes,"
          + "peak_rss_bytes,allocated_bytes\n";

  private final List<Entry> entries = new ArrayList<>();
  private final @Nullable Path csv;

  /** No samples yet; those that come are only kept here. */
  EchoResults() {
    csv = null;
  }

  private EchoResults(Path csv) {
    this.csv = csv;
  }

  /**
   * No samples yet; each is written to the file, whose old content is lost, as soon as it comes: a
   * run that is killed loses nothing that it measured.
   */
  static EchoResults writingTo(Path csv) throws IOException {
    Files.writeString(csv, HEAD);
    return new EchoResults(csv);
  }

  void add(Entry entry) throws IOException {
    entries.add(entry);
    if (csv != null) {
      Files.writeString(csv, line(entry), StandardOpenOption.APPEND);
    }
  }

  /** The profiles measured, in the order of measuring. */
  List<EchoProfile> profiles() {
    return entries.stream().map(Entry::profile).distinct().sorted().toList();
  }

  /** The servers measured, in the order of the first round. */
  List<String> servers() {
    return entries.stream().map(Entry::server).distinct().toList();
  }

  /** The median of a figure over the rounds; NaN if it was not measured. */
  double median(EchoProfile profile, String server, Phase phase, ToDoubleFunction<Entry> figure) {
    return Stats.median(figures(profile, server, phase, figure));
  }

  /** The largest of a figure over the rounds; NaN if it was not measured. */
  double maximum(EchoProfile profile, String server, Phase phase, ToDoubleFunction<Entry> figure) {
    return Stats.maximum(figures(profile, server, phase, figure));
  }

  /**
   * The figure of one server over that of another, one for each round: within a round the two were
   * measured soon after one another, so that noise of the machine meets both. A round in which one
   * of them has no figure is left out.
   */
  List<Double> pairedRatios(
      EchoProfile profile,
      String server,
      String other,
      Phase phase,
      ToDoubleFunction<Entry> figure) {
    List<Double> ratios = new ArrayList<>();
    of(profile, server, phase)
        .forEach(ours ->
            of(profile, other, phase)
                .filter(theirs -> theirs.round() == ours.round())
                .mapToDouble(theirs -> figure.applyAsDouble(ours) / figure.applyAsDouble(theirs))
                .filter(Double::isFinite)
                .forEach(ratios::add));
    return ratios;
  }

  /** The median of the paired ratios of processor time for each message, if there are any. */
  OptionalDouble cpuRatio(EchoProfile profile, String server, String other, Phase phase) {
    List<Double> ratios = pairedRatios(profile, server, other, phase, Entry::cpuPerMessage);
    return ratios.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Stats.median(ratios));
  }

  /** The rate of the fixed-rate samples of a profile; 0 if there are none. */
  long rate(EchoProfile profile) {
    return entries.stream()
        .filter(entry -> entry.profile() == profile && entry.phase() == Phase.FIXED)
        .mapToLong(Entry::rate)
        .findFirst()
        .orElse(0);
  }

  private static String line(Entry entry) {
    EchoSample sample = entry.sample();
    EchoUsage usage = entry.usage();
    String head =
        "%s,%s,%d,%s,%d"
            .formatted(
                entry.profile().label(),
                entry.server(),
                entry.round(),
                entry.phase().label(),
                entry.rate());
    String figures =
        "%d,%d,%d,%d,%d,%d,%d,%d,%d,%d"
            .formatted(
                sample.messages(),
                sample.nanos(),
                sample.serverNanos(),
                sample.loadNanos(),
                sample.total(),
                sample.p50(),
                sample.p99(),
                sample.p999(),
                sample.maximum(),
                sample.recorded());
    String process =
        "%d,%d,%d,%d"
            .formatted(
                usage.userTicks(), usage.systemTicks(), usage.residentBytes(), usage.peakBytes());
    OptionalLong allocated = entry.allocated();
    String bytes = allocated.isEmpty() ? "" : String.valueOf(allocated.getAsLong());
    return String.join(",", head, figures, process, bytes) + "\n";
  }

  private List<Double> figures(
      EchoProfile profile, String server, Phase phase, ToDoubleFunction<Entry> figure) {
    return of(profile, server, phase).mapToDouble(figure).filter(Double::isFinite).boxed().toList();
  }

  private Stream<Entry> of(EchoProfile profile, String server, Phase phase) {
    return entries.stream()
        .filter(entry ->
            entry.profile() == profile && entry.server().equals(server) && entry.phase() == phase);
  }
}
