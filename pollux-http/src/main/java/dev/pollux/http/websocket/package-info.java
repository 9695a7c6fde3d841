/**
 * WebSockets on event loops: messages both ways, on a connection that began as HTTP.
 *
 * <p>A {@link dev.pollux.http.websocket.WebSocketHandler} is what a program makes of messages; read
 * it first, then {@link dev.pollux.http.websocket.WebSocket}. A {@link
 * dev.pollux.http.websocket.WebSocketEndpoint} is the handler of requests that opens one for each
 * client that asks, a {@link dev.pollux.http.websocket.WebSocketClient} opens them to servers,
 * {@link dev.pollux.http.websocket.WebSocketOptions} says what is agreed on and how much a peer may
 * ask for, and a {@link dev.pollux.http.websocket.WebSocketGroup} sends the same to many without a
 * copy for each.
 *
 * <h2>Messages</h2>
 *
 * <p>They come whole, in order, and checked: a text is UTF-8, which is looked at as it comes. There
 * is no way to have one that is longer than {@linkplain
 * dev.pollux.http.websocket.WebSocketOptions#maxMessageBytes allowed} piece by piece: what is to be
 * streamed is sent as many messages, or by HTTP. What was announced takes no memory; what has come
 * takes twice its size at the most.
 *
 * <p>While a client does not read what it is sent, a server does not read from it either. A client
 * reads on, unless its program {@linkplain dev.pollux.http.websocket.WebSocket#pauseReading
 * pauses}: of two ends that are full, one has to.
 *
 * <h2>The end</h2>
 *
 * <p>Who ends it says Close, and the other one answers; then the server ends the connection. What
 * is wrong is told by a Close with a code that says so, once, and nothing behind it is looked at. A
 * server that stops says {@link dev.pollux.http.websocket.CloseCodes#GOING_AWAY}.
 *
 * <h2>Inside</h2>
 *
 * <p>{@code Conversation} is the handler of the connection; {@code FrameReader} takes messages out
 * of what it receives, {@code FrameWriter} puts them into frames, {@code MessageInflater} and
 * {@code MessageDeflater} stand between for permessage-deflate, as {@code Deflation} says; {@code
 * Silences} has its timer.
 */
@NullMarked
package dev.pollux.http.websocket;

import org.jspecify.annotations.NullMarked;
