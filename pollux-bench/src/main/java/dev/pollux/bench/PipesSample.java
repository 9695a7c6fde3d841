package dev.pollux.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * What measuring a point once gave.
 *
 * @param bytes the bytes read in all counted runs
 * @param cpuNanos the processor time of the thread in all counted runs, firing included
 * @param waits the waits in all counted runs
 * @param nanos the time of each run
 */
record PipesSample(long bytes, long cpuNanos, long waits, List<Long> nanos) {

  private static final int HEAD = 3;

  /** Reads the line of {@code pipes.c}: {@code BYTES CPU_NANOS WAITS TIME_NANOS...}. */
  static PipesSample parse(String payload, PipesSpec spec) throws IOException {
    String[] words = payload.strip().split(" +", -1);
    if (words.length != HEAD + spec.runs()) {
      throw new IOException(
          "the C program gave " + (words.length - HEAD) + " times, not " + spec.runs());
    }
    List<Long> numbers;
    try {
      numbers = Arrays.stream(words).map(Long::valueOf).toList();
    } catch (NumberFormatException e) {
      throw new IOException("the C program's figures are not numbers: " + payload, e);
    }
    return new PipesSample(
            numbers.get(0), numbers.get(1), numbers.get(2), numbers.subList(HEAD, numbers.size()))
        .checked(spec);
  }

  /** This sample, if each byte fired was read and none twice. */
  PipesSample checked(PipesSpec spec) throws IOException {
    if (bytes != spec.expectedBytes()) {
      throw new IOException(
          "%s, %d pairs: %d bytes were read, not %d"
              .formatted(spec.backend().label(), spec.pairs(), bytes, spec.expectedBytes()));
    }
    return this;
  }

  double median() {
    return Stats.median(nanos);
  }
}
