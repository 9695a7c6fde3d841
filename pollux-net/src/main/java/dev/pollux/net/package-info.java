/**
 * Streams and datagrams on event loops.
 *
 * <p>{@link dev.pollux.net.Connection} is a stream with back-pressure, and {@link
 * dev.pollux.net.ConnectionHandler} what a program makes of it; read these two first, and how a
 * connection writes, reads and ends, below. A {@link dev.pollux.net.Server} accepts connections on
 * one loop or many.
 *
 * <h2>Writing</h2>
 *
 * <p>{@link Connection#write write} never blocks: what the kernel does not take is queued, and sent
 * when there is room. Its {@linkplain WriteResult answer} says how it stands. FULL: the queue has
 * reached its high watermark, in bytes of memory and of files; stop producing, and go on at {@link
 * ConnectionHandler#writable}. REFUSED: nothing of it was taken, because more than {@link
 * ConnectionOptions#maxQueuedBytes} would be queued although the kernel was just asked to take some
 * of it, and the connection goes on. Whoever then leaves something out leaves a hole in the stream:
 * {@link Connection#reset reset} is the end for a peer that cannot have everything. Where nothing
 * is queued a write is taken whatever its size; so the memory of a queue is bounded by that limit
 * or the largest single write, whichever is more.
 *
 * <p>What a handler writes within its own callbacks leaves together, when they have returned. What
 * is written elsewhere, in a task, a timer or the handler of another connection, is sent at once;
 * the second and further writes of one turn of the loop leave together at its end.
 *
 * <p>Before a connect or a handshake is done, what is written waits for that.
 *
 * <h2>Reading</h2>
 *
 * <p>Data comes to {@link ConnectionHandler#received}. {@link Connection#pauseReading pauseReading}
 * leaves it in the kernel, whose window then closes, so that in the end the peer has to wait. That
 * the peer ended or reset it meanwhile is noticed within a second: {@link
 * ConnectionHandler#peerEnded}.
 *
 * <h2>Ending</h2>
 *
 * <ul>
 *   <li>{@link Connection#end end}: half-close. The peer sees the end of the stream after what was
 *       written; reading goes on.
 *   <li>{@link Connection#close close}: nothing more is received; what is queued is sent, then the
 *       end; then the peer is given time to take it, because a close with unread input would be a
 *       reset, which can destroy what is still on its way.
 *   <li>{@link Connection#reset reset}: at once; what is queued is lost, and the peer is told by a
 *       reset, so that it does not take what it has for everything. So it is after a failure: of a
 *       handler, a call, or at a limit.
 * </ul>
 *
 * <p>Whatever happens, {@link ConnectionHandler#closed} is called once, last, in the closing phase
 * of the turn.
 *
 * <h2>Addresses</h2>
 *
 * <p>A wildcard address, as in {@code new InetSocketAddress(port)}, is that of both IP families, on
 * servers and {@linkplain DatagramEndpoint endpoints}; {@link SocketSetup} has that and whatever
 * else a socket is to be told before it has an address. {@link Connector} connects by name. A
 * server may be given its listener: by systemd, see {@link ListenFds}, or by its predecessor, see
 * {@link Succession}.
 *
 * <h2>Watching a server</h2>
 *
 * <p>{@link Server#stats} and {@link Server#traffic} are its numbers, {@link NetStats} those of a
 * loop. The JDK's flight recorder knows these events, in the category "Pollux", off until a
 * recording switches them on by name, as {@link dev.pollux.loop} has it for its own:
 *
 * <table>
 * <caption>Events</caption>
 * <tr><th>{@code dev.pollux.}<th>when<th>fields beside {@code loop}
 * <tr><td>{@code ConnectionAccepted}<td>a server has taken a connection over
 *     <td>{@code connection}: its number, descriptor and peer
 * <tr><td>{@code ConnectionRefused}<td>it was accepted only to be closed
 *     <td>{@code limit}, of {@link Limit}
 * <tr><td>{@code ConnectionClosed}<td>it is over<td>{@code connection}, {@code reason}, of {@link
 *     CloseReason}, {@code errno}, {@code message}
 * </table>
 *
 * <h2>Where</h2>
 *
 * <p>The package stands on {@code dev.pollux.loop}, and works over any {@link dev.pollux.sys.Sys}:
 * the same code runs on the kernel and in simulation.
 */
@NullMarked
package dev.pollux.net;

import org.jspecify.annotations.NullMarked;
