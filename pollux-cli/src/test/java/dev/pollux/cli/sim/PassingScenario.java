package dev.pollux.cli.sim;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Connection;
import dev.pollux.sim.Env;
import dev.pollux.sys.SysException;
import java.time.Duration;
import java.util.List;

/** A program as it is, for tests that change one thing about it. */
class PassingScenario implements SimScenario {

  final SimScenario right;

  PassingScenario(SimScenario right) {
    this.right = right;
  }

  @Override
  public void begin() throws Exception {
    right.begin();
  }

  @Override
  public void open(Env env, List<EventLoop> loops) throws SysException {
    right.open(env, loops);
  }

  @Override
  public SimPeer peer(int index, Env env) {
    return right.peer(index, env);
  }

  @Override
  public void check() {
    right.check();
  }

  @Override
  public List<Connection> connections() {
    return right.connections();
  }

  @Override
  public int connectionCount() {
    return right.connectionCount();
  }

  @Override
  public void stop() {
    right.stop();
  }

  @Override
  public boolean isStopped() {
    return right.isStopped();
  }

  @Override
  public Duration stopTime() {
    return right.stopTime();
  }

  @Override
  public void close() {
    right.close();
  }

  @Override
  public void finish() {
    right.finish();
  }
}
