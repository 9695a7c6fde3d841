/** The programs that {@code docs/testing-under-simulation.md} shows. */
@NullMarked
package dev.pollux.junit.guide;

import org.jspecify.annotations.NullMarked;
