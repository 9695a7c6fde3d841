package dev.pollux.sim;

import dev.pollux.model.ModelNetwork;
import dev.pollux.model.Packet;
import dev.pollux.model.Wire;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/** The wire of a {@link Sim}: a link for each direction between two hosts. */
final class Links implements Wire {

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private record Way(InetAddress from, InetAddress to) {}

  private static final class Link {
    LinkOptions options = LinkOptions.DEFAULT;
    boolean cut;
    boolean held;
    long freeNanos;
    final List<Packet> waiting = new ArrayList<>();
  }

  private final Random dice;
  private final Consumer<Packet> listener;
  private final Map<Way, Link> links = new HashMap<>();
  private final EnumMap<Trouble, Integer> troubles = new EnumMap<>(Trouble.class);
  private boolean isFaulty;

  Links(Random dice, Consumer<Packet> listener) {
    this.dice = dice;
    this.listener = listener;
  }

  /** Whether packets are lost and doubled by chance. */
  void faulty(boolean value) {
    isFaulty = value;
  }

  Map<Trouble, Integer> troubles() {
    return troubles;
  }

  void count(Trouble trouble) {
    troubles.merge(trouble, 1, Integer::sum);
  }

  void options(InetAddress from, InetAddress to, LinkOptions options) {
    link(from, to).options = options;
  }

  void cut(InetAddress from, InetAddress to, boolean cut) {
    link(from, to).cut = cut;
  }

  void hold(InetAddress from, InetAddress to) {
    link(from, to).held = true;
  }

  void release(InetAddress from, InetAddress to, ModelNetwork network) {
    Link link = link(from, to);
    link.held = false;
    List<Packet> packets = List.copyOf(link.waiting);
    link.waiting.clear();
    packets.forEach(packet -> go(link, packet, network));
  }

  private Link link(InetAddress from, InetAddress to) {
    return links.computeIfAbsent(new Way(from, to), _ -> new Link());
  }

  @Override
  public void carry(Packet packet, ModelNetwork network) {
    listener.accept(packet);
    go(link(packet.source().getAddress(), packet.destination().getAddress()), packet, network);
  }

  private void go(Link link, Packet packet, ModelNetwork network) {
    if (link.cut) {
      count(Trouble.PARTITION);
    } else if (link.held) {
      count(Trouble.HOLD);
      link.waiting.add(packet);
    } else {
      send(link, packet, network);
    }
  }

  private void send(Link link, Packet packet, ModelNetwork network) {
    LinkOptions options = link.options;
    if (isFaulty && options.loss() > 0 && dice.nextDouble() < options.loss()) {
      count(Trouble.LOSS);
      return;
    }
    deliver(link, packet, network);
    if (isFaulty && options.duplication() > 0 && dice.nextDouble() < options.duplication()) {
      count(Trouble.DUPLICATION);
      deliver(link, packet, network);
    }
  }

  private void deliver(Link link, Packet packet, ModelNetwork network) {
    LinkOptions options = link.options;
    long now = network.nanoTime();
    long leaves = now;
    if (options.bytesPerSecond() > 0) {
      leaves = Math.max(now, link.freeNanos);
      leaves += packet.sizeBytes() * NANOS_PER_SECOND / options.bytesPerSecond();
      link.freeNanos = leaves;
    }
    long jitter = options.jitter().toNanos();
    long late = isFaulty && jitter > 0 ? dice.nextLong(jitter + 1) : 0;
    if (late > 0) {
      count(Trouble.JITTER);
    }
    network.schedule(leaves - now + options.latency().toNanos() + late, packet::arrive);
  }
}
