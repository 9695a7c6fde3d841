/** Tests of logs and figures. */
@NullMarked
package dev.pollux.http.log;

import org.jspecify.annotations.NullMarked;
