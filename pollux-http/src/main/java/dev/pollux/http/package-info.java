/**
 * HTTP/1.1 on event loops: services, and what tests them.
 *
 * <p>A {@link dev.pollux.http.HttpHandler} is what a program makes of requests; read it first, then
 * {@link dev.pollux.http.HttpRequest} and {@link dev.pollux.http.HttpResponse}. A {@link
 * dev.pollux.http.HttpServer} has it asked over connections, a {@link dev.pollux.http.Router} has
 * one for each method and path, {@link dev.pollux.http.HttpBlocking} on threads that may block, and
 * a {@link dev.pollux.http.HttpCall} in a test, without a connection. None of these knows a version
 * of HTTP.
 *
 * <h2>Requests</h2>
 *
 * <p>They are taken strictly: what could be understood in two ways is refused with the status that
 * says so, once, and the connection ends; nothing behind it is looked at. {@link
 * dev.pollux.http.HttpLimits} says how much a peer may ask for, and how long it may take. What is
 * lenient is an option with a name in {@link dev.pollux.http.HttpOptions}, and off.
 *
 * <p>One request of a connection is in work at a time, and no other is looked at meanwhile: what
 * comes of it is read once, and then no more. Requests that were sent ahead are answered in their
 * order, those of a turn by one write.
 *
 * <h2>Around handlers</h2>
 *
 * <p>What many services have in common is a handler around theirs, made once by the {@code around}
 * of {@link dev.pollux.http.ForwardedFor}, {@link dev.pollux.http.RequestIds}, {@link
 * dev.pollux.http.RateLimit}, {@link dev.pollux.http.SecurityFields}, {@link dev.pollux.http.Cors},
 * {@link dev.pollux.http.Compression} and {@link dev.pollux.http.BasicAuth}; in this order from
 * without, each has what it needs. What is said beside answers is said beside errors, too, that the
 * server answers for a handler.
 *
 * <h2>The end of a connection</h2>
 *
 * <p>It ends in order behind an answer that says {@code Connection: close}: where the client asked
 * for that, as all of HTTP/1.0 do; behind an error in what came; behind the last request of its
 * {@linkplain dev.pollux.http.HttpLimits#requests limit}; where the rest of a body is more than is
 * {@linkplain dev.pollux.http.HttpLimits#drainBytes passed over}, or was never asked for; when the
 * server stops. It is reset where an answer has begun and cannot be finished.
 *
 * <h2>Watching requests</h2>
 *
 * <p>An {@link dev.pollux.http.HttpObserver} is told of each; {@link dev.pollux.http.log} has two.
 * The JDK's flight recorder knows the event {@code dev.pollux.HttpRequest}, in the category
 * "Pollux", off until a recording switches it on by name, as {@link dev.pollux.loop} has it for its
 * own: from the whole head to the end of the answer, with {@code loop}, {@code method}, {@code
 * route}, {@code path}, {@code status}, {@code end} as {@link dev.pollux.http.HttpEnd} has it,
 * {@code receivedBytes} and {@code contentBytes}. What was refused before it was a request has
 * none.
 *
 * <h2>Inside</h2>
 *
 * <p>{@code HeadParser} reads the head of a request, {@code Framing} decides what comes behind it;
 * {@code dev.pollux.http.wire} has what reads fields and chunks, here and in a client. Any split of
 * the same bytes comes to the same. {@code Http1Connection} takes requests out of what a connection
 * receives, {@code Http1Exchange} frames one answer, {@code Exchange} is the seam above which no
 * version is known. {@code HttpFactory} decides what a connection begins with: {@code
 * ProxyConnection}, where a proxy has something to say before. How each attack that is known is
 * answered stands in {@code attacks.txt}, a test.
 */
@NullMarked
package dev.pollux.http;

import org.jspecify.annotations.NullMarked;
