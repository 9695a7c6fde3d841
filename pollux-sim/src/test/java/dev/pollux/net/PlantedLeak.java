package dev.pollux.net;

import dev.pollux.loop.EventLoop;

/** A mistake for tests: memory of connections that nobody gives back. */
public final class PlantedLeak {

  private PlantedLeak() {}

  public static void of(EventLoop loop) {
    Chunk _ = LoopNet.of(loop).takeInput(100);
  }
}
