package dev.pollux.cli;

import picocli.CommandLine.Command;

/** {@code pollux warmup}. */
@Command(name = "warmup")
final class WarmupCommand implements Runnable {
  @Override
  public void run() {}
}
