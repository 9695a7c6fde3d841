/** Tests of the web server for files, as a process. */
@NullMarked
package dev.pollux.cli.serve;

import org.jspecify.annotations.NullMarked;
