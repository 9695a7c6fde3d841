package dev.pollux.sim;

import dev.pollux.model.Packet;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;

/** What happened in a run: the last of it, in lines, and a hash of all. */
final class Trace {

  static final int KEPT = 40;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final long FNV_PRIME = 0x100000001b3L;
  private static final long FNV_BASIS = 0xcbf29ce484222325L;

  /** A packet or a text, which become lines if anybody wants to read them. */
  record Line(long nanos, Object what) {

    String text(Function<InetAddress, String> names) {
      String words = what instanceof Packet packet ? Trace.text(packet, names) : what.toString();
      return Trace.text(nanos) + "  " + words;
    }
  }

  private final ArrayDeque<Line> lines = new ArrayDeque<>();
  private final boolean keepsAll;
  private long hash = FNV_BASIS;
  private Consumer<Line> reader = _ -> {};

  /** A trace that keeps all lines, or the last ones. */
  Trace(boolean keepsAll) {
    this.keepsAll = keepsAll;
  }

  /** From now on this is given each line as it comes. */
  void read(Consumer<Line> value) {
    reader = value;
  }

  /** A packet in words, with the names of hosts. */
  static String text(Packet packet, Function<InetAddress, String> names) {
    String text = packet.kind() + " " + place(packet.source(), names);
    text += " > " + place(packet.destination(), names);
    return text + " #" + packet.sequence() + " " + packet.bytes().length;
  }

  private static String place(InetSocketAddress at, Function<InetAddress, String> names) {
    return names.apply(at.getAddress()) + ":" + at.getPort();
  }

  /** A moment of a run, in seconds. */
  static String text(long nanos) {
    return String.format(
        Locale.ROOT, "%d.%09d", nanos / NANOS_PER_SECOND, nanos % NANOS_PER_SECOND);
  }

  void add(long nanos, String what) {
    mix(nanos);
    mix(what.hashCode());
    keep(new Line(nanos, what));
  }

  void add(long nanos, Packet packet) {
    mix(nanos);
    mix(packet.kind().name().hashCode());
    mix(packet.source().hashCode());
    mix(packet.destination().hashCode());
    mix(packet.sequence());
    mix(packet.bytes().length);
    keep(new Line(nanos, packet));
  }

  private void keep(Line line) {
    if (lines.size() == KEPT && !keepsAll) {
      Line _ = lines.remove();
    }
    lines.add(line);
    reader.accept(line);
  }

  private void mix(long value) {
    hash = (hash ^ value) * FNV_PRIME;
  }

  /** What is kept, in words. */
  List<String> lines(Function<InetAddress, String> names) {
    return lines.stream().map(line -> line.text(names)).toList();
  }

  /** What is kept. */
  List<Line> kept() {
    return List.copyOf(lines);
  }

  long hash() {
    return hash;
  }
}
