/**
 * The check of Pollux's constants and layouts against the C headers.
 *
 * <p>Stands beside the benchmarks because it needs C compilers and is no part of the library. Read
 * {@link dev.pollux.bench.abi.AbiCheck} first.
 */
@NullMarked
package dev.pollux.bench.abi;

import org.jspecify.annotations.NullMarked;
