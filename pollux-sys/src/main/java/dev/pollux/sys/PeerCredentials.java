package dev.pollux.sys;

/**
 * Who is at the other end of a Unix domain socket, as the kernel vouches for it.
 *
 * <p>Source: unix(7), {@code struct ucred}.
 *
 * @param pid the process id, in the reader's name space
 * @param uid the user id
 * @param gid the group id
 */
public record PeerCredentials(int pid, int uid, int gid) {}
