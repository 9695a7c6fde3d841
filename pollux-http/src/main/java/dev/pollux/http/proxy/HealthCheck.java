package dev.pollux.http.proxy;

import dev.pollux.http.client.ClientException;
import dev.pollux.http.client.ClientRequest;
import dev.pollux.http.client.FailureReason;
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
            .fetch(
                request,
                answer ->
                    told(
                        answer.status() < FIRST_BAD_STATUS,
                        path + " is answered by " + answer.status()),
                this::failed);
  }

  private void failed(ClientException failure) {
    if (failure.reason() != FailureReason.CLIENT_CLOSED) { // which says nothing of the target
      told(false, String.valueOf(failure.getMessage()));
    }
  }

  private void told(boolean isWell, String how) {
    if (!isOver) {
      proxy.looked(target, isWell, how);
      proxy.loop().schedule(timer, proxy.options().healthNanos());
    }
  }

  void end() {
    isOver = true;
    proxy.loop().cancel(timer);
  }
}
