package dev.pollux.net;

import java.nio.ByteBuffer;

/**
 * What is left of a connection that was {@linkplain Connection#detach detached}.
 *
 * <p>Ownership: both are whose this is.
 *
 * @param fd the descriptor, open, non-blocking and watched by nobody
 * @param unread what was read from it and left by the handler: it comes before what is in the
 *     kernel
 */
public record Detached(int fd, ByteBuffer unread) {}
