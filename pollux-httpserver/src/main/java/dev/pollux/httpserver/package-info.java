/**
 * The JDK's {@code com.sun.net.httpserver}, served by Pollux: programs written for it stay as they
 * are, and {@link dev.pollux.httpserver.PolluxHttpServerProvider} takes the place of the JDK's
 * server.
 *
 * <h2>How it is served</h2>
 *
 * <p>Loops accept, read requests and write answers; handlers run in the executor of the server, or
 * on a virtual thread for each exchange where none is set. A handler may block, and may answer when
 * it has returned, from any thread. Requests are taken as strictly as {@link dev.pollux.http} takes
 * them.
 *
 * <h2>Inside</h2>
 *
 * <p>{@code Server} is a server from its socket to its stop, {@code Exchange} an exchange, whose
 * streams are {@code RequestStream} and {@code ResponseStream}. With TLS the JDK's API has other
 * types of both, {@code SecureServer} and {@code SecureExchange}, which pass all on to these.
 */
@NullMarked
package dev.pollux.httpserver;

import org.jspecify.annotations.NullMarked;
