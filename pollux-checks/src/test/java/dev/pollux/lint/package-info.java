/**
 * The checks of the whole source tree, run as tests by {@code ./dev lint} and {@code ./dev test}.
 *
 * <p>{@link dev.pollux.lint.LintTest} runs every {@link dev.pollux.lint.Rule} over the repository;
 * each rule has a test of its own with a snippet that fails and one that passes.
 */
@NullMarked
package dev.pollux.lint;

import org.jspecify.annotations.NullMarked;
