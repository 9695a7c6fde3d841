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
 * of three more, one for each of {@code EVFILT_READ}, {@code WRITE} and {@code EXCEPT}, as epoll
 * tells an edge of one with the state of all. These are watched by the first.
 *
 * <table>
 *   <caption>What a knote takes in descriptors</caption>
 *   <tr><th>filter</th><th>stands on</th><th>descriptors</th></tr>
 *   <tr><td>READ, WRITE, EXCEPT</td><td>epoll</td>
 *       <td>none; the first with EV_CLEAR or NOTE_LOWAT of each filter one, for all</td></tr>
 *   <tr><td>READ, WRITE of a file</td><td>inotify, statx</td>
 *       <td>the first of the queue one, for all</td></tr>
 *   <tr><td>VNODE</td><td>inotify, statx</td><td>the same one</td></tr>
 *   <tr><td>TIMER</td><td>timerfd</td><td>one each</td></tr>
 *   <tr><td>PROC</td><td>pidfd</td><td>one each</td></tr>
 *   <tr><td>SIGNAL</td><td>signalfd</td><td>one each</td></tr>
 *   <tr><td>USER</td><td>a list, and an eventfd</td><td>none; that is the queue's</td></tr>
 * </table>
 *
 * <p>How much there is to read, and how much room to write, is asked for when an event is given
 * out, and whether the descriptor is still the one that was added: two calls more for each event of
 * {@code EVFILT_READ} than epoll needs, four for one of {@code EVFILT_WRITE}, and one for all edges
 * of a filter. A queue that nothing is added to has two descriptors.
 *
 * <p>Not flat in the number of knotes: those of {@code EVFILT_READ} of regular files are looked at
 * when a wait begins, with two calls each; those of {@code EVFILT_WRITE} that wait for more room,
 * every 5 ms, in which the queue's own descriptor is readable for nothing.
 *
 * <h2>Signals</h2>
 *
 * <p>A knote of {@code EVFILT_SIGNAL} takes the signal, which must be blocked: it is, by the
 * change, in the thread that makes it. One that is sent to the process goes to any thread that does
 * not block it, where its default action ends the virtual machine, so it must be blocked in all of
 * them: {@code env --block-signal=USR1 java …}. Those that the virtual machine uses are refused
 * ({@code EOPNOTSUPP}), and the exception says what for. It stays blocked in that thread when the
 * knote is gone. A signal that is sent to one thread, and not to the process, is told if that
 * thread waits when it comes, and may not be else.
 *
 * <h2>What is different</h2>
 *
 * <p>What Linux does not tell:
 *
 * <ul>
 *   <li>{@code EVFILT_PROC}: {@code NOTE_EXIT} alone; {@code NOTE_FORK}, {@code NOTE_EXEC} and
 *       {@code NOTE_TRACK} are refused ({@code EOPNOTSUPP}). The status is -1 where nobody tells
 *       it: before Linux 6.15, of a process of another user or one that was waited for already.
 *   <li>{@code EVFILT_WRITE} with {@code NOTE_LOWAT}: that there is more room is looked for every 5
 *       ms, as long as a knote waits for it.
 *   <li>{@code EVFILT_WRITE} with {@code EV_CLEAR} reports the room once more when the peer ends
 *       its writing: the kernel wakes both directions.
 *   <li>A TCP socket that was never connected is at its end.
 *   <li>Datagrams are counted one by one: the data, and a threshold, are of the next one. A
 *       listener of Unix sockets says 1 however many wait.
 *   <li>The error of a socket is told once: by the event, in one queue, and not by {@code SO_ERROR}
 *       behind it, unless {@link dev.pollux.kqueue.Kqueue#openLeavingErrors} was asked for.
 *   <li>A standard signal that is sent twice before it is taken is one; two queues that wait for
 *       one signal share what comes.
 *   <li>Other filters, such as {@code EVFILT_AIO}, {@code EVFILT_PROCDESC} and {@code
 *       EVFILT_EMPTY}, are refused ({@code EINVAL}); {@code EV_KEEPUDATA} and {@code
 *       EV_FORCEONESHOT} have no effect.
 *   <li>A position more than 2 GiB behind the end of a file: the distance is wrong.
 *   <li>A folder that is removed while it is open tells nothing.
 *   <li>A file that is read, when another thread moves its position back during a wait: the next
 *       wait finds out.
 *   <li>A descriptor that is closed and opened again as the same file keeps its knotes.
 *   <li>Of an eventfd and the like the data is 1. A socket's own {@code SO_RCVLOWAT} comes before
 *       {@code NOTE_LOWAT}. A file that may be written and not read cannot be watched ({@code
 *       EACCES}). A periodic timer of 0 expires all the time; one at a time of day does so once.
 *   <li>Queues nest as epoll does, five deep, and one with {@code EV_CLEAR} or a threshold counts
 *       for two.
 * </ul>
 *
 * <p>When a number was closed, a duplicate lives on, and the kernel speaks for it, the first
 * instance is made anew beneath its number. Whoever watches the queue by epoll does not hear of it
 * then until it is added again.
 */
@NullMarked
package dev.pollux.kqueue;

import org.jspecify.annotations.NullMarked;
