package dev.pollux.cli.sim;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Connection;
import dev.pollux.sim.Env;
import dev.pollux.sys.SysException;
import java.time.Duration;
import java.util.List;

/** A program of a {@link SimRun}, what its peers do, and what is held of it. */
interface SimScenario {

  int PORT = 7000;

  /** Starts whom the program needs. */
  default void begin() throws Exception {}

  /** Opens the program on these loops; an attempt that fails leaves nothing open. */
  void open(Env env, List<EventLoop> loops) throws SysException;

  /** Makes a peer, which is told to connect. */
  SimPeer peer(int index, Env env);

  /** What must be so after every step in which the program read or wrote something. */
  void check();

  /** The program's connections. */
  List<Connection> connections();

  /** How many connections the program has. */
  int connectionCount();

  /** Asks the program to stop in order. */
  void stop();

  /** Whether a stop is complete. */
  boolean isStopped();

  /** How long a stop may take. */
  Duration stopTime();

  /** Closes the program at once. */
  void close();

  /** What must be so when all is over. */
  void finish();
}
