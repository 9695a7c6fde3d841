package dev.pollux.inspect;

import dev.pollux.loop.BlockedLoop;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.SpinningLoop;
import dev.pollux.loop.WatchdogListener;
import dev.pollux.sys.Sys;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Adds to what a watchdog says of a loop what the kernel holds of this process: when a loop is
 * blocked or spins, it is looked at, and each finding is given away.
 *
 * <pre>{@code
 * Watchdog.open(new InspectingListener(WatchdogListener.logging(), sys, finding -> log(finding)))
 * }</pre>
 *
 * <p>Threads: the watchdog's, which is held for the time of the looks, some 200 ms. What it cannot
 * look at it leaves out. Needs {@code pollux-loop}.
 */
public final class InspectingListener implements WatchdogListener {

  private static final Duration PAUSE = Duration.ofMillis(60);

  private final WatchdogListener next;
  private final Sys sys;
  private final Consumer<Finding> findings;

  /**
   * A listener in front of another one.
   *
   * @param next told first, of everything
   * @param sys the kernel of this process
   * @param findings what was found, one by one; none if nothing was
   */
  public InspectingListener(WatchdogListener next, Sys sys, Consumer<Finding> findings) {
    this.next = next;
    this.sys = sys;
    this.findings = findings;
  }

  @Override
  public void blocked(BlockedLoop incident) {
    next.blocked(incident);
    look();
  }

  @Override
  public void spinning(SpinningLoop incident) {
    next.spinning(incident);
    look();
  }

  @Override
  public void recovered(EventLoop loop, String what, long afterNanos) {
    next.recovered(loop, what, afterNanos);
  }

  private void look() {
    InspectOptions options = InspectOptions.DEFAULT.withPause(PAUSE);
    long pid = ProcessHandle.current().pid();
    Report report;
    try (Inspector inspector = Inspector.open(sys, pid, options)) {
      report = inspector.diagnose();
    } catch (InspectException _) {
      return; // no /proc, or too many items: the watchdog has said what it knows
    }
    report.findings().forEach(findings);
  }
}
