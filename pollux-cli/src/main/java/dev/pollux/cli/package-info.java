/**
 * The {@code pollux} command line: {@code Main} picks the command, and loads no more than that
 * needs.
 *
 * <p>Each command stands in a package of its own, with the program that it runs; what they share
 * with each other, a terminal and its manners, is {@code dev.pollux.cli.terminal}.
 */
@NullMarked
package dev.pollux.cli;

import org.jspecify.annotations.NullMarked;
