/**
 * Network programs under simulation: whatever is written against event loops, servers, connections
 * and datagrams runs unchanged on hosts that are not there, in time that is not spent.
 *
 * <p>{@link dev.pollux.sim.Sim} is one run of such a world, made from one seed: a failure comes
 * again whenever the seed does. {@link dev.pollux.sim.SimRuns} runs many seeds. A {@link
 * dev.pollux.sim.Host} has addresses, descriptors and a clock of its own; {@link
 * dev.pollux.sim.LinkOptions} say what lies between two of them.
 *
 * <p>One thread runs everything, a turn of a loop after the other, in an order that the seed
 * chooses; when none has anything to do, time moves on to what happens next. So an hour of
 * heartbeats takes as long as its events do.
 *
 * <p>Threads of a host are real, and run one at a time: {@link dev.pollux.sim.Env#threads}. The
 * blocking style and {@code Workers} run on them, and go on after a time that the seed chooses.
 *
 * <p>What a program must leave to its {@link dev.pollux.sim.Env} to be repeatable: time, chance,
 * threads, names, and what threads wait by. {@link System#nanoTime} and the like cannot be
 * intercepted; a thread that sleeps, or waits by a lock of the JDK's, stands still with the whole
 * run, which is found after half a minute. TLS runs, but its engines make keys by chance of their
 * own, so that the bytes differ from run to run, and with them what a trace says of their number.
 */
@NullMarked
package dev.pollux.sim;

import org.jspecify.annotations.NullMarked;
