/**
 * Small whole programs, each one file of at most 60 lines; read {@link dev.pollux.examples.Echo}
 * first, then {@link dev.pollux.examples.Chat} and {@link dev.pollux.examples.Proxy}.
 *
 * <p>Each takes a port, 0 or none for any free one, and runs until it is killed. They stand on
 * {@code dev.pollux.net}.
 */
@NullMarked
package dev.pollux.examples;

import org.jspecify.annotations.NullMarked;
