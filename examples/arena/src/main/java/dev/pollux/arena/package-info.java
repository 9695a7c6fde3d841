/**
 * The entry for HttpArena: {@link dev.pollux.arena.ArenaServer} says which path is answered by
 * what.
 */
@NullMarked
package dev.pollux.arena;

import org.jspecify.annotations.NullMarked;
