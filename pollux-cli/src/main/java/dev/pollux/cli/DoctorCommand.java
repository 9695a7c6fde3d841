package dev.pollux.cli;

import picocli.CommandLine.Command;

/** {@code pollux doctor}. */
@Command(name = "doctor")
final class DoctorCommand implements Runnable {
  @Override
  public void run() {}
}
