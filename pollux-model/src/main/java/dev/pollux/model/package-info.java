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
 *
 * <p>{@link dev.pollux.model.ModelNetwork} has several such kernels, as hosts with a {@link
 * dev.pollux.model.Wire} between them, on which packets may be lost: {@code TcpPath}. What follows
 * is of one kernel alone.
 *
 * <p>Of TCP: nothing is lost but what is sent to an address of the documentation networks (RFC
 * 5737, RFC 3849), where connection requests end with a timeout; all others beyond loopback are
 * unreachable. So no segment but a request is ever sent again, no peer is silent, and KEEPALIVE and
 * USER_TIMEOUT have nothing to do. Nagle's algorithm, corks and delayed acknowledgements are left
 * out: bytes leave with the call, and are acknowledged as they arrive. A FIN_WAIT_2 that nobody
 * holds open has no timeout. Buffers hold bytes, and not headers and unused space; {@link
 * dev.pollux.model.Limits} has their sizes.
 *
 * <p>All is done as Linux 6.18 does it. Older kernels do a few things in another way, which {@code
 * docs/older-kernels.md} lists: epoll_pwait2 is missing before 5.11, and up to 6.12 or so some
 * calls look at their parameters in another order, or take what is refused now.
 */
@NullMarked
package dev.pollux.model;

import org.jspecify.annotations.NullMarked;
