package dev.pollux.loop;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Writes what a watchdog finds to the platform's logger. */
final class LoggingListener implements WatchdogListener {

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Logger logger = System.getLogger("dev.pollux.loop");

  @Override
  public void blocked(BlockedLoop incident) {
    logger.log(Level.WARNING, incident.toString());
  }

  @Override
  public void spinning(SpinningLoop incident) {
    logger.log(Level.WARNING, incident.toString());
  }

  @Override
  public void recovered(EventLoop loop, String what, long afterNanos) {
    logger.log(
        Level.WARNING,
        loop + " went on after " + afterNanos / NANOS_PER_MILLI + " ms; it was " + what);
  }
}
