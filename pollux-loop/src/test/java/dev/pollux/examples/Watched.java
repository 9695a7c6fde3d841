package dev.pollux.examples;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.loop.Watchdog;

/** Two loops, a watchdog on both, and a task that takes its time. */
final class Watched {

  public static void main(String[] args) throws Exception {
    try (LoopGroup group = LoopGroup.start(2, LoopOptions.DEFAULT);
        Watchdog _ = Watchdog.of(group.loops()).start()) {
      EventLoop loop = group.next();
      loop.execute(
          () -> loop.sys().poll(0, 0, 300)); // 300 ms: no loop should be held up for so long
    }
  }

  private Watched() {}
}
