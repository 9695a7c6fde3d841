package dev.pollux.sim;

import dev.pollux.model.Packet;
import java.util.ArrayDeque;
import java.util.List;

/** What happened in a run: the last of it, in lines, and a hash of all. */
final class Trace {

  private static final int KEPT = 40;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final long FNV_PRIME = 0x100000001b3L;
  private static final long FNV_BASIS = 0xcbf29ce484222325L;

  /** A packet or a text, which become lines if anybody wants to read them. */
  private record Line(long nanos, Object what) {
    String text() {
      return "%d.%09d  %s".formatted(nanos / NANOS_PER_SECOND, nanos % NANOS_PER_SECOND, what);
    }
  }

  private final ArrayDeque<Line> lines = new ArrayDeque<>();
  private final boolean keepsAll;
  private long hash = FNV_BASIS;

  /** A trace that keeps all lines, or the last ones. */
  Trace(boolean keepsAll) {
    this.keepsAll = keepsAll;
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
  }

  private void mix(long value) {
    hash = (hash ^ value) * FNV_PRIME;
  }

  List<String> lines() {
    return lines.stream().map(Line::text).toList();
  }

  long hash() {
    return hash;
  }
}
