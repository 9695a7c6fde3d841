/**
 * A second kernel, in plain Java: what Linux does between {@code write} and {@code epoll_wait}.
 *
 * <p>{@link dev.pollux.model.ModelSys} implements the system calls of {@code dev.pollux.sys}, so
 * that pollers, loops and servers run on it unchanged: with real threads, or deterministically
 * under a virtual clock with seeded faults. It opens nothing in the real kernel; its descriptors
 * are numbers in a table.
 *
 * <p>To learn how epoll works, read in this order: {@code WaitQueue} (who is called when something
 * changes), {@code EpollItem} (that callback), {@code EventPoll} (ctl and wait), {@code
 * InterestTree}, {@code ReadyList}, {@code Nesting}. To learn what the sources do, start with
 * {@code File} and {@code PipeBuffer}.
 */
@NullMarked
package dev.pollux.model;

import org.jspecify.annotations.NullMarked;
