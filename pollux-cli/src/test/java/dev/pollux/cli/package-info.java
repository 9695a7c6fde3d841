/** Tests of the command line: the server turn by turn, its faults, and whole processes. */
@NullMarked
package dev.pollux.cli;

import org.jspecify.annotations.NullMarked;
