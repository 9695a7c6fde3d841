/**
 * The reactor: an event loop with tasks and timers on a poller.
 *
 * <p>{@link dev.pollux.loop.EventLoop} holds the contract and the phases of a turn; read it first.
 * A {@link dev.pollux.loop.LoopHandler} is what a watched descriptor leads to. A {@link
 * dev.pollux.loop.LoopTimer} is a reusable timer, kept by a {@link dev.pollux.loop.TimerWheel}.
 *
 * <p>A loop belongs to the thread that opens it. To run it in another one:
 *
 * <pre>{@code
 * EventLoop loop = EventLoop.open();
 * Thread thread = Thread.ofPlatform().name("loop").unstarted(loop);
 * loop.handTo(thread);
 * thread.start();
 * }</pre>
 *
 * <h2>Watching a loop</h2>
 *
 * <p>{@link dev.pollux.loop.EventLoop#stats} is a snapshot of a loop's counters and histograms. A
 * {@link dev.pollux.loop.Watchdog} tells of loops that are blocked or spin.
 *
 * <p>The JDK's flight recorder knows these events, in the category "Pollux". All are off until a
 * recording switches them on by name, and then cost memory and time for each turn, or for {@code
 * SlowHandler} for each handler's call:
 *
 * <table>
 * <caption>Events</caption>
 * <tr><th>{@code dev.pollux.}<th>from, to<th>fields beside {@code loop}
 * <tr><td>{@code LoopTurn}<td>the end of a wait to the beginning of the next
 *     <td>{@code events}, {@code tasks}, {@code timers}
 * <tr><td>{@code LoopWait}<td>a wait, with the spinning before it
 *     <td>{@code events}, {@code mayBlock}
 * <tr><td>{@code LoopSpin}<td>the spinning before a wait, see {@link
 *     dev.pollux.loop.LoopOptions#spin}<td>{@code events}
 * <tr><td>{@code SlowHandler}<td>a call of a handler, task or timer that takes at least the event's
 *     threshold, by default 20 ms<td>{@code handler} (the class), {@code fd} or -1
 * </table>
 *
 * <p>At the start of the program, and of a program that runs:
 *
 * <pre>{@code
 * java -XX:StartFlightRecording:filename=loop.jfr,+dev.pollux.LoopTurn#enabled=true ...
 * jcmd PID JFR.start +dev.pollux.SlowHandler#enabled=true +dev.pollux.SlowHandler#threshold=5ms
 * }</pre>
 *
 * <p>The recorder, module {@code jdk.jfr}, is optional: without it a loop runs all the same. A
 * program on the module path, or an image by jlink, that is to be recorded while it runs names it
 * by {@code --add-modules jdk.jfr}.
 *
 * <p>The package stands on {@code dev.pollux.poll}; {@code dev.pollux.net} stands on it.
 */
@NullMarked
package dev.pollux.loop;

import org.jspecify.annotations.NullMarked;
