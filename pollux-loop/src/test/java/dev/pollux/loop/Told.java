package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;

/** Keeps what a watchdog tells. */
class Told implements WatchdogListener {

  final List<BlockedLoop> blocked = new ArrayList<>();
  final List<SpinningLoop> spinning = new ArrayList<>();
  final List<String> recovered = new ArrayList<>();

  @Override
  public void blocked(BlockedLoop incident) {
    blocked.add(incident);
  }

  @Override
  public void spinning(SpinningLoop incident) {
    spinning.add(incident);
  }

  @Override
  public void recovered(EventLoop loop, String what, long afterNanos) {
    recovered.add(what + " after " + afterNanos);
  }

  void assertQuiet() {
    assertEquals(List.of(), blocked);
    assertEquals(List.of(), spinning);
    assertEquals(List.of(), recovered);
  }
}
