/**
 * {@code pollux sim}: the programs of this command line under simulation, with faults, seed by
 * seed.
 *
 * <p>{@code SimRun} is one seed: a program as a {@code SimScenario}, with peers that misbehave;
 * what is held of it stands in {@code EchoBooks} and {@code ChatOracle}. The simulator is {@code
 * pollux-sim}.
 */
@NullMarked
package dev.pollux.cli.sim;

import org.jspecify.annotations.NullMarked;
