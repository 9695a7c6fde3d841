/** Tests of the laboratory on a terminal. */
@NullMarked
package dev.pollux.cli.lab;

import org.jspecify.annotations.NullMarked;
