/**
 * Benchmarks with their bars: {@code ./pollux bench}.
 *
 * <p>{@link dev.pollux.bench.Main} holds the commands, one class each, which are alike: measure
 * into {@link dev.pollux.bench.Samples}, or read them from a file; then draw from them a {@link
 * dev.pollux.bench.Table}, a {@link dev.pollux.bench.Bar} for each promise, and a {@link
 * dev.pollux.bench.Chart}. {@link dev.pollux.bench.TimersCommand} is a short one to read first.
 * {@link dev.pollux.bench.EchoBenchmark} and {@link dev.pollux.bench.PipesCommand} say how they
 * measure. The C programs stand in {@code src/main/c} and are compiled when a benchmark starts;
 * {@code src/main/lua} has what wrk sends to HTTP servers.
 *
 * <p>The package is a program, no library, and exports nothing.
 */
@NullMarked
package dev.pollux.bench;

import org.jspecify.annotations.NullMarked;
