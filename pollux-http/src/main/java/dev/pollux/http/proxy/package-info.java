/**
 * A reverse proxy: a handler that has other servers answer.
 *
 * <p>{@link dev.pollux.http.proxy.ReverseProxy} is the handler, {@link
 * dev.pollux.http.proxy.ProxyOptions} says how it asks. Requests are read by the strict parser of
 * the server, and written anew by the client's, so that what is behind sees one request where this
 * sees one; answers likewise.
 *
 * <h2>Inside</h2>
 *
 * <p>{@code LoopProxy} is what a loop has of it: a client, and {@code Target}s with what is known
 * of them; {@code HealthCheck} asks how they are, and {@code Place} is what all loops together
 * know. {@code Passage} is one request on its way there and back; {@code HopByHop} says what of a
 * head is not passed on, {@code ForwardedFields} what is said of where it came from, {@code Tunnel}
 * is what is left of it when HTTP is left.
 */
@NullMarked
package dev.pollux.http.proxy;

import org.jspecify.annotations.NullMarked;
