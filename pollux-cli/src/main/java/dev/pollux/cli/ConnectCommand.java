package dev.pollux.cli;

import picocli.CommandLine.Command;

/** {@code pollux connect}. */
@Command(name = "connect")
final class ConnectCommand implements Runnable {
  @Override
  public void run() {}
}
