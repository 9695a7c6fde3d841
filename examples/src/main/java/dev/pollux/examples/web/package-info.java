/**
 * Small whole programs of the web, each one file; read {@link dev.pollux.examples.web.Hello} first,
 * then {@link dev.pollux.examples.web.ChatOverWebSocket}.
 *
 * <p>Each takes a port, 0 or none for any free one, and runs until it is killed. They stand on
 * {@code dev.pollux.http}.
 */
@NullMarked
package dev.pollux.examples.web;

import org.jspecify.annotations.NullMarked;
