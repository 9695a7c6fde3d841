/** Tests of the model kernel; those named Contract run on the real one as well. */
@NullMarked
package dev.pollux.model;

import org.jspecify.annotations.NullMarked;
