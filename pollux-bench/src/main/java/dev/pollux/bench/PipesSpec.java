package dev.pollux.bench;

import dev.pollux.poll.Backend;

/**
 * One point of the pipes benchmark.
 *
 * @param pairs how many socket pairs are watched
 * @param active how many of them get a byte before the clock starts
 * @param writes how many bytes the callbacks send on
 * @param warmup how many runs are not counted
 * @param runs how many are
 * @param batch how many events one epoll_wait reports at most
 */
record PipesSpec(
    Backend backend, int pairs, int active, int writes, int warmup, int runs, int batch) {

  /** The same point as a command of {@code pipes.c}. */
  String command() {
    return "run %s %d %d %d %d %d %d"
        .formatted(backend.label(), pairs, active, writes, warmup, runs, batch);
  }

  /** How many bytes are read in all counted runs. */
  long expectedBytes() {
    return (long) (active + writes) * runs;
  }
}
