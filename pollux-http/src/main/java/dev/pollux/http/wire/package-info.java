/**
 * What HTTP/1 is on the wire, whoever reads it: fields, chunks, and bodies that are deflated. Not
 * for programs.
 *
 * <p>Read {@link dev.pollux.http.wire.FieldParser} first. The server's parser stands on these, and
 * so does the client's: what one of them refuses, so does the other.
 */
@NullMarked
package dev.pollux.http.wire;

import org.jspecify.annotations.NullMarked;
