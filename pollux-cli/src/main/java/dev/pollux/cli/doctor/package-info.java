/** {@code pollux doctor}: whether everything works on this machine. */
@NullMarked
package dev.pollux.cli.doctor;

import org.jspecify.annotations.NullMarked;
