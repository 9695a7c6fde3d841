/**
 * Streams and datagrams on event loops.
 *
 * <p>{@link dev.pollux.net.Connection} is a stream with back-pressure, and {@link
 * dev.pollux.net.ConnectionHandler} what a program makes of it; read these two first. A {@link
 * dev.pollux.net.Server} accepts connections on one loop or many.
 *
 * <p>The package stands on {@code dev.pollux.loop}, and works over any {@link dev.pollux.sys.Sys}:
 * the same code runs on the kernel and in simulation.
 */
@NullMarked
package dev.pollux.net;

import org.jspecify.annotations.NullMarked;
