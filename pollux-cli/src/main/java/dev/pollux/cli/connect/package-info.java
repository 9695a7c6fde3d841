/**
 * {@code pollux connect}: a client for people, over TCP, TLS, Unix sockets and UDP. {@code
 * ConnectClient} is what they have in common, a {@code ConnectPeer} what they have not.
 */
@NullMarked
package dev.pollux.cli.connect;

import org.jspecify.annotations.NullMarked;
