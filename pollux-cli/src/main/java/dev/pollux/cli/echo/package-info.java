/**
 * {@code pollux echo}: an echo server, for TCP, TLS, Unix sockets and UDP, with a log of what it
 * does.
 *
 * <p>{@code EchoServer} is the server: connections over a {@link dev.pollux.sys.Sys}, which know
 * nothing of the command line or the process, so that it runs on any kernel. Read it first, then
 * {@code EchoHandler}; {@code EchoRun} is what the command does with it.
 */
@NullMarked
package dev.pollux.cli.echo;

import org.jspecify.annotations.NullMarked;
