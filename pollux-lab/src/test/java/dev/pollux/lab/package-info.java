/** Tests of the laboratory. */
@NullMarked
package dev.pollux.lab;

import org.jspecify.annotations.NullMarked;
