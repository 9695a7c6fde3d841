/** Tests of connections on event loops. */
@NullMarked
package dev.pollux.net;

import org.jspecify.annotations.NullMarked;
