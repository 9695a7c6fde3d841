/**
 * The HTTP servers in Java that the HTTP benchmark compares, and a load for where there is none:
 * each runs in a process of its own.
 *
 * <p>{@link dev.pollux.bench.http.HttpServing} is what the servers' processes have in common; the
 * benchmark, {@code dev.pollux.bench.HttpCommand}, starts and ends them. All servers do the same,
 * with one thread: a request without a body is answered by {@code Hello, World!}, one with a body
 * by the count of its bytes, with the same fields in the same order; {@link
 * dev.pollux.bench.http.NettyFiles} alone answers by files.
 */
@NullMarked
package dev.pollux.bench.http;

import org.jspecify.annotations.NullMarked;
