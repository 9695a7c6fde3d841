/**
 * Logs and figures of a server, for who operates it: {@link dev.pollux.http.log.AccessLog} writes a
 * line for each request, {@link dev.pollux.http.log.HttpMetrics} counts. Both are {@link
 * dev.pollux.http.HttpObserver}s, and neither makes a loop wait.
 */
@NullMarked
package dev.pollux.http.log;

import org.jspecify.annotations.NullMarked;
