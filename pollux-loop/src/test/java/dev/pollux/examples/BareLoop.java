package dev.pollux.examples;

import dev.pollux.loop.EventLoop;

/** A loop with a task, in a program that uses nothing else: says what ran and what there is. */
public final class BareLoop {

  public static void main(String[] args) throws Exception {
    try (EventLoop loop = EventLoop.open()) {
      loop.execute(() -> {});
      int _ = loop.runOnce(1);
      System.out.println(
          "tasks: "
              + loop.stats().tasks()
              + ", recorder: "
              + ModuleLayer.boot().findModule("jdk.jfr").isPresent());
    }
  }

  private BareLoop() {}
}
