package dev.pollux.cli.serve;

import dev.pollux.http.HttpHandler;
import dev.pollux.http.log.HttpMetrics;
import dev.pollux.loop.EventLoop;
import dev.pollux.sys.SysException;
import java.util.List;

/**
 * What answers requests: the files of a folder, or servers behind.
 *
 * <p>Ownership: close ends what it has open.
 */
interface Site extends AutoCloseable {

  /** Who answers. */
  HttpHandler handler();

  /** These loops begin to serve it. */
  void start(List<EventLoop> loops);

  /** Whether it has somebody to answer. Any thread. */
  boolean isReady();

  /** Shows what there is to measure. */
  void addTo(HttpMetrics metrics);

  /** What it is, for the line that says so. */
  String text();

  /** SIGHUP: looks anew at what it answers from; if that cannot be, all is as before. */
  void reopen() throws SysException;

  @Override
  void close();
}
