/** The JDK's {@code com.sun.net.httpserver}, served by Pollux. */
module dev.pollux.httpserver {
  requires static org.jspecify; // for the compiler: who uses Pollux needs none of it
  requires dev.pollux.http;
  requires dev.pollux.loop;
  requires dev.pollux.net;
  requires dev.pollux.sys;
  requires transitive jdk.httpserver;

  exports dev.pollux.httpserver;

  provides com.sun.net.httpserver.spi.HttpServerProvider with
      dev.pollux.httpserver.PolluxHttpServerProvider;
}
