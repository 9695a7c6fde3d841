/** Tests of simulations: what they do, what they find, and that they are the same each time. */
@NullMarked
package dev.pollux.cli.sim;

import org.jspecify.annotations.NullMarked;
