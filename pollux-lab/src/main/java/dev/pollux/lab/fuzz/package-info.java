/**
 * The differential fuzzer: the real kernel is the model kernel's oracle.
 *
 * <p>Random programs of system calls (pipes, sockets, counters, timers, epoll in all its modes and
 * nestings, poll, select) run in lockstep on two {@link dev.pollux.sys.Sys}. Every result, errno,
 * byte and event, and the order of events, must be the same. What is not compared stands in {@link
 * dev.pollux.lab.fuzz.Concessions}, with the reason.
 *
 * <p>A program is a list of {@link dev.pollux.lab.fuzz.Op}; {@link dev.pollux.lab.fuzz.Generator}
 * makes it from a seed and a number, {@link dev.pollux.lab.fuzz.Lockstep} runs it, {@link
 * dev.pollux.lab.fuzz.Shrinker} makes a failing one small. Read {@code Lockstep} first; {@link
 * dev.pollux.lab.fuzz.FuzzMain} is the command. {@code docs/fuzzing.md} tells what it has found.
 *
 * <p>Programs look in five directions; most look in one or two of them, to stay fast:
 *
 * <ol>
 *   <li><b>Without blocking.</b> The main thread makes all calls, and none of them waits.
 *   <li><b>Threads that block.</b> An operation may be {@linkplain dev.pollux.lab.fuzz.Op#by
 *       another thread's}: its call waits, for ever or so many ticks. After each operation both
 *       kernels come to rest, and who has returned, and with what, is compared. Rest is not guessed
 *       by time: a thread has returned, or the kernel says that it sleeps ({@link
 *       dev.pollux.lab.fuzz.Rest}).
 *   <li><b>TCP that is full.</b> How much fits is accounting; what is compared is that it is full,
 *       and which edges filling and emptying make ({@link dev.pollux.lab.fuzz.FullSteps}).
 *   <li><b>Names.</b> Sockets are bound to one of few names, which are ports or paths, listen with
 *       short backlogs, close and come back ({@link dev.pollux.lab.fuzz.Names}).
 *   <li><b>Options, messages, time.</b> Options are set and read back; sendmsg, recvmsg and their
 *       flags; and {@link dev.pollux.lab.fuzz.Ticks}: a clock of few, long ticks that both kernels
 *       share. What is due at different ticks happens in order. A program that was too slow for its
 *       tick, on a busy machine, has no verdict.
 * </ol>
 */
@NullMarked
package dev.pollux.lab.fuzz;

import org.jspecify.annotations.NullMarked;
