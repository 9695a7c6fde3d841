/** The entry for HttpArena, asked what HttpArena asks before it measures. */
@NullMarked
package dev.pollux.arena;

import org.jspecify.annotations.NullMarked;
