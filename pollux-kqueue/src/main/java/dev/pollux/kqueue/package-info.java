/**
 * kqueue, as its man page has it: {@link dev.pollux.kqueue.Kqueue} is an event queue, {@link
 * dev.pollux.kqueue.Kevents} a list of changes or of events, {@link dev.pollux.kqueue.Kevent} the
 * numbers that stand in them. Where the systems that have a kqueue differ, this does what FreeBSD
 * does.
 *
 * <h2>Knotes</h2>
 *
 * <p>What is watched is a knote: an identifier and a filter, with flags, a threshold and 64 bits of
 * the program's. Two filters on one descriptor are two knotes, and neither knows of the other: each
 * may be on or off, level or {@code EV_CLEAR}, once or always.
 *
 * <h2>How Linux is made to do it</h2>
 *
 * <p>A queue is a few epoll instances, over any {@link dev.pollux.sys.Sys}. What reports as long as
 * it is so is a level-triggered item of the first, whose descriptor is the queue's: so a queue can
 * be watched by another queue, by epoll, by poll, and the kernel forgets a descriptor that is
 * closed. What reports when something has come ({@code EV_CLEAR}) is an edge-triggered item of one
 * of two more, one for reading and one for writing, as epoll tells an edge of either with the state
 * of both. These two are watched by the first. {@code EVFILT_USER} has no descriptor: its knotes
 * are a list, and one eventfd for all of them says that some are triggered. {@code EVFILT_TIMER} is
 * a timerfd for each.
 *
 * <p>How much there is to read, and how much room to write, is asked for when an event is given
 * out: one more call for each event than epoll needs.
 *
 * <h2>What is not there</h2>
 *
 * <p>{@code EVFILT_VNODE}, {@code EVFILT_PROC} and {@code EVFILT_SIGNAL}, and regular files as
 * {@code EVFILT_READ}: {@code EINVAL}, or {@code EPERM} for a file. {@code NOTE_LOWAT} of {@code
 * EVFILT_WRITE}: {@code EINVAL}, as Linux does not tell that there is more room once there is some.
 * When a peer ends its writing, an {@code EVFILT_WRITE} with {@code EV_CLEAR} reports the room once
 * more: the kernel wakes both directions. A descriptor that was closed while its knotes were off or
 * have fired once is not noticed until its number is registered again.
 */
@NullMarked
package dev.pollux.kqueue;

import org.jspecify.annotations.NullMarked;
