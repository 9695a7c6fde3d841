package dev.pollux.cli;

import dev.pollux.sys.SysException;

/** A program on loops, and those it has to do with, for a {@link ProgramSimulation}. */
interface SimScenario {

  /** Opens the program; an attempt that fails must leave nothing open. */
  void open() throws SysException;

  /** How many there are beside the loops that may take a step. */
  int actorCount();

  /** One of them makes a call or two. */
  void step(int actor) throws SysException;

  /** Whether none of them has anything left to do. */
  boolean isOver();

  /** What must be so after every turn of a loop. */
  void checkTurn();

  /** Asks the program to stop in order. */
  void stop();

  /** Whether a stop is complete. */
  boolean isStopped();

  /** How many connections the program has. */
  int connectionCount();

  /** Closes the program at once. */
  void close();

  /** Gives back what belongs to nobody's part: the last step. */
  default void release() {}

  /** What must be so when all is over; adds to the result. */
  ProgramSimulation.Result finish(int faultCount);

  /** Who is not done yet, in words. */
  String unfinished();
}
