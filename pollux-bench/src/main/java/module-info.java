/** Benchmarks and checks; a program that exports nothing. */
module dev.pollux.bench {
  requires dev.pollux.loop;
  requires dev.pollux.model;
  requires dev.pollux.poll;
  requires info.picocli;
  requires io.netty.common;
  requires java.desktop;
  requires java.management;
  requires jmh.core;
  requires xchart;
  requires static org.jspecify;

  opens dev.pollux.bench to
      info.picocli;
}
