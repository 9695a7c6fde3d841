/** Tests of what commands have in common. */
@NullMarked
package dev.pollux.cli.terminal;

import org.jspecify.annotations.NullMarked;
