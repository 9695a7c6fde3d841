package dev.pollux.net;

/**
 * What a {@link Server} has done so far. A connection that was accepted only to be closed counts
 * among the shed, by what there was not enough of.
 *
 * @param accepted connections taken over
 * @param open those of them that are open
 * @param shedConnections shed because of {@link ServerOptions#maxConnections}
 * @param shedTasks shed because the loop that was to take it had no room in its task queue, or was
 *     closed
 * @param shedDescriptors shed because the system was out of descriptors, watches or memory
 */
public record ServerStats(
    long accepted, int open, long shedConnections, long shedTasks, long shedDescriptors) {}
