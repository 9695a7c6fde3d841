/**
 * Benchmarks with their bars, and checks of the whole source tree: {@code ./pollux bench}.
 *
 * <p>{@link dev.pollux.bench.Main} holds the commands. {@code pipes} measures readiness with {@link
 * dev.pollux.bench.JavaPipes} against the same loop in C; {@code echo} measures servers with {@link
 * dev.pollux.bench.EchoBenchmark} against one another; {@code seam} measures single system calls
 * with {@link dev.pollux.bench.SeamBenchmark} against C. The C programs stand in {@code src/main/c}
 * and are compiled when a benchmark starts. Every bar is computed from the run at hand.
 *
 * <p>The package is a program, no library: it stands on {@code dev.pollux.poll} and exports
 * nothing.
 */
@NullMarked
package dev.pollux.bench;

import org.jspecify.annotations.NullMarked;
