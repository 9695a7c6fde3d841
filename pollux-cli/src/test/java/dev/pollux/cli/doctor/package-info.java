/** Tests of the self-test. */
@NullMarked
package dev.pollux.cli.doctor;

import org.jspecify.annotations.NullMarked;
