/**
 * Asking by HTTP/1.1: a client on an event loop, for programs and for proxies.
 *
 * <p>Read {@link dev.pollux.http.client.HttpClient} first, then {@link
 * dev.pollux.http.client.ClientRequest} and {@link dev.pollux.http.client.ClientHandler}; {@link
 * dev.pollux.http.client.BlockingClient} is the same for threads that may block.
 *
 * <h2>Answers</h2>
 *
 * <p>They are taken strictly, by what the server reads requests with: what could be understood in
 * two ways is a failure, and the connection ends. So nobody who can put something into one answer
 * decides what the next one is. For the same reason whatever comes on a connection while no request
 * is under way ends it. {@link dev.pollux.http.client.ClientLimits} says how much may come, {@link
 * dev.pollux.http.client.ClientOptions} how long it may take.
 *
 * <h2>Failures</h2>
 *
 * <p>They are one type, {@link dev.pollux.http.client.ClientException}, which has a reason, and
 * says whether the request may be sent again. The client itself sends one again in one case: an
 * idempotent one, once, whose kept connection the server had ended.
 *
 * <h2>Proxies</h2>
 *
 * <p>{@link dev.pollux.http.client.ClientRequest#withTarget} sends a target as it came, any method,
 * and fields as they are given, Host among them. Bodies are streams with back-pressure both ways.
 * Answers that come before the answer, and trailers, are told. Redirects are followed, and bodies
 * inflated, only as far as the options say.
 *
 * <h2>Inside</h2>
 *
 * <p>{@code Pools} and {@code OriginPool} decide which connection a call goes out on. {@code
 * ClientConnection} is one of them: {@code RequestHead} and {@code Upload} write, {@code
 * AnswerParser} reads heads, {@code AnswerFraming} decides what comes behind one, {@code
 * AnswerBody} finds the data in it. {@code Redirects} says where an answer leads.
 */
@NullMarked
package dev.pollux.http.client;

import org.jspecify.annotations.NullMarked;
