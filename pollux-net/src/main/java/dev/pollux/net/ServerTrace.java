package dev.pollux.net;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * The flight recorder's events of a server's connections, described in package-info. While no
 * recording wants them this asks for each connection whether one does, and no more.
 *
 * <p>Threads: any. The class is not loaded where there is no flight recorder, nor before somebody
 * records: {@link ServerLoop} sees to that.
 */
final class ServerTrace {

  // Each is asked whether its kind is switched on, and never committed.
  private static final Event ACCEPTED = new AcceptedEvent();
  private static final Event REFUSED = new RefusedEvent();
  private static final Event CLOSED = new ClosedEvent();

  private ServerTrace() {}

  static void accepted(Connection connection) {
    if (ACCEPTED.isEnabled()) {
      AcceptedEvent event = new AcceptedEvent();
      event.loop = connection.loop().options().name();
      event.connection = connection.toString();
      event.commit();
    }
  }

  static void refused(String loop, Limit limit) {
    if (REFUSED.isEnabled()) {
      RefusedEvent event = new RefusedEvent();
      event.loop = loop;
      event.limit = limit.name();
      event.commit();
    }
  }

  static void closed(Connection connection, CloseCause cause) {
    if (CLOSED.isEnabled()) {
      ClosedEvent event = new ClosedEvent();
      event.loop = connection.loop().options().name();
      event.connection = connection.toString();
      event.reason = cause.reason().name();
      event.errno = cause.errno();
      event.message = cause.message();
      event.commit();
    }
  }

  @Name("dev.pollux.ConnectionAccepted")
  @Label("Connection Accepted")
  @Description("A server has taken a connection over")
  @Category("Pollux")
  @Enabled(false)
  @StackTrace(false)
  static final class AcceptedEvent extends Event {
    @Label("Loop")
    @Nullable String loop;

    @Label("Connection")
    @Nullable String connection;
  }

  @Name("dev.pollux.ConnectionRefused")
  @Label("Connection Refused")
  @Description("A server has accepted a connection only to close it")
  @Category("Pollux")
  @Enabled(false)
  @StackTrace(false)
  static final class RefusedEvent extends Event {
    @Label("Loop")
    @Nullable String loop;

    @Label("Limit")
    @Description("What there was not enough of")
    @Nullable String limit;
  }

  @Name("dev.pollux.ConnectionClosed")
  @Label("Connection Closed")
  @Description("A connection of a server is over")
  @Category("Pollux")
  @Enabled(false)
  @StackTrace(false)
  static final class ClosedEvent extends Event {
    @Label("Loop")
    @Nullable String loop;

    @Label("Connection")
    @Nullable String connection;

    @Label("Reason")
    @Nullable String reason;

    @Label("Errno")
    @Description("Of the call that failed, or 0")
    int errno;

    @Label("Message")
    @Nullable String message;
  }
}
