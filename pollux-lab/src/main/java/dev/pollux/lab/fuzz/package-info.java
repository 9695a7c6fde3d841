/**
 * The differential fuzzer: the real kernel is the model kernel's oracle.
 *
 * <p>Random programs of system calls (pipes, sockets, counters, timers, epoll in all its modes and
 * nestings, poll, select) run in lockstep on two {@link dev.pollux.sys.Sys}, one thread, nothing
 * blocking. Every result, errno, byte and event, and the order of events, must be the same. What is
 * not compared stands in {@link dev.pollux.lab.fuzz.Concessions}, with the reason.
 *
 * <p>A program is a list of {@link dev.pollux.lab.fuzz.Op}; {@link dev.pollux.lab.fuzz.Generator}
 * makes it from a seed and a number, {@link dev.pollux.lab.fuzz.Lockstep} runs it, {@link
 * dev.pollux.lab.fuzz.Shrinker} makes a failing one small. Read {@code Lockstep} first; {@link
 * dev.pollux.lab.fuzz.FuzzMain} is the command.
 */
@NullMarked
package dev.pollux.lab.fuzz;

import org.jspecify.annotations.NullMarked;
