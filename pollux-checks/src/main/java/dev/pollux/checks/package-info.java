/**
 * The check of Pollux's constants and layouts against the C headers.
 *
 * <p>A module of its own because it needs C compilers and is no part of the library. Read {@link
 * dev.pollux.checks.AbiCheck} first. The rules of the whole source tree stand beside it, as tests:
 * {@code dev.pollux.lint}.
 */
@NullMarked
package dev.pollux.checks;

import org.jspecify.annotations.NullMarked;
