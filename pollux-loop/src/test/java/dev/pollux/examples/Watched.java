package dev.pollux.examples;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.loop.Watchdog;
import java.util.concurrent.CompletableFuture;

/** Two loops, a watchdog on both, and a task that takes its time. */
final class Watched {

  public static void main(String[] args) throws Exception {
    try (LoopGroup group = LoopGroup.start(2, LoopOptions.DEFAULT);
        Watchdog _ = Watchdog.of(group.loops()).start()) {
      EventLoop loop = group.next();
      // 300 ms: no loop should be held up for so long
      CompletableFuture.runAsync(() -> loop.sys().poll(0, 0, 300), loop).join();
    }
  }

  private Watched() {}
}
