/** Tests of the command line as a whole, and what the tests of its commands share. */
@NullMarked
package dev.pollux.cli;

import org.jspecify.annotations.NullMarked;
