/**
 * The {@code pollux} command line.
 *
 * <p>{@code Main} picks the command, and loads no more than that command needs. {@code EchoServer}
 * is the server of {@code pollux echo}: a loop of single turns over a {@link dev.pollux.sys.Sys}
 * and a {@link dev.pollux.poll.Poller}, which knows nothing of the command line or the process, so
 * that it runs on any kernel. {@code ConnectClient} is the client, {@code Doctor} the self-test.
 *
 * <p>Read {@code EchoServer} first, then {@code EchoHandler}.
 */
@NullMarked
package dev.pollux.cli;

import org.jspecify.annotations.NullMarked;
