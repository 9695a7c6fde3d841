package dev.pollux.http.proxy;

import java.net.URI;

/**
 * Is told of servers behind a {@link ReverseProxy} that go down, and of those that are up again.
 *
 * <p>Threads: those of all loops, but one at a time for each target, in order; it must not block.
 */
@FunctionalInterface
public interface HealthListener {

  /**
   * A target is up or down now, as {@link TargetHealth} says. None begins with being told up.
   *
   * @param target as the proxy was given it
   * @param why in words for an operator, such as what a look was answered by
   */
  void changed(URI target, boolean isUp, String why);
}
