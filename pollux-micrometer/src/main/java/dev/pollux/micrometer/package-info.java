/**
 * What loops, servers and HTTP count, as meters of Micrometer: for Prometheus, OpenTelemetry and
 * whatever else Micrometer has a registry for.
 *
 * <p>{@link dev.pollux.micrometer.PolluxLoopMetrics} is of event loops, {@link
 * dev.pollux.micrometer.PolluxServerMetrics} of a server's connections, {@link
 * dev.pollux.micrometer.PolluxHttpMetrics} of requests and WebSockets. Each is a {@code
 * MeterBinder}, may be bound to several registries, and takes its meters away again when it is
 * closed. The figures of loops and servers are counted anyway, and read when a registry asks; what
 * is not bound costs nothing.
 *
 * <p>The package stands on {@code dev.pollux.http}; there is no state outside of its objects.
 */
@NullMarked
package dev.pollux.micrometer;

import org.jspecify.annotations.NullMarked;
