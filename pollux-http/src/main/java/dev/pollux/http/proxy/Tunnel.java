package dev.pollux.http.proxy;

import dev.pollux.loop.LoopTimer;
import dev.pollux.net.CloseCause;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ForwardingHandler;
import dev.pollux.net.Relay;
import dev.pollux.net.Silence;
import java.nio.ByteBuffer;

/**
 * Two connections that have left HTTP: each passes on what the other receives, as soon as the
 * client's has been told so. It ends in order when nothing has moved for {@link
 * ProxyOptions#tunnelIdle}, when the server in front stops, and with its proxy.
 *
 * <p>Threads: the loop's.
 */
final class Tunnel {

  private final LoopProxy proxy;
  private final Target target;
  private final Connection far;
  private final LoopTimer silence = new LoopTimer(this::look);
  private long movedNanos;
  private boolean isEnding; // here, and not by one of the two peers
  private boolean isOver;
  private Runnable ending; // what ends both

  private Tunnel(LoopProxy proxy, Target target, Connection far) {
    this.proxy = proxy;
    this.target = target;
    this.far = far;
    this.ending = far::close;
  }

  /** The next handler of the client's connection, for what is behind on the other. */
  static ConnectionHandler to(LoopProxy proxy, Target target, Connection far) {
    Tunnel tunnel = new Tunnel(proxy, target, far);
    target.begin();
    proxy.opened(tunnel);
    far.setHandler(tunnel.new Waiting());
    far.pauseReading();
    return tunnel.new Joining();
  }

  private void join(Connection near) {
    near.setHandler(new Side(far));
    far.setHandler(new Side(near));
    ending =
        () -> {
          near.close();
          far.close();
        };
    moved();
    proxy.loop().schedule(silence, proxy.options().tunnelIdleNanos());
  }

  private void moved() {
    movedNanos = proxy.loop().nowNanos();
  }

  private void look() {
    long left = movedNanos + proxy.options().tunnelIdleNanos() - proxy.loop().nowNanos();
    if (left > 0) {
      proxy.loop().schedule(silence, left);
    } else {
      end();
    }
  }

  /** Ends both connections in order. */
  void end() {
    isEnding = true;
    ending.run();
  }

  /** One of the two is gone, and the other goes by that. */
  private void over() {
    if (!isOver) {
      isOver = true;
      proxy.loop().cancel(silence);
      target.end();
      proxy.over(this);
    }
  }

  /** Leaves what comes where it is. */
  private final class Waiting implements ConnectionHandler {

    @Override
    public void received(Connection connection, ByteBuffer data) {}

    @Override
    public void readClosed(Connection connection) {} // told again to who comes next

    @Override
    public void closed(Connection connection, CloseCause cause) {
      over();
    }
  }

  /** Joins the two as soon as it has the client's. */
  private final class Joining implements ConnectionHandler {

    @Override
    public void attached(Connection near) {
      join(near);
    }

    @Override
    public void received(Connection near, ByteBuffer data) {}

    @Override
    public void closed(Connection near, CloseCause cause) {
      far.reset(cause);
      over();
    }
  }

  /** One of the two, which passes on to the other. */
  private final class Side extends ForwardingHandler {

    private final Connection other;
    private final ConnectionHandler relay;

    Side(Connection other) {
      this.other = other;
      this.relay = Relay.to(other);
    }

    @Override
    protected ConnectionHandler delegate() {
      return relay;
    }

    @Override
    public void received(Connection connection, ByteBuffer data) {
      moved();
      super.received(connection, data);
    }

    @Override
    public void writable(Connection connection) {
      moved();
      super.writable(connection);
    }

    /** Silence is measured here, over both. */
    @Override
    public void idle(Connection connection, Silence what) {
      if (what != Silence.ALL) {
        super.idle(connection, what);
      }
    }

    /** Of the client's: it is closed when what has come is passed on, and waits for no end. */
    @Override
    public void finishing(Connection connection) {
      isEnding = true;
    }

    @Override
    public void closed(Connection connection, CloseCause cause) {
      over();
      if (isEnding) {
        other.close(cause);
      } else {
        super.closed(connection, cause);
      }
    }
  }
}
