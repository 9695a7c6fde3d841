/** Tests of {@code pollux inspect}. */
@NullMarked
package dev.pollux.cli.inspect;

import org.jspecify.annotations.NullMarked;
