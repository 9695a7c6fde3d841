/** Tests of the fuzzer, and the fuzzer as a test of the model. */
@NullMarked
package dev.pollux.lab.fuzz;

import org.jspecify.annotations.NullMarked;
