package dev.pollux.http.proxy;

import dev.pollux.http.client.ClientRequest;
import dev.pollux.loop.LoopTimer;
import java.time.Duration;

/** Asks one target again and again how it is. Threads: the loop's. */
final class HealthCheck {

  private static final int FIRST_BAD_STATUS = 400;

  private final LoopProxy proxy;
  private final Target target;
  private final String path;
  private final LoopTimer timer = new LoopTimer(this::look);
  private boolean isOver;

  HealthCheck(LoopProxy proxy, Target target, String path) {
    this.proxy = proxy;
    this.target = target;
    this.path = path;
  }

  void look() {
    Duration time = Duration.ofNanos(proxy.options().healthNanos());
    ClientRequest request = target.request("GET", path).withTotalTime(time);
    var _ =
        proxy
            .looking()
            .fetch(request, answer -> told(answer.status() < FIRST_BAD_STATUS), _ -> told(false));
  }

  private void told(boolean isWell) {
    if (!isOver) {
      proxy.looked(target, isWell);
      proxy.loop().schedule(timer, proxy.options().healthNanos());
    }
  }

  void end() {
    isOver = true;
    proxy.loop().cancel(timer);
  }
}
