package dev.pollux.http;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * The flight recorder's event of a request, described in package-info. While no recording wants it
 * this asks for each request whether one does, and no more.
 *
 * <p>Threads: the loop's. The class is not loaded where there is no flight recorder, nor before
 * somebody records: {@link HttpOutcome} sees to that.
 */
final class HttpTrace {

  private static final Event REQUEST = new RequestEvent(); // is asked, and never committed

  private final RequestEvent event = new RequestEvent();

  private HttpTrace() {
    event.begin();
  }

  /** A request begins; null if nobody wants to know. */
  static @Nullable HttpTrace begin() {
    return REQUEST.isEnabled() ? new HttpTrace() : null;
  }

  /** It is over. */
  void end(HttpOutcome outcome) {
    event.end();
    if (!event.shouldCommit()) {
      return;
    }
    HttpRequest request = outcome.request();
    event.loop = outcome.loop().options().name();
    if (request != null) {
      event.method = request.method();
      event.route = request.route();
      event.path = request.path();
    }
    event.status = outcome.status();
    event.end = outcome.end().label();
    event.receivedBytes = outcome.receivedBytes();
    event.contentBytes = outcome.contentBytes();
    event.commit();
  }

  @Name("dev.pollux.HttpRequest")
  @Label("HTTP Request")
  @Description("From the whole head of a request to the end of its answer, when the kernel has it")
  @Category("Pollux")
  @Enabled(false)
  @StackTrace(false)
  static final class RequestEvent extends Event {
    @Label("Loop")
    @Nullable String loop;

    @Label("Method")
    @Nullable String method;

    @Label("Route")
    @Description("The pattern by which a router found the handler; null if none did")
    @Nullable String route;

    @Label("Path")
    @Nullable String path;

    @Label("Status")
    @Description("Of the answer; 0 if nothing of one was sent")
    int status;

    @Label("End")
    @Description("answered, refused, failed, cut, lost or switched")
    @Nullable String end;

    @Label("Received")
    @Description("Content of the request that was read")
    @DataAmount
    long receivedBytes;

    @Label("Content")
    @Description("Content of the answer that was written")
    @DataAmount
    long contentBytes;
  }
}
