/**
 * Readiness with one contract on every backend.
 *
 * <p>{@link dev.pollux.poll.Poller} holds the contract; read its Javadoc first. A {@link
 * dev.pollux.poll.Registration} is one watched descriptor, with an {@link dev.pollux.poll.Interest}
 * and a {@link dev.pollux.poll.Trigger}; {@link dev.pollux.poll.Events} is what a wait fills.
 *
 * <p>Inside, a backend is one small file: {@code EpollBackend}, {@code PollBackend}, {@code
 * SelectBackend}, with the same methods in the same order. {@code SlotTable} names registrations,
 * {@code WakeState} is the protocol between waiters, wakers and close.
 *
 * <p>The package stands on {@code dev.pollux.sys} alone, and works over any {@link
 * dev.pollux.sys.Sys}.
 */
@NullMarked
package dev.pollux.poll;

import org.jspecify.annotations.NullMarked;
