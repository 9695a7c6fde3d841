/**
 * The reactor: an event loop with tasks and timers on a poller.
 *
 * <p>{@link dev.pollux.loop.EventLoop} holds the contract and the phases of a turn; read it first.
 * A {@link dev.pollux.loop.LoopHandler} is what a watched descriptor leads to. A {@link
 * dev.pollux.loop.LoopTimer} is a reusable timer, kept by a {@link dev.pollux.loop.TimerWheel}.
 *
 * <p>The package stands on {@code dev.pollux.poll}; {@code dev.pollux.net} stands on it.
 */
@NullMarked
package dev.pollux.loop;

import org.jspecify.annotations.NullMarked;
