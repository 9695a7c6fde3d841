/** {@code pollux inspect}: a process seen from outside, for eyes and for programs. */
@NullMarked
package dev.pollux.cli.inspect;

import org.jspecify.annotations.NullMarked;
