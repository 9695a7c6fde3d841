/**
 * Server-sent events: an answer that goes on for as long as the client listens, as browsers read it
 * by {@code EventSource}.
 *
 * <p>An {@link dev.pollux.http.events.EventStream} is the answer to one client; an {@link
 * dev.pollux.http.events.EventGroup} sends the same to many, without a copy for each. Source: the
 * HTML standard, 9.2.
 */
@NullMarked
package dev.pollux.http.events;

import org.jspecify.annotations.NullMarked;
