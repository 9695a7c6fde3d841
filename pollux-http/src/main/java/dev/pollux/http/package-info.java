/**
 * HTTP/1.1, so far as it is there: the parser of requests. A server on it is to come.
 *
 * <p>{@code HeadParser} reads the head of a request, {@code FieldParser} its fields, {@code
 * Framing} decides what comes behind it, {@code ChunkParser} finds the data in a chunked body. All
 * of them take as many bytes as there are, and any split of the same bytes comes to the same; none
 * of them allocates for a request.
 *
 * <p>They are strict: what could be understood in two ways is refused, with the status that the
 * peer is to be told. {@link dev.pollux.http.HttpLimits} says how much a peer may ask for. How each
 * attack that is known is answered stands in {@code attacks.txt}, a test.
 */
@NullMarked
package dev.pollux.http;

import org.jspecify.annotations.NullMarked;
