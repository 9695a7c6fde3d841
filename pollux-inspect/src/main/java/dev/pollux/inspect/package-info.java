/**
 * Processes seen from outside: what their epoll instances watch, who waits, and what is wrong.
 *
 * <p>{@link dev.pollux.inspect.Inspector} looks at a process: a {@link
 * dev.pollux.inspect.ProcessView} has its descriptors, interest lists, threads and their calls, as
 * the kernel shows them. A {@link dev.pollux.inspect.Report} has diagnoses as well, from several
 * looks: each is a {@link dev.pollux.inspect.Disease} with a {@link dev.pollux.inspect.Confidence}
 * and the facts it stands on.
 *
 * <p>Linux only. Source: proc(5), sock_diag(7), pidfd_getfd(2), kcmp(2).
 */
@NullMarked
package dev.pollux.inspect;

import org.jspecify.annotations.NullMarked;
