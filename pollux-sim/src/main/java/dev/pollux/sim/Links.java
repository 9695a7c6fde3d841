package dev.pollux.sim;

import dev.pollux.model.ModelNetwork;
import dev.pollux.model.Packet;
import dev.pollux.model.Wire;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The wire of a {@link Sim}: a link for each direction between two hosts. */
final class Links implements Wire {

  /** Odd numbers that spread addresses, so that no two links have the same chance. */
  private static final long FAR = 0x9e3779b97f4a7c15L;

  private static final long FARTHER = 0xc2b2ae3d27d4eb4fL;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final class Link {
    final String name;
    final SplittableRandom dice;
    LinkOptions options = LinkOptions.DEFAULT;
    boolean cut;
    boolean held;
    long freeNanos;
    long count;
    final List<Passage> waiting = new ArrayList<>();

    Link(InetAddress from, InetAddress to) {
      this.name = names.apply(from) + " > " + names.apply(to);
      this.dice = new SplittableRandom(seed ^ (FAR * from.hashCode() + FARTHER * to.hashCode()));
    }
  }

  /**
   * What chance has in store for a packet: of each packet of a link the same, whatever becomes of
   * those before it.
   */
  private record Passage(Packet packet, long number, double loss, double doubled, long dice) {}

  private final long seed;
  private final Meeting meeting;
  private final Function<InetAddress, String> names;
  private final Consumer<Packet> listener;
  private final Map<InetAddress, Map<InetAddress, Link>> links = new HashMap<>(); // by from and to
  private final EnumMap<Trouble, Integer> troubles = new EnumMap<>(Trouble.class);
  private final EnumSet<Trouble> asked = EnumSet.noneOf(Trouble.class);
  private boolean isFaulty;

  Links(
      long seed, Meeting meeting, Function<InetAddress, String> names, Consumer<Packet> listener) {
    this.seed = seed;
    this.meeting = meeting;
    this.names = names;
    this.listener = listener;
  }

  /** Whether packets are lost and doubled by chance. */
  void faulty(boolean value) {
    isFaulty = value;
  }

  private void ask(Trouble trouble, boolean is) {
    boolean _ = is && asked.add(trouble);
  }

  /** The test wants this to be met. */
  void ask(Trouble trouble) {
    ask(trouble, true);
  }

  /** What may be met. */
  Set<Trouble> asked() {
    return asked;
  }

  Map<Trouble, Integer> troubles() {
    return troubles;
  }

  void count(Trouble trouble) {
    troubles.merge(trouble, 1, Integer::sum);
  }

  void options(InetAddress from, InetAddress to, LinkOptions options) {
    link(from, to).options = options;
    ask(Trouble.LOSS, options.loss() > 0);
    ask(Trouble.DUPLICATION, options.duplication() > 0);
    ask(Trouble.JITTER, options.jitter().isPositive());
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
    List<Passage> passages = List.copyOf(link.waiting);
    link.waiting.clear();
    passages.forEach(passage -> go(link, passage, network));
  }

  private Link link(InetAddress from, InetAddress to) {
    Map<InetAddress, Link> away = links.get(from);
    Link known = away == null ? null : away.get(to);
    if (known != null) {
      return known;
    }
    Link link = new Link(from, to);
    Link _ = links.computeIfAbsent(from, _ -> new HashMap<>()).put(to, link);
    return link;
  }

  @Override
  public void carry(Packet packet, ModelNetwork network) {
    listener.accept(packet);
    Link link = link(packet.source().getAddress(), packet.destination().getAddress());
    SplittableRandom dice = link.dice;
    go(
        link,
        new Passage(packet, link.count++, dice.nextDouble(), dice.nextDouble(), dice.nextLong()),
        network);
  }

  private void go(Link link, Passage passage, ModelNetwork network) {
    if (link.cut) {
      count(Trouble.PARTITION);
    } else if (link.held) {
      count(Trouble.HOLD);
      link.waiting.add(passage);
    } else {
      send(link, passage, network);
    }
  }

  private void send(Link link, Passage passage, ModelNetwork network) {
    LinkOptions options = link.options;
    if (passage.loss < options.loss() && strikes(Trouble.LOSS, link, passage)) {
      return;
    }
    boolean isLate = isFaulty && options.jitterNanos() > 0;
    SplittableRandom dice = isLate ? new SplittableRandom(passage.dice) : null;
    deliver(link, passage, network, dice);
    if (passage.doubled < options.duplication() && strikes(Trouble.DUPLICATION, link, passage)) {
      deliver(link, passage, network, dice);
    }
  }

  private boolean strikes(Trouble trouble, Link link, Passage passage) {
    boolean strikes =
        isFaulty
            && meeting.strikes(
                trouble + " " + link.name + " " + passage.number,
                trouble + " of " + Trace.text(passage.packet, names));
    if (strikes) {
      count(trouble);
    }
    return strikes;
  }

  /** With the dice that say how much later it is, if chance may make it later. */
  private void deliver(
      Link link, Passage passage, ModelNetwork network, @Nullable SplittableRandom dice) {
    LinkOptions options = link.options;
    long now = network.nanoTime();
    long leaves = now;
    if (options.bytesPerSecond() > 0) {
      leaves = Math.max(now, link.freeNanos);
      leaves += passage.packet.sizeBytes() * NANOS_PER_SECOND / options.bytesPerSecond();
      link.freeNanos = leaves;
    }
    long late = dice == null ? 0 : late(link, dice);
    network.schedule(leaves - now + options.latencyNanos() + late, passage.packet::arrive);
  }

  private long late(Link link, SplittableRandom dice) {
    long jitter = link.options.jitterNanos();
    String what = Trouble.JITTER + " " + link.name;
    long late = meeting.strikes(what, what) ? dice.nextLong(jitter + 1) : 0;
    if (late > 0) {
      count(Trouble.JITTER);
    }
    return late;
  }
}
