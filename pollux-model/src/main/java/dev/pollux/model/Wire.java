package dev.pollux.model;

/**
 * What lies between the hosts of a {@link ModelNetwork}: it decides what becomes of a packet.
 *
 * <p>Called with each packet that leaves a host for another one, in the middle of the call that
 * sends it; it makes no system calls there. The model's TCP sends again what does not arrive.
 */
@FunctionalInterface
public interface Wire {

  /**
   * Takes a packet: to {@linkplain Packet#arrive let it arrive} at once, or {@linkplain
   * ModelNetwork#schedule later}, twice, or never.
   */
  void carry(Packet packet, ModelNetwork network);
}
