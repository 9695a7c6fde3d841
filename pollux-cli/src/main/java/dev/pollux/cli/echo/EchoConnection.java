package dev.pollux.cli.echo;

import dev.pollux.net.ConnectionHandler;

/** A connection of an {@link EchoServer}, whoever answers it. */
sealed interface EchoConnection extends ConnectionHandler permits EchoHandler, WorkerEchoHandler {

  /** Where it is noted down what happens. */
  LoopLog log();
}
