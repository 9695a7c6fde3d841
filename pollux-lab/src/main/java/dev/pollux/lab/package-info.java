/**
 * The laboratory: experiments on epoll and on kqueue, run on the kernel or on the model of it.
 *
 * <p>An {@link dev.pollux.lab.Experiment} is data: acts of {@link dev.pollux.lab.Step}s, each with
 * the result it expects. {@code Runner} carries it out and makes a {@link dev.pollux.lab.Timeline},
 * which {@code TextReport}, {@code SideBySide} and {@code JsonForm} print; {@code Walk} does it
 * step by step with the user. {@link dev.pollux.lab.Laboratory} is the front.
 *
 * <p>Read {@code TriggerExperiments} first, then {@code Interpreter}.
 */
@NullMarked
package dev.pollux.lab;

import org.jspecify.annotations.NullMarked;
