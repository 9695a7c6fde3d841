/**
 * {@code pollux serve}: a web server for the files of a folder, from its options to the end of its
 * last connection.
 */
@NullMarked
package dev.pollux.cli.serve;

import org.jspecify.annotations.NullMarked;
