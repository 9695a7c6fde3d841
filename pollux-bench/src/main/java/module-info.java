/** Benchmarks and checks; a program that exports nothing. */
module dev.pollux.bench {
  requires com.google.gson;
  requires dev.pollux.http;
  requires dev.pollux.loop;
  requires dev.pollux.micrometer;
  requires dev.pollux.model;
  requires dev.pollux.net;
  requires dev.pollux.poll;
  requires dev.pollux.sim;
  requires info.picocli;
  requires io.helidon.http;
  requires io.helidon.webserver;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.http;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.classes.io_uring;
  requires io.vertx.core;
  requires java.desktop;
  requires java.logging;
  requires java.management;
  requires jdk.httpserver;
  requires jdk.management;
  requires HdrHistogram;
  requires jmh.core;
  requires micrometer.core;
  requires micrometer.registry.prometheus;
  requires org.eclipse.jetty.http;
  requires org.eclipse.jetty.io;
  requires org.eclipse.jetty.server;
  requires org.eclipse.jetty.util;
  requires xchart;
  requires static org.jspecify;

  opens dev.pollux.bench to
      info.picocli;
}
