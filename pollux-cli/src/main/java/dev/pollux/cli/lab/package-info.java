/** {@code pollux lab}: the laboratory of {@code pollux-lab} on a terminal. */
@NullMarked
package dev.pollux.cli.lab;

import org.jspecify.annotations.NullMarked;
