/**
 * Random programs of changes and waits, in step with a plain model of knotes that was written from
 * the manual: {@link dev.pollux.kqueue.fuzz.KqueueFuzz} runs them for long, {@code KqueueFuzzTest}
 * a few. {@code Reference} is the model, {@code World} what its knotes stand on, {@code Concession}
 * what Linux does not allow to be exact.
 */
@NullMarked
package dev.pollux.kqueue.fuzz;

import org.jspecify.annotations.NullMarked;
