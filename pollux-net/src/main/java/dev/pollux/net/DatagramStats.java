package dev.pollux.net;

/**
 * What a {@link DatagramEndpoint} has done so far.
 *
 * @param received datagrams given to the handler
 * @param truncated those of them that were cut off
 * @param failed calls of the handler that threw
 * @param sent datagrams the kernel took
 * @param dropped datagrams for which {@link DatagramEndpoint#send} said false, or that were in a
 *     queue at the close; and what strangers had sent before {@link DatagramEndpoint#connect}, and
 *     was not given
 * @param unsent datagrams that the kernel refused
 * @param queued datagrams that wait to be sent now
 */
public record DatagramStats(
    long received, long truncated, long failed, long sent, long dropped, long unsent, int queued) {}
