/** HTTP/1.1 and WebSocket: a server and a client, strict where others were broken. */
module dev.pollux.http {
  requires static jdk.jfr; // where there is none, there are no events of the flight recorder
  requires static org.jspecify; // for the compiler: who uses Pollux needs none of it
  requires transitive dev.pollux.loop;
  requires transitive dev.pollux.net;
  requires transitive dev.pollux.sys;

  exports dev.pollux.http;
  exports dev.pollux.http.client;
  exports dev.pollux.http.events;
  exports dev.pollux.http.files;
  exports dev.pollux.http.log;
  exports dev.pollux.http.proxy;
  exports dev.pollux.http.websocket;
}
