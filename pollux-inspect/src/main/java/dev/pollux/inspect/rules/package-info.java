/**
 * The diagnoses: each {@link dev.pollux.inspect.rules.Rule} finds diseases of one kind in several
 * looks at a process.
 */
@NullMarked
package dev.pollux.inspect.rules;

import org.jspecify.annotations.NullMarked;
