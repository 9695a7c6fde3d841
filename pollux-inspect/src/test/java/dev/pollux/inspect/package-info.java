/** Tests of what is seen from outside: on this process, and on a zoo of sick programs. */
@NullMarked
package dev.pollux.inspect;

import org.jspecify.annotations.NullMarked;
