/** Tests of the echo server: turn by turn, its faults, and whole processes. */
@NullMarked
package dev.pollux.cli.echo;

import org.jspecify.annotations.NullMarked;
