/** Tests of the examples: each runs as the process that a reader would start. */
@NullMarked
package dev.pollux.examples;

import org.jspecify.annotations.NullMarked;
