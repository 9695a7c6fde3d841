/**
 * Simulations as JUnit tests: a method with {@link dev.pollux.junit.Simulated} is run once for each
 * seed, with a world that is new each time.
 */
@NullMarked
package dev.pollux.junit;

import org.jspecify.annotations.NullMarked;
