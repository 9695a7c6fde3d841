/** The programs printed in docs/observing.md: compiled by the build, run by a test. */
@NullMarked
package dev.pollux.examples;

import org.jspecify.annotations.NullMarked;
