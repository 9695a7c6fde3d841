/**
 * What commands have in common: standard streams and signals, how to look and what to say on a
 * terminal, exit codes, and what a user writes: places, files, numbers.
 */
@NullMarked
package dev.pollux.cli.terminal;

import org.jspecify.annotations.NullMarked;
