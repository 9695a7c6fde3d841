/** Tests of the client for people. */
@NullMarked
package dev.pollux.cli.connect;

import org.jspecify.annotations.NullMarked;
