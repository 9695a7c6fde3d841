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
 * <p>{@code ServerCore} is a server, plain or with TLS, from its socket to its stop; {@code
 * ExchangeCore} an exchange, whose streams are {@code RequestStream} and {@code ResponseStream}.
 * The classes that the JDK's API has users see, one for each kind, hand on to these.
 */
@NullMarked
package dev.pollux.httpserver;

import org.jspecify.annotations.NullMarked;
