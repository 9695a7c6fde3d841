/**
 * The echo servers that the echo benchmark compares, and its load: each runs in a process of its
 * own.
 *
 * <p>{@link dev.pollux.bench.echo.EchoMain} is the process of a server; the benchmark, {@code
 * dev.pollux.bench.EchoCommand}, starts and ends it. All servers do the same: accept, and send back
 * what arrives, with one thread.
 */
@NullMarked
package dev.pollux.bench.echo;

import org.jspecify.annotations.NullMarked;
