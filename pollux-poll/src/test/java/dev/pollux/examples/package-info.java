/** The programs printed in README.md: compiled by the build, run by a test. */
@NullMarked
package dev.pollux.examples;

import org.jspecify.annotations.NullMarked;
