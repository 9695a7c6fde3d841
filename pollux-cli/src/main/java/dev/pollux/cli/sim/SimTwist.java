package dev.pollux.cli.sim;

import dev.pollux.cli.chat.ChatListener;
import dev.pollux.cli.chat.ChatOptions;
import dev.pollux.cli.echo.EchoLog;
import dev.pollux.cli.echo.EchoOptions;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.HandlerFactory;

/**
 * What is put between a program of a {@link SimRun} and those who judge it: nothing, or a mistake
 * that they must find.
 */
interface SimTwist {

  /** The programs as they are. */
  SimTwist NONE = new SimTwist() {};

  /** The program as a whole: how it opens, stops and closes. */
  default SimScenario around(SimScenario program) {
    return program;
  }

  /** What a chat's or a proxy's connections are like. */
  default ConnectionOptions options(ConnectionOptions options) {
    return options;
  }

  /** Who serves the connections of a chat or a proxy. */
  default HandlerFactory factory(HandlerFactory factory) {
    return factory;
  }

  /** The limits of a chat. */
  default ChatOptions room(ChatOptions options) {
    return options;
  }

  /** The options of an echo server. */
  default EchoOptions echo(EchoOptions options) {
    return options;
  }

  /** What an echo server tells of itself. */
  default EchoLog log(EchoLog log) {
    return log;
  }

  /** What a chat tells of itself. */
  default ChatListener listener(ChatListener listener) {
    return listener;
  }
}
