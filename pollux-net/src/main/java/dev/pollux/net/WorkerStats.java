package dev.pollux.net;

/**
 * What {@link Workers} have done so far, and have before them.
 *
 * @param doneCount requests that were handled
 * @param failedCount requests whose handler threw
 * @param droppedCount requests that were not handled because their connection was over, or because
 *     the workers were closed
 * @param queuedCount requests in the queue now
 * @param waitingCount requests held back now because the queue is full, at most one of a connection
 * @param activeCount requests in work now
 */
public record WorkerStats(
    long doneCount,
    long failedCount,
    long droppedCount,
    int queuedCount,
    int waitingCount,
    int activeCount) {}
